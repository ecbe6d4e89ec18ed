/** An arithmetic expression that bash refuses: `message` as bash prints it after the expression. */
export class ArithmeticError extends Error {}

export type ArithmeticNode =
  | { readonly kind: "number"; readonly value: bigint }
  | { readonly kind: "variable"; readonly name: string; readonly index: string | undefined }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: ArithmeticNode }
  | { readonly kind: "step"; readonly by: 1n | -1n; readonly prefix: boolean; readonly target: ArithmeticNode }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: ArithmeticNode;
      readonly right: ArithmeticNode;
      /** The text from the right operand on, which complaints about a division show. */
      readonly rest?: string;
    }
  | {
      readonly kind: "assign";
      readonly operator: string;
      readonly target: ArithmeticNode;
      readonly value: ArithmeticNode;
    }
  | {
      readonly kind: "choice";
      readonly test: ArithmeticNode;
      readonly yes: ArithmeticNode;
      readonly no: ArithmeticNode;
    };

const OPERATORS = [
  "<<=",
  ">>=",
  "**",
  "++",
  "--",
  "<<",
  ">>",
  "<=",
  ">=",
  "==",
  "!=",
  "&&",
  "||",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "&=",
  "^=",
  "|=",
];

/** Binary operators by how tightly they bind; `**` and assignments are apart. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<=", ">=", "<", ">"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];

const ASSIGNMENTS: ReadonlySet<string> = new Set(["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="]);

const DEPTH_MAX = 200;

/** Reads C's integer expressions as bash's expr.c does, with its complaints. */
export class ArithmeticParser {
  private readonly source: string;
  private at = 0;
  private tokenStart = 0;
  private token = "";
  private depth = 0;

  constructor(source: string) {
    this.source = source;
    this.advance();
  }

  /** The whole expression; an empty one is 0. */
  parse(): ArithmeticNode {
    if (this.token === "") return { kind: "number", value: 0n };
    const node = this.comma();
    if (this.token !== "")
      throw this.fault(
        this.isOperandStart() ? "syntax error in expression" : "syntax error: invalid arithmetic operator",
      );
    return node;
  }

  private comma(): ArithmeticNode {
    let node = this.assignment();
    while (this.token === ",") {
      this.advance();
      node = { kind: "binary", operator: ",", left: node, right: this.assignment() };
    }
    return node;
  }

  private assignment(): ArithmeticNode {
    if (++this.depth > DEPTH_MAX) throw this.fault("expression recursion level exceeded");
    const target = this.choice();
    let node = target;
    if (ASSIGNMENTS.has(this.token)) {
      if (target.kind !== "variable") throw this.fault("attempted assignment to non-variable");
      const operator = this.token.slice(0, -1);
      this.advance();
      node = { kind: "assign", operator, target, value: this.assignment() };
    }
    this.depth--;
    return node;
  }

  private choice(): ArithmeticNode {
    const test = this.binary(0);
    if (this.token !== "?") return test;
    this.advance();
    const yes = this.comma();
    if (!this.is(":")) throw this.fault("`:' expected for conditional expression");
    this.advance();
    return { kind: "choice", test, yes, no: this.assignment() };
  }

  private binary(level: number): ArithmeticNode {
    const operators = LEVELS[level];
    if (operators === undefined) return this.power();
    let node = this.binary(level + 1);
    while (operators.includes(this.token)) {
      const operator = this.token;
      this.advance();
      const rest = this.source.slice(this.tokenStart);
      node = { kind: "binary", operator, left: node, right: this.binary(level + 1), rest };
    }
    return node;
  }

  private power(): ArithmeticNode {
    const left = this.unary();
    if (this.token !== "**") return left;
    this.advance();
    return { kind: "binary", operator: "**", left, right: this.power() };
  }

  private unary(): ArithmeticNode {
    if (++this.depth > DEPTH_MAX) throw this.fault("expression recursion level exceeded");
    const node = this.unaryInside();
    this.depth--;
    return node;
  }

  private unaryInside(): ArithmeticNode {
    const operator = this.token;
    if (operator === "!" || operator === "~" || operator === "+" || operator === "-") {
      this.advance();
      return { kind: "unary", operator, operand: this.unary() };
    }
    if (operator === "++" || operator === "--") {
      this.advance();
      const target = this.unary();
      if (target.kind === "variable") return { kind: "step", by: operator === "++" ? 1n : -1n, prefix: true, target };
      const sign = operator.charAt(0);
      return { kind: "unary", operator: sign, operand: { kind: "unary", operator: sign, operand: target } };
    }
    return this.postfix();
  }

