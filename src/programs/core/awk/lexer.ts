/** One token of an awk program. */
export interface AwkToken {
  readonly kind:
    | "number"
    | "string"
    | "regex"
    | "name"
    | "function-call"
    | "builtin"
    | "keyword"
    | "operator"
    | "newline"
    | "end";
  readonly text: string;
}

/** An awk program that cannot be read; the message is mawk's in spirit: where and near what. */
export class AwkSyntaxError extends Error {}

const KEYWORDS = new Set([
  "BEGIN",
  "END",
  "function",
  "func",
  "if",
  "else",
  "while",
  "for",
  "do",
  "break",
  "continue",
  "next",
  "exit",
  "return",
  "delete",
  "in",
  "getline",
  "print",
  "printf",
]);

const BUILTINS = new Set([
  "length",
  "substr",
  "index",
  "split",
  "sub",
  "gsub",
  "match",
  "sprintf",
  "sin",
  "cos",
  "atan2",
  "exp",
  "log",
  "sqrt",
  "int",
  "rand",
  "srand",
  "tolower",
  "toupper",
  "system",
  "close",
  "fflush",
  "systime",
  "strftime",
  "gensub",
]);

const OPERATORS = [
  "**=",
  "&&",
  "||",
  "++",
  "--",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "^=",
  "==",
  "<=",
  ">=",
  "!=",
  "!~",
  ">>",
  "**",
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  ";",
  ",",
  "+",
  "-",
  "*",
  "/",
  "%",
  "^",
  "!",
  "<",
  ">",
  "|",
  "?",
  ":",
  "~",
  "$",
  "=",
];

/** After one of these a slash divides; elsewhere it begins a regular expression. */
function divides(previous: AwkToken | undefined): boolean {
  if (previous === undefined) return false;
  if (["number", "string", "name"].includes(previous.kind)) return true;
  if (previous.kind === "builtin") return true;
  return previous.kind === "operator" && [")", "]", "$", "++", "--"].includes(previous.text);
}

/** Cuts a program into tokens. Throws `AwkSyntaxError`. */
export function tokenize(program: string): AwkToken[] {
  const tokens: AwkToken[] = [];
  let at = 0;
  const push = (kind: AwkToken["kind"], text: string, length: number) => {
    tokens.push({ kind, text });
    at += length;
  };
  while (at < program.length) {
    const rest = program.slice(at, at + 512);
    const blank = /^(?:[ \t\r]+|\\\r?\n|#[^\n]*)/.exec(rest);
    if (blank !== null) at += blank[0].length;
    else if (rest.startsWith("\n")) push("newline", "\n", 1);
    else if (rest.startsWith('"')) at = readString(program, at, tokens);
    else if (rest.startsWith("/") && !divides(tokens.at(-1))) at = readRegex(program, at, tokens);
    else {
      const number = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(rest);
      const name = /^[A-Za-z_]\w*/.exec(rest);
      if (number !== null) push("number", number[0], number[0].length);
      else if (name !== null) push(nameKind(name[0], rest.charAt(name[0].length)), name[0], name[0].length);
      else {
        const operator = OPERATORS.find((candidate) => rest.startsWith(candidate));
        if (operator === undefined) throw new AwkSyntaxError(`unexpected character '${rest.charAt(0)}'`);
        push("operator", operator === "**" ? "^" : operator === "**=" ? "^=" : operator, operator.length);
      }
    }
  }
  tokens.push({ kind: "end", text: "end of program" });
  return tokens;
}

function nameKind(name: string, next: string): AwkToken["kind"] {
  if (KEYWORDS.has(name)) return "keyword";
  if (BUILTINS.has(name)) return "builtin";
  return next === "(" ? "function-call" : "name";
}

function readString(program: string, start: number, tokens: AwkToken[]): number {
  let at = start + 1;
  let text = "";
  while (program.charAt(at) !== '"') {
    const char = program.charAt(at);
    if (char === "" || char === "\n") throw new AwkSyntaxError("unterminated string");
    if (char === "\\") {
      const [value, length] = unescapeAt(program, at);
      text += value;
      at += length;
    } else {
      text += char;
      at++;
    }
  }
  tokens.push({ kind: "string", text });
  return at + 1;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  '"': '"',
  "/": "/",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
};

/** The value of the escape at `at` and its length. */
function unescapeAt(text: string, at: number): [value: string, length: number] {
  const octal = /^\\([0-7]{1,3})/.exec(text.slice(at, at + 4));
  if (octal !== null) return [String.fromCharCode(Number.parseInt(octal[1] ?? "0", 8)), octal[0].length];
  const next = text.charAt(at + 1);
  return [ESCAPES[next] ?? `\\${next}`, 2];
}

/** A string with awk's escapes, as -v and operands give it. */
export function unescapeAwk(text: string): string {
  let result = "";
  for (let at = 0; at < text.length; ) {
    if (text.charAt(at) !== "\\") {
      result += text.charAt(at++);
      continue;
    }
    const [value, length] = unescapeAt(text, at);
    result += value;
    at += length;
  }
  return result;
}

function readRegex(program: string, start: number, tokens: AwkToken[]): number {
  let at = start + 1;
  let text = "";
  let inBracket = false;
  for (;;) {
    const char = program.charAt(at);
    if (char === "" || char === "\n") throw new AwkSyntaxError("unterminated regular expression");
    if (char === "\\") {
      const next = program.charAt(at + 1);
      text += next === "/" ? "/" : `\\${next}`;
      at += 2;
      continue;
    }
    if (char === "[") inBracket = true;
    else if (char === "]") inBracket = false;
    else if (char === "/" && !inBracket) break;
    text += char;
    at++;
  }
  tokens.push({ kind: "regex", text });
  return at + 1;
}
