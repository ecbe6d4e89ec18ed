import { JsonPathError, type Node } from "./nodes.ts";

const MAX_DEPTH = 200;

/** Reads a template such as `{.items[*].metadata.name}{"\n"}`. Throws `JsonPathError`. */
export function parseJsonPath(template: string): readonly Node[] {
  const nodes: Node[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf("{", at);
    const text = template.slice(at, open < 0 ? undefined : open);
    if (text !== "") nodes.push({ kind: "text", text });
    if (open < 0) break;
    const action = new ActionParser(template, open + 1, 0);
    nodes.push({ kind: "list", nodes: action.untilBrace() });
    at = action.at;
  }
  return nodes;
}

/** Reads one `{…}`. */
class ActionParser {
  at: number;
  private readonly text: string;
  private readonly depth: number;

  constructor(text: string, at: number, depth: number) {
    if (depth > MAX_DEPTH) throw new JsonPathError("too deep");
    this.text = text;
    this.at = at;
    this.depth = depth;
  }

  untilBrace(): Node[] {
    const nodes: Node[] = [];
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined || char === "\n" || char === "\r") throw new JsonPathError("unclosed action");
      if (char === "}") {
        this.at++;
        return nodes;
      }
      this.step(char, nodes);
    }
  }

  /** Reads all of a path that is not in braces (inside filters and unions). */
  whole(): Node[] {
    const nodes: Node[] = [];
    for (let char = this.text[this.at]; char !== undefined; char = this.text[this.at]) this.step(char, nodes);
    return nodes;
  }

  private step(char: string, nodes: Node[]): void {
    if (char === " " || char === "@" || char === "$" || char === "\t") this.at++;
    else if (char === "[") nodes.push(this.bracket());
    else if (char === '"' || char === "'") nodes.push({ kind: "text", text: this.quoted(char) });
    else if (char === ".") this.dot(nodes);
    else if (/[-+0-9]/.test(char)) nodes.push(this.number());
    else if (/[\p{L}\p{N}_]/u.test(char)) nodes.push(this.identifier());
    else throw new JsonPathError(`unrecognized character in action: U+${hex4(char)} '${char}'`);
  }

  private dot(nodes: Node[]): void {
    this.at++;
    const next = this.text[this.at];
    if (next === ".") {
      this.at++;
      nodes.push({ kind: "recursive" });
      const after = this.text[this.at];
      if (after !== undefined && after !== "[" && !isTerminator(after)) nodes.push(this.field());
      return;
    }
    if (next === undefined || next === "[" || isTerminator(next)) return;
    nodes.push(this.field());
  }

  private field(): Node {
    let name = "";
    for (let char = this.text[this.at]; char !== undefined && !isTerminator(char); char = this.text[this.at]) {
      if (char === "\\") {
        this.at++;
        name += this.text[this.at] ?? "";
      } else name += char;
      this.at++;
    }
    return name === "*" ? { kind: "wildcard" } : { kind: "field", name };
  }

  private identifier(): Node {
    const start = this.at;
    while (/[\p{L}\p{N}_]/u.test(this.text[this.at] ?? "")) this.at++;
    const name = this.text.slice(start, this.at);
    if (name === "true" || name === "false") return { kind: "literal", value: name === "true" };
    return { kind: "identifier", name };
  }

  private number(): Node {
    const start = this.at;
    while (/[-+.0-9eE]/.test(this.text[this.at] ?? "")) this.at++;
    const text = this.text.slice(start, this.at);
    const value = Number(text);
    if (Number.isNaN(value)) throw new JsonPathError(`cannot parse number ${text}`);
    return { kind: "literal", value };
  }

  private quoted(quote: string): string {
    const start = this.at;
    this.at++;
    let value = "";
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined || char === "\n") throw new JsonPathError("unterminated quoted string");
      this.at++;
      if (char === quote) return value;
      if (char === "\\") value += this.escape(start);
      else value += char;
    }
  }

  private escape(_start: number): string {
    const char = this.text[this.at] ?? "";
    this.at++;
    return ESCAPES.get(char) ?? char;
  }

  /** Everything in `[…]`, which may hold brackets and quotes. */
  private bracket(): Node {
    const start = this.at + 1;
    let depth = 0;
    let quote = "";
    for (let i = this.at; ; i++) {
      const char = this.text[i];
      if (char === undefined || char === "\n") throw new JsonPathError("unterminated array");
      if (quote !== "") {
        if (char === "\\") i++;
        else if (char === quote) quote = "";
        continue;
      }
      if (char === '"' || char === "'") quote = char;
      if (char === "[") depth++;
      if (char === "]" && --depth === 0) {
        this.at = i + 1;
        return this.inBrackets(this.text.slice(start, i));
      }
    }
  }

  private inBrackets(content: string): Node {
    const filter = /^\s*\?\(([\s\S]*)\)\s*$/.exec(content);
    if (filter !== null) return this.filter(filter[1] ?? "");
    if (content.trim() === "*")
      return { kind: "array", slice: { from: undefined, to: undefined, step: undefined, single: false } };
    const parts = splitOutsideQuotes(content, ",");
    if (parts.length > 1) return { kind: "union", paths: parts.map((part) => [this.inBrackets(part)]) };
    const name = /^\s*'([^']*)'\s*$|^\s*"([^"]*)"\s*$/.exec(content);
    if (name !== null) return { kind: "field", name: name[1] ?? name[2] ?? "" };
    return arraySlice(content);
  }

  private filter(content: string): Node {
    const match = splitOperator(content);
    const left = new ActionParser(match.left, 0, this.depth + 1).whole();
    const right = new ActionParser(match.right, 0, this.depth + 1).whole();
    return { kind: "filter", left, right, operator: match.operator };
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
  ["a", "\u0007"],
]);

const TERMINATORS = new Set([..." .,[]{}()@\n\t|=!<>$"]);

function isTerminator(char: string): boolean {
  return TERMINATORS.has(char);
}

function hex4(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}

function arraySlice(content: string): Node {
  const match = /^\s*(-?\d*)\s*(?::\s*(-?\d*))?\s*(?::\s*(-?\d*))?\s*$/.exec(content);
  if (match === null || content.trim() === "") throw new JsonPathError(`invalid array index ${content}`);
  const part = (text: string | undefined) => (text === undefined || text === "" ? undefined : Number(text));
  const single = match[2] === undefined;
  return { kind: "array", slice: { from: part(match[1]), to: part(match[2]), step: part(match[3]), single } };
}

function splitOutsideQuotes(content: string, separator: string): string[] {
  const parts: string[] = [""];
  let quote = "";
  for (const char of content) {
    if (quote === "" && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = "";
    if (quote === "" && char === separator) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

const OPERATORS = ["==", "!=", "<=", ">=", "=~", "<", ">"];

function splitOperator(content: string): { left: string; operator: string; right: string } {
  let quote = "";
  for (let i = 0; i < content.length; i++) {
    const char = content.charAt(i);
    if (quote !== "") {
      if (char === "\\") i++;
      else if (char === quote) quote = "";
      continue;
    }
    if (char === '"' || char === "'") quote = char;
    const operator = OPERATORS.find((candidate) => content.startsWith(candidate, i));
    if (operator !== undefined) {
      return { left: content.slice(0, i), operator, right: content.slice(i + operator.length) };
    }
  }
  return { left: content, operator: "exists", right: "" };
}
