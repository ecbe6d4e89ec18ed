import { lexTemplate, type Piece, type Token } from "./lex.ts";
import { type Nodes, type Operand, type Pipe, type Template, TemplateError, type TemplateNode } from "./nodes.ts";

const MAX_DEPTH = 200;

/** Reads a template. Throws `TemplateError`. */
export function parseTemplate(source: string): Template {
  const parser = new Parser(lexTemplate(source));
  const { nodes, end } = parser.list([]);
  if (end !== undefined) throw new TemplateError(`unexpected {{${end}}}`);
  return { root: nodes, defined: parser.defined };
}

class Parser {
  readonly defined = new Map<string, Nodes>();
  private at = 0;
  private depth = 0;
  private readonly pieces: readonly Piece[];

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
  }

  /** Nodes up to one of `stops` (or the template's end); `rest` is what followed an `else`. */
  list(stops: readonly string[]): { nodes: TemplateNode[]; end: string | undefined; rest: readonly Token[] } {
    if (++this.depth > MAX_DEPTH) throw new TemplateError("template: nested too deeply");
    const nodes: TemplateNode[] = [];
    for (let piece = this.pieces[this.at]; piece !== undefined; piece = this.pieces[this.at]) {
      this.at++;
      if (piece.kind === "text") {
        nodes.push({ kind: "text", text: piece.text });
        continue;
      }
      const word = piece.tokens[0]?.kind === "word" ? piece.tokens[0].text : "";
      if (word === "end" || word === "else") {
        if (!stops.includes(word)) throw new TemplateError(`unexpected {{${word}}}`);
        this.depth--;
        return { nodes, end: word, rest: piece.tokens.slice(1) };
      }
      const node = this.node(word, piece.tokens);
      if (node !== undefined) nodes.push(node);
    }
    if (stops.length > 0) throw new TemplateError("unexpected EOF");
    this.depth--;
    return { nodes, end: undefined, rest: [] };
  }

  private node(word: string, tokens: readonly Token[]): TemplateNode | undefined {
    const rest = tokens.slice(1);
    if (word === "if" || word === "with" || word === "range") return this.control(word, rest);
    if (word === "break" || word === "continue") return { kind: word };
    if (word === "define" || word === "block") return this.define(word, rest);
    if (word === "template") return this.call(rest);
    return { kind: "action", pipe: new PipeParser(tokens).whole("command") };
  }

  private control(kind: "if" | "with" | "range", tokens: readonly Token[]): TemplateNode {
    const pipe = new PipeParser(tokens).whole(kind);
    const body = this.list(["end", "else"]);
    if (body.end === "end") return { kind, pipe, body: body.nodes, otherwise: [] };
    const next = body.rest[0]?.text;
    if (next === "if" || next === "with") {
      return { kind, pipe, body: body.nodes, otherwise: [this.control(next, body.rest.slice(1))] };
    }
    return { kind, pipe, body: body.nodes, otherwise: this.list(["end"]).nodes };
  }

  private define(word: string, tokens: readonly Token[]): TemplateNode | undefined {
    const name = templateName(tokens, word);
    this.defined.set(name, this.list(["end"]).nodes);
    if (word === "define") return undefined;
    return { kind: "template", name, pipe: new PipeParser(tokens.slice(1)).whole("block") };
  }

  private call(tokens: readonly Token[]): TemplateNode {
    const pipe = tokens.length > 1 ? new PipeParser(tokens.slice(1)).whole("template") : undefined;
    return { kind: "template", name: templateName(tokens, "template"), pipe };
  }
}

function templateName(tokens: readonly Token[], where: string): string {
  const token = tokens[0];
  if (token?.kind !== "string")
    throw new TemplateError(`unexpected ${token === undefined ? "}}" : `"${token.text}"`} in ${where} clause`);
  return unquote(token.text);
}

/** Reads the tokens of one pipeline. */
class PipeParser {
  private at = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  whole(context: string): Pipe {
    if (this.tokens.length === 0) throw new TemplateError(`missing value for ${context}`);
    const pipe = this.pipe(context);
    if (this.at < this.tokens.length)
      throw new TemplateError(`unexpected "${this.tokens[this.at]?.text}" in ${context}`);
    return pipe;
  }

  private pipe(context: string): Pipe {
    const { variables, declares } = this.variables();
    const commands: Operand[][] = [];
    const start = this.at;
    for (;;) {
      commands.push(this.command(context));
      if (this.tokens[this.at]?.text !== "|") break;
      this.at++;
    }
    const text = this.tokens
      .slice(start, this.at)
      .map((token, i) => (token.spaced && i > 0 ? " " : "") + token.text)
      .join("");
    return { variables, declares, commands, text };
  }

  private variables(): { variables: string[]; declares: boolean } {
    const first = this.tokens[this.at];
    const sign = this.tokens[this.at + 1]?.text;
    if (first?.kind !== "variable") return { variables: [], declares: false };
    if (sign === ":=" || sign === "=") {
      this.at += 2;
      return { variables: [first.text], declares: sign === ":=" };
    }
    const second = this.tokens[this.at + 2];
    const after = this.tokens[this.at + 3]?.text;
    if (sign !== "," || second?.kind !== "variable" || (after !== ":=" && after !== "="))
      return { variables: [], declares: false };
    this.at += 4;
    return { variables: [first.text, second.text], declares: after === ":=" };
  }

  private command(context: string): Operand[] {
    const operands: Operand[] = [];
    for (let token = this.tokens[this.at]; token !== undefined; token = this.tokens[this.at]) {
      if (token.text === "|" || token.text === ")") break;
      operands.push(this.operand(token));
    }
    if (operands.length === 0) throw new TemplateError(`missing value for ${context}`);
    return operands;
  }

  private operand(token: Token): Operand {
    this.at++;
    switch (token.kind) {
      case "string":
        return { kind: "literal", value: unquote(token.text) };
      case "char":
        return { kind: "literal", value: unquote(token.text).codePointAt(0) ?? 0 };
      case "number":
        return { kind: "literal", value: Number(token.text.replaceAll("_", "")) };
      case "field":
        return { kind: "field", path: [token.text.slice(1), ...this.fields()] };
      case "variable":
        return { kind: "variable", name: token.text, path: this.fields() };
      case "word":
        return wordOperand(token.text);
      case "sign":
        return this.signOperand(token.text);
    }
  }

  private signOperand(text: string): Operand {
    if (text === ".") return { kind: "dot" };
    if (text !== "(") throw new TemplateError(`unexpected "${text}" in operand`);
    const pipe = this.pipe("parenthesized pipeline");
    if (this.tokens[this.at]?.text !== ")") throw new TemplateError("unclosed left paren");
    this.at++;
    return { kind: "pipe", pipe, path: this.fields() };
  }

  /** `.b.c` directly behind an operand. */
  private fields(): string[] {
    const path: string[] = [];
    for (let token = this.tokens[this.at]; token?.kind === "field" && !token.spaced; token = this.tokens[this.at]) {
      path.push(token.text.slice(1));
      this.at++;
    }
    return path;
  }
}

function wordOperand(word: string): Operand {
  if (word === "true" || word === "false") return { kind: "literal", value: word === "true" };
  return word === "nil" ? { kind: "nil" } : { kind: "function", name: word };
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
]);

function unquote(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith("`")) return inner;
  return inner.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/g, (_, x, u, char: string) => {
    if (x !== undefined || u !== undefined) return String.fromCodePoint(Number.parseInt(x ?? u, 16));
    return ESCAPES.get(char) ?? char;
  });
}
