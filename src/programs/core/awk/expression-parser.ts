import { AwkSyntaxError, type AwkToken } from "./lexer.ts";
import type { Expression, LValue } from "./syntax.ts";

const DEPTH_MAX = 500;

/** Reads expressions by precedence, lowest first; statements are read by the parser built on it. */
export class ExpressionParser {
  protected readonly tokens: readonly AwkToken[];
  protected at = 0;
  protected depth = 0;
  /** Inside `print` a bare `>` is a redirection; inside `for (` a bare `in` may end the head. */
  protected noGreater = false;
  protected noIn = false;

  constructor(tokens: readonly AwkToken[]) {
    this.tokens = tokens;
  }

  protected get now(): AwkToken {
    return this.tokens[this.at] ?? { kind: "end", text: "end of program" };
  }

  protected is(text: string): boolean {
    return this.now.kind === "operator" && this.now.text === text;
  }

  protected isKeyword(text: string): boolean {
    return this.now.kind === "keyword" && this.now.text === text;
  }

  protected take(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  protected takeKeyword(text: string): boolean {
    if (!this.isKeyword(text)) return false;
    this.at++;
    return true;
  }

  protected expect(text: string): void {
    if (!this.take(text)) throw this.error();
  }

  protected error(): AwkSyntaxError {
    return new AwkSyntaxError(`syntax error at or near ${this.now.kind === "newline" ? "end of line" : this.now.text}`);
  }

  protected skipNewlines(): void {
    while (this.now.kind === "newline") this.at++;
  }

  protected skipEnds(): void {
    while (this.now.kind === "newline" || this.is(";")) this.at++;
  }

  protected name(): string {
    const token = this.now;
    if (token.kind !== "name" && token.kind !== "function-call") throw this.error();
    this.at++;
    return token.text;
  }

  protected list(close: string): Expression[] {
    const items: Expression[] = [];
    this.skipNewlines();
    if (close !== "" && this.is(close)) return items;
    do {
      this.skipNewlines();
      items.push(this.expression());
    } while (this.take(","));
    return items;
  }

  protected expression(): Expression {
    if (++this.depth > DEPTH_MAX) throw new AwkSyntaxError("expression too deeply nested");
    try {
      const left = this.ternary();
      const operator = this.now.text;
      if (
        this.now.kind !== "operator" ||
        !["=", "+=", "-=", "*=", "/=", "%=", "^="].includes(operator) ||
        !isLValue(left)
      )
        return left;
      this.at++;
      this.skipNewlines();
      return { type: "assign", operator, target: left, value: this.expression() };
    } finally {
      this.depth--;
    }
  }

  protected ternary(): Expression {
    const test = this.or();
    if (!this.take("?")) return test;
    this.skipNewlines();
    const yes = this.expression();
    this.skipNewlines();
    this.expect(":");
    this.skipNewlines();
    return { type: "conditional", test, yes, no: this.expression() };
  }

  protected or(): Expression {
    let left = this.and();
    while (this.take("||")) {
      this.skipNewlines();
      left = { type: "binary", operator: "||", left, right: this.and() };
    }
    return left;
  }

  protected and(): Expression {
    let left = this.membership();
    while (this.take("&&")) {
      this.skipNewlines();
      left = { type: "binary", operator: "&&", left, right: this.membership() };
    }
    return left;
  }

  protected membership(): Expression {
    let left = this.matching();
    while (!this.noIn && this.takeKeyword("in"))
      left = { type: "in", keys: left.type === "group" ? left.items : [left], array: this.name() };
    return left;
  }

  protected matching(): Expression {
    let left = this.comparison();
    for (;;) {
      if (this.take("~")) left = { type: "match", negated: false, left, right: this.comparison() };
      else if (this.take("!~")) left = { type: "match", negated: true, left, right: this.comparison() };
      else return left;
    }
  }

  protected comparison(): Expression {
    const left = this.concatenation();
    const operator = this.now.text;
    const known =
      this.now.kind === "operator" &&
      (["<", "<=", "==", "!=", ">="].includes(operator) || (operator === ">" && !this.noGreater));
    if (!known) return this.pipedGetline(left);
    this.at++;
    return { type: "binary", operator, left, right: this.concatenation() };
  }

  protected pipedGetline(left: Expression): Expression {
    let result = left;
    while (this.is("|") && this.tokens[this.at + 1]?.text === "getline") {
      this.at += 2;
      result = { type: "getline", from: "command", source: result, target: this.optionalLValue() };
    }
    return result;
  }

  protected concatenation(): Expression {
    let left = this.additive();
    while (this.beginsOperand()) left = { type: "binary", operator: " ", left, right: this.additive() };
    return left;
  }

  protected beginsOperand(): boolean {
    const { kind, text } = this.now;
    if (["number", "string", "regex", "name", "function-call", "builtin"].includes(kind)) return true;
    return (
      kind === "operator" &&
      ["$", "!", "(", "-", "+", "++", "--"].includes(text) &&
      !(text === "!" && this.tokens[this.at + 1]?.text === "~")
    );
  }

  protected additive(): Expression {
    let left = this.multiplicative();
    while (this.is("+") || this.is("-")) {
      const operator = this.now.text;
      this.at++;
      left = { type: "binary", operator, left, right: this.multiplicative() };
    }
    return left;
  }

  protected multiplicative(): Expression {
    let left = this.unary();
    while (this.is("*") || this.is("/") || this.is("%")) {
      const operator = this.now.text;
      this.at++;
      left = { type: "binary", operator, left, right: this.unary() };
    }
    return left;
  }

  protected unary(): Expression {
    if (++this.depth > DEPTH_MAX) throw new AwkSyntaxError("expression too deeply nested");
    try {
      for (const operator of ["!", "-", "+"])
        if (this.take(operator)) return { type: "unary", operator, operand: this.unary() };
      return this.power();
    } finally {
      this.depth--;
    }
  }

  protected power(): Expression {
    const base = this.postfix();
    if (!this.take("^")) return base;
    return { type: "binary", operator: "^", left: base, right: this.unary() };
  }

  protected postfix(): Expression {
    const operand = this.primary();
    if (isLValue(operand) && (this.is("++") || this.is("--"))) {
      const operator = this.now.text as "++" | "--";
      this.at++;
      return { type: "step", operator, prefix: false, target: operand };
    }
    return operand;
  }

  protected primary(): Expression {
    const token = this.now;
    this.at++;
    switch (token.kind) {
      case "number":
        return { type: "number", value: Number(token.text) };
      case "string":
        return { type: "string", value: token.text };
      case "regex":
        return { type: "regex", source: token.text };
      case "name":
        return this.variable(token.text);
      case "function-call":
        return { type: "call", name: token.text, args: this.parenthesized() };
      case "builtin":
        return { type: "builtin", name: token.text, args: this.is("(") ? this.parenthesized() : [] };
      case "keyword":
        if (token.text === "getline") return this.simpleGetline();
        break;
      default:
        break;
    }
    if (token.kind === "operator") {
      const found = this.operatorPrimary(token.text);
      if (found !== undefined) return found;
    }
    this.at--;
    throw this.error();
  }

  protected operatorPrimary(operator: string): Expression | undefined {
    if (operator === "$") {
      const index = this.is("++") || this.is("--") ? this.unary() : this.primary();
      return { type: "field", index };
    }
    if (operator === "++" || operator === "--") {
      const target = this.primary();
      if (!isLValue(target)) throw this.error();
      return { type: "step", operator, prefix: true, target };
    }
    if (operator === "-" || operator === "+" || operator === "!")
      return { type: "unary", operator, operand: this.unary() };
    if (operator !== "(") return undefined;
    const [greater, inside] = [this.noGreater, this.noIn];
    this.noGreater = false;
    this.noIn = false;
    const items = this.list(")");
    this.skipNewlines();
    this.expect(")");
    this.noGreater = greater;
    this.noIn = inside;
    return { type: "group", items };
  }

  protected parenthesized(): Expression[] {
    this.expect("(");
    const greater = this.noGreater;
    this.noGreater = false;
    const args = this.list(")");
    this.skipNewlines();
    this.expect(")");
    this.noGreater = greater;
    return args;
  }

  protected variable(name: string): Expression {
    if (!this.take("[")) return { type: "variable", name };
    const keys = this.list("]");
    this.expect("]");
    return { type: "element", array: name, keys };
  }

  protected simpleGetline(): Expression {
    const target = this.optionalLValue();
    if (this.take("<")) return { type: "getline", from: "file", source: this.primary(), target };
    return { type: "getline", from: "input", source: undefined, target };
  }

  protected optionalLValue(): LValue | undefined {
    if (this.now.kind !== "name" && !this.is("$")) return undefined;
    const target = this.primary();
    return isLValue(target) ? target : undefined;
  }
}

function isLValue(expression: Expression): expression is LValue {
  return expression.type === "variable" || expression.type === "field" || expression.type === "element";
}