  private postfix(): ArithmeticNode {
    const node = this.operand();
    if (node.kind !== "variable" || (this.token !== "++" && this.token !== "--")) return node;
    const by = this.token === "++" ? 1n : -1n;
    this.advance();
    return { kind: "step", by, prefix: false, target: node };
  }

  private operand(): ArithmeticNode {
    if (this.token === "(") {
      this.advance();
      const node = this.comma();
      if (!this.is(")")) throw this.fault("missing `)'");
      this.advance();
      return node;
    }
    if (/^[0-9]/.test(this.token)) {
      const value = this.number(this.token);
      this.advance();
      return { kind: "number", value };
    }
    if (/^[A-Za-z_]/.test(this.token)) return this.variable();
    throw this.fault("syntax error: operand expected");
  }

  private variable(): ArithmeticNode {
    const name = this.token;
    let index: string | undefined;
    if (this.source.charAt(this.at) === "[") {
      const end = closingBracket(this.source, this.at);
      if (end < 0) throw this.fault("bad array subscript");
      index = this.source.slice(this.at + 1, end);
      this.at = end + 1;
    }
    this.advance();
    return { kind: "variable", name, index };
  }

  private number(text: string): bigint {
    const based = /^(\d+)#([0-9A-Za-z@_]+)$/.exec(text);
    if (based !== null) return this.digits(based[2] ?? "", BigInt(based[1] ?? "10"));
    if (/^0[xX][0-9A-Fa-f]+$/.test(text)) return BigInt.asIntN(64, BigInt(text));
    if (/^0[xX]/.test(text)) return this.digits(text.slice(2), 16n);
    if (/^0\d*$/.test(text)) return this.digits(text, 8n);
    return this.digits(text, 10n);
  }

  private digits(digits: string, base: bigint): bigint {
    if (base < 2n || base > 64n) throw this.fault("invalid arithmetic base");
    let value = 0n;
    for (const char of digits) {
      const digit = digitValue(char, base);
      if (digit < 0n) throw this.fault("invalid number");
      if (digit >= base) throw this.fault("value too great for base");
      value = BigInt.asIntN(64, value * base + digit);
    }
    return value;
  }

  private is(token: string): boolean {
    return this.token === token;
  }

  private isOperandStart(): boolean {
    return /^[0-9A-Za-z_(]/.test(this.token);
  }

  private advance(): void {
    while (/[ \t\n]/.test(this.source.charAt(this.at))) this.at++;
    this.tokenStart = this.at;
    const rest = this.source.slice(this.at, this.at + 80);
    const word = /^(?:[0-9]+#[0-9A-Za-z@_]+|[0-9][0-9A-Za-z_]*|[A-Za-z_][0-9A-Za-z_]*)/.exec(rest);
    this.token = word?.[0] ?? OPERATORS.find((operator) => rest.startsWith(operator)) ?? rest.charAt(0);
    this.at += this.token.length;
  }

  private fault(message: string): ArithmeticError {
    return new ArithmeticError(`${message} (error token is "${this.source.slice(this.faultStart(message))}")`);
  }

  /** bash names the operator before a missing operand, not the end of the text. */
  private faultStart(message: string): number {
    if (this.token !== "" || !message.startsWith("syntax error: operand")) return this.tokenStart;
    const before = this.source.slice(0, this.tokenStart).trimEnd();
    return Math.max(0, before.length - 1);
  }
}

function digitValue(char: string, base: bigint): bigint {
  const code = char.charCodeAt(0);
  if (code >= 48 && code <= 57) return BigInt(code - 48);
  if (code >= 97 && code <= 122) return BigInt(code - 97 + 10);
  if (code >= 65 && code <= 90) return BigInt(base <= 36n ? code - 65 + 10 : code - 65 + 36);
  if (char === "@") return 62n;
  return char === "_" ? 63n : -1n;
}

function closingBracket(source: string, open: number): number {
  let depth = 0;
  for (let i = open; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === "[") depth++;
    if (char === "]" && --depth === 0) return i;
  }
  return -1;
}
