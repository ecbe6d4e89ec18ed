import { TemplateError } from "./nodes.ts";

/** Text, or what stands between `{{` and `}}`. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly tokens: readonly Token[] };

export interface Token {
  readonly kind: "word" | "field" | "variable" | "string" | "char" | "number" | "sign";
  readonly text: string;
  /** Whether a blank stood before it; `.a .b` differs from `.a.b`. */
  readonly spaced: boolean;
}

/** Cuts a template into text and actions, with `{{-` and `-}}` trimmed and comments left out. */
export function lexTemplate(source: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimNext = false;
  while (at <= source.length) {
    const open = source.indexOf("{{", at);
    let text = source.slice(at, open < 0 ? undefined : open);
    if (trimNext) text = text.replace(/^[ \t\r\n]+/, "");
    const trimBefore = open >= 0 && /^\{\{-[ \t\r\n]/.test(source.slice(open, open + 4));
    if (trimBefore) text = text.replace(/[ \t\r\n]+$/, "");
    if (text !== "") pieces.push({ kind: "text", text });
    if (open < 0) return pieces;
    const action = lexAction(source, open + (trimBefore ? 3 : 2));
    if (action.tokens !== undefined) pieces.push({ kind: "action", tokens: action.tokens });
    at = action.end;
    trimNext = action.trimNext;
  }
  return pieces;
}

const TOKEN =
  /^(?:(?<space>[ \t\r\n]+)|(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<char>'(?:[^'\\]|\\.)*')|(?<number>[-+]?(?:0[xX][0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?))|(?<field>\.[\p{L}_][\p{L}\p{N}_]*)|(?<variable>\$[\p{L}\p{N}_]*)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<sign>:=|[.|(),=]))/u;

interface LexedAction {
  readonly tokens: readonly Token[] | undefined;
  readonly end: number;
  readonly trimNext: boolean;
}

function lexAction(source: string, start: number): LexedAction {
  const comment = /^[ \t\r\n]*\/\*[\s\S]*?\*\/(\s+-)?\}\}/.exec(source.slice(start));
  if (comment !== null)
    return { tokens: undefined, end: start + comment[0].length, trimNext: comment[1] !== undefined };
  const tokens: Token[] = [];
  let spaced = false;
  let at = start;
  for (;;) {
    const rest = source.slice(at, at + 4096);
    if (rest === "") throw new TemplateError("unclosed action");
    const close = /^(?:[ \t\r\n]-)?\}\}/.exec(rest);
    if (close !== null) return { tokens, end: at + close[0].length, trimNext: close[0].length > 2 };
    const match = TOKEN.exec(rest);
    if (match === null) throw new TemplateError(lexFault(rest));
    at += match[0].length;
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? ["space"];
    if (kind !== "space") tokens.push({ kind: kind as Token["kind"], text: match[0], spaced });
    spaced = kind === "space";
  }
}

function lexFault(rest: string): string {
  if (rest.startsWith('"')) return "unterminated quoted string";
  if (rest.startsWith("`")) return "unterminated raw quoted string";
  if (rest.startsWith("'")) return "unterminated character constant";
  const char = rest.charAt(0);
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `unexpected bad character U+${code} '${char}' in command`;
}
