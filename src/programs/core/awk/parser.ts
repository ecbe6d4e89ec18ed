import { ExpressionParser } from "./expression-parser.ts";
import { AwkSyntaxError, tokenize } from "./lexer.ts";
import type { AwkFunction, AwkProgram, Expression, Output, Pattern, Rule, Statement } from "./syntax.ts";

const DEPTH_MAX = 500;

/** Reads a program. Throws `AwkSyntaxError`. */
export function parseAwk(program: string): AwkProgram {
  return new Parser(tokenize(program)).program();
}

class Parser extends ExpressionParser {
  program(): AwkProgram {
    const rules: Rule[] = [];
    const functions = new Map<string, AwkFunction>();
    this.skipEnds();
    while (this.now.kind !== "end") {
      if (this.isKeyword("function") || this.isKeyword("func")) this.functionDefinition(functions);
      else rules.push(this.rule());
      this.skipEnds();
    }
    return { rules, functions };
  }

  private functionDefinition(functions: Map<string, AwkFunction>): void {
    this.at++;
    const name = this.name();
    this.expect("(");
    const parameters: string[] = [];
    while (!this.is(")")) {
      parameters.push(this.name());
      if (!this.take(",")) break;
      this.skipNewlines();
    }
    this.expect(")");
    this.skipNewlines();
    functions.set(name, { parameters, body: this.block() });
  }

  private rule(): Rule {
    const pattern = this.pattern();
    if (this.is("{")) return { pattern, action: this.block() };
    if (pattern.type === "begin" || pattern.type === "end") throw this.error();
    return { pattern, action: undefined };
  }

  private pattern(): Pattern {
    if (this.takeKeyword("BEGIN")) return { type: "begin" };
    if (this.takeKeyword("END")) return { type: "end" };
    if (this.is("{")) return { type: "always" };
    const from = this.expression();
    if (!this.take(",")) return { type: "when", test: from };
    this.skipNewlines();
    return { type: "range", from, to: this.expression() };
  }

  private block(): Statement {
    this.expect("{");
    const body: Statement[] = [];
    this.skipEnds();
    while (!this.is("}")) {
      if (this.now.kind === "end") throw this.error();
      body.push(this.statement());
      this.skipEnds();
    }
    this.expect("}");
    return { type: "block", body };
  }

  private statement(): Statement {
    if (++this.depth > DEPTH_MAX) throw new AwkSyntaxError("program too deeply nested");
    try {
      if (this.is("{")) return this.block();
      if (this.takeKeyword("if")) return this.ifStatement();
      if (this.takeKeyword("while")) return this.whileStatement();
      if (this.takeKeyword("for")) return this.forStatement();
      if (this.takeKeyword("do")) return this.doStatement();
      const simple = this.simpleStatement();
      this.endOfStatement();
      return simple;
    } finally {
      this.depth--;
    }
  }

  private endOfStatement(): void {
    if (this.is("}") || this.now.kind === "end") return;
    if (this.now.kind !== "newline" && !this.is(";")) throw this.error();
    this.at++;
  }

  /** A statement as the body of if, for, while: it may stand on the next line, or be empty. */
  private body(): Statement {
    if (this.take(";")) return { type: "block", body: [] };
    this.skipNewlines();
    return this.statement();
  }

  private ifStatement(): Statement {
    this.expect("(");
    const test = this.expression();
    this.expect(")");
    const yes = this.body();
    const mark = this.at;
    this.skipEnds();
    if (this.takeKeyword("else")) return { type: "if", test, yes, no: this.body() };
    this.at = mark;
    return { type: "if", test, yes, no: undefined };
  }

  private whileStatement(): Statement {
    this.expect("(");
    const test = this.expression();
    this.expect(")");
    return { type: "while", test, body: this.body() };
  }

  private doStatement(): Statement {
    const body = this.body();
    this.skipEnds();
    if (!this.takeKeyword("while")) throw this.error();
    this.expect("(");
    const test = this.expression();
    this.expect(")");
    this.endOfStatement();
    return { type: "do", test, body };
  }

  private forStatement(): Statement {
    this.expect("(");
    const [variable, keyword, array, close] = this.tokens.slice(this.at, this.at + 4);
    if (variable?.kind === "name" && keyword?.text === "in" && array?.kind === "name" && close?.text === ")") {
      this.at += 4;
      return { type: "for-in", variable: variable.text, array: array.text, body: this.body() };
    }
    const first = this.is(";") ? undefined : this.simpleStatement();
    this.expect(";");
    this.skipNewlines();
    const test = this.is(";") ? undefined : this.expression();
    this.expect(";");
    this.skipNewlines();
    const step = this.is(")") ? undefined : this.simpleStatement();
    this.expect(")");
    return { type: "for", first, test, step, body: this.body() };
  }

  private simpleStatement(): Statement {
    const { text, kind } = this.now;
    if (kind !== "keyword" || text === "getline") return { type: "expression", value: this.expression() };
    this.at++;
    switch (text) {
      case "break":
      case "continue":
      case "next":
        return { type: text };
      case "exit":
      case "return":
        return { type: text, value: this.atEnd() ? undefined : this.expression() };
      case "print":
      case "printf":
        return this.printStatement(text);
      case "delete":
        return this.deleteStatement();
      default:
        this.at--;
        throw this.error();
    }
  }

  private atEnd(): boolean {
    return this.now.kind === "newline" || this.now.kind === "end" || this.is(";") || this.is("}");
  }

  private deleteStatement(): Statement {
    const array = this.name();
    if (!this.take("[")) return { type: "delete", array, keys: undefined };
    const keys = this.list("]");
    this.expect("]");
    return { type: "delete", array, keys };
  }

  private printStatement(type: "print" | "printf"): Statement {
    const outer = this.noGreater;
    this.noGreater = true;
    let args: readonly Expression[] = [];
    if (!this.atEnd() && !this.is(">") && !this.is(">>") && !this.is("|")) {
      const first = this.expression();
      args = first.type === "group" && !this.is(",") ? first.items : [first, ...(this.take(",") ? this.list("") : [])];
    }
    let output: Output | undefined;
    for (const kind of [">>", ">", "|"] as const) {
      if (output === undefined && this.take(kind)) output = { kind, to: this.concatenation() };
    }
    this.noGreater = outer;
    return { type, args, output };
  }
}
