import type { Lexer } from "./lexer.ts";
import type { Reading } from "./source-lines.ts";
import type { Token } from "./token.ts";

const BINARY: ReadonlySet<string> = new Set([
  "==",
  "=",
  "!=",
  "=~",
  "<",
  ">",
  "-eq",
  "-ne",
  "-lt",
  "-le",
  "-gt",
  "-ge",
  "-nt",
  "-ot",
  "-ef",
]);

/** The inside of `[[ … ]]` with its end; bash's complaints are in parse.y `cond_term`. */
export function* readConditional(lexer: Lexer): Reading<void> {
  yield* alternatives(lexer);
  const token = yield* lexer.next();
  if (!isEnd(token)) throw lexer.problem(token, "syntax error in conditional expression");
}

function* alternatives(lexer: Lexer): Reading<void> {
  for (;;) {
    yield* term(lexer);
    const token = yield* skipNewlines(lexer);
    if (token.kind !== "operator" || (token.text !== "&&" && token.text !== "||")) return;
    yield* lexer.next();
  }
}

function* skipNewlines(lexer: Lexer): Reading<Token> {
  for (;;) {
    const token = yield* lexer.peek();
    if (token.kind !== "newline") return token;
    yield* lexer.next();
  }
}

function* term(lexer: Lexer): Reading<void> {
  const token = yield* skipNewlines(lexer);
  if (token.kind === "end") throw lexer.unexpected(token);
  yield* lexer.next();
  if (token.kind === "operator" && token.text === "(") return yield* group(lexer);
  if (token.text === "!" && token.plain) return yield* term(lexer);
  if (token.kind !== "word" || isEnd(token)) throw lexer.problem(token, unexpectedText(token));
  if (token.plain && /^-[a-zA-Z]$/.test(token.text) && !(yield* isBinary(lexer))) {
    const operand = yield* lexer.next();
    if (operand.kind === "word" && !isEnd(operand)) return;
    throw lexer.problem(operand, `unexpected argument \`${operand.text}' to conditional unary operator`);
  }
  yield* binary(lexer);
}

function* group(lexer: Lexer): Reading<void> {
  yield* alternatives(lexer);
  const close = yield* lexer.next();
  if (close.kind === "operator" && close.text === ")") return;
  if (close.kind === "end") throw lexer.unexpected(close);
  throw lexer.problem(close, "expected `)'");
}

function* isBinary(lexer: Lexer): Reading<boolean> {
  const token = yield* lexer.peek();
  return BINARY.has(token.text) && (token.plain || token.kind === "operator");
}

function* binary(lexer: Lexer): Reading<void> {
  const operator = yield* lexer.peek();
  if (isEnd(operator) || operator.kind === "newline") return;
  if (operator.kind === "operator" && ["&&", "||", ")"].includes(operator.text)) return;
  if (operator.kind === "end") throw lexer.unexpected(operator);
  if (!(yield* isBinary(lexer))) throw lexer.problem(operator, "conditional binary operator expected");
  yield* lexer.next();
  const operand = yield* lexer.next(operator.text === "=~" ? "regex" : "argument");
  if (operand.kind === "word" && !isEnd(operand)) return;
  throw lexer.problem(operand, `unexpected argument \`${operand.text}' to conditional binary operator`);
}

function isEnd(token: Token): boolean {
  return token.kind === "word" && token.plain && token.text === "]]";
}

function unexpectedText(token: Token): string {
  return `unexpected token \`${token.text}' in conditional command`;
}
