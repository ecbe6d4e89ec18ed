import { readConditional } from "./conditional-grammar.ts";
import { type AliasLookup, Lexer, type WordPlace } from "./lexer.ts";
import type { Reading, SourceLines } from "./source-lines.ts";
import { SyntaxProblem } from "./syntax-error.ts";
import { KEYWORDS, REDIRECTIONS, type Token } from "./token.ts";
import { NESTING_MAX } from "./word-scanner.ts";

const SEPARATORS: ReadonlySet<string> = new Set([";", "&"]);
const CASE_ENDS: ReadonlySet<string> = new Set([";;", ";&", ";;&"]);
const ASSIGNMENT = /^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/;

/**
 * bash's grammar, as far as it decides where a command ends and which token is wrong. The tree itself is made by
 * `unbash` from the text found here; that parser forgives what bash refuses, so bash's complaints come from here.
 */
export class Grammar {
  readonly lexer: Lexer;
  private readonly source: SourceLines;
  private depth = 0;

  constructor(source: SourceLines, alias: AliasLookup) {
    this.source = source;
    this.lexer = new Lexer(source, alias, () => this.substitution());
  }

  /** Reads up to the end of a line that ends a command. */
  *completeCommand(): Reading<"command" | "blank" | "end"> {
    const first = yield* this.lexer.peek("command");
    if (first.kind === "end") return "end";
    if (first.kind === "newline") {
      yield* this.lexer.next();
      return "blank";
    }
    for (;;) {
      yield* this.andOr();
      let token = yield* this.lexer.peek();
      if (token.kind === "operator" && SEPARATORS.has(token.text)) {
        yield* this.lexer.next();
        token = yield* this.lexer.peek("command");
        if (token.kind !== "newline" && token.kind !== "end") continue;
      }
      if (token.kind === "newline") yield* this.lexer.next();
      else if (token.kind !== "end") throw this.lexer.unexpected(token);
      return "command";
    }
  }

  /** The inside of `$( )`, up to and with the closing parenthesis. */
  private *substitution(): Reading<void> {
    yield* this.lexer.inside(
      function* (this: Grammar): Reading<void> {
        const token = yield* this.skipNewlines();
        if (!isOperator(token, ")")) yield* this.list((end) => isOperator(end, ")"));
        const close = yield* this.lexer.next("command");
        if (close.kind === "end") {
          throw new SyntaxProblem({ kind: "unmatched", wanted: ")" }, this.source.lineNumber + 1, "");
        }
      }.bind(this),
    );
  }

  private *skipNewlines(): Reading<Token> {
    for (;;) {
      const token = yield* this.lexer.peek("command");
      if (token.kind !== "newline") return token;
      yield* this.lexer.next();
    }
  }

  /** A list that must not be empty, up to (without) its end. The end of input also ends it: the caller complains. */
  private *list(isEnd: (token: Token) => boolean): Reading<void> {
    const first = yield* this.skipNewlines();
    if (isEnd(first)) throw this.lexer.unexpected(first);
    for (;;) {
      yield* this.andOr();
      let token = yield* this.lexer.peek();
      if (token.kind === "operator" && SEPARATORS.has(token.text)) yield* this.lexer.next();
      else if (token.kind !== "newline") return;
      token = yield* this.skipNewlines();
      if (token.kind === "end" || isEnd(token)) return;
    }
  }

  private *andOr(): Reading<void> {
    for (;;) {
      yield* this.pipeline();
      const token = yield* this.lexer.peek();
      if (!isOperator(token, "&&") && !isOperator(token, "||")) return;
      yield* this.lexer.next();
      yield* this.skipNewlines();
    }
  }

  private *pipeline(): Reading<void> {
    if (yield* this.pipelinePrefix()) return;
    for (;;) {
      yield* this.command();
      const token = yield* this.lexer.peek();
      if (!isOperator(token, "|") && !isOperator(token, "|&")) return;
      yield* this.lexer.next();
      yield* this.skipNewlines();
    }
  }

  /** `!` and `time`; true when nothing follows, which both allow. */
  private *pipelinePrefix(): Reading<boolean> {
    let any = false;
    for (;;) {
      const token = yield* this.lexer.peek("command");
      if (isKeyword(token, "time")) {
        yield* this.lexer.next();
        if ((yield* this.lexer.peek("command")).text === "-p") yield* this.lexer.next();
      } else if (isKeyword(token, "!")) yield* this.lexer.next();
      else return any && (token.kind === "newline" || token.kind === "end" || isOperator(token, ";"));
      any = true;
    }
  }

  private *command(): Reading<void> {
    const token = yield* this.lexer.peek("command");
    if (++this.depth > NESTING_MAX) throw this.lexer.problem(token, "maximum nesting depth of commands exceeded");
    if (token.kind === "word" && token.plain && KEYWORDS.has(token.text)) {
      yield* this.compound(token);
      yield* this.redirections();
    } else if (isOperator(token, "(")) {
      yield* this.parenthesized();
      yield* this.redirections();
    } else yield* this.simpleCommand(token);
    this.depth--;
  }

  private *simpleCommand(first: Token): Reading<void> {
    let place: WordPlace = "command";
    for (let count = 0; ; count++) {
      const token = yield* this.lexer.peek(place);
      if (token.kind === "operator" && REDIRECTIONS.has(token.text)) yield* this.redirection();
      else if (token.kind === "word") {
        yield* this.lexer.next();
        if (token.descriptor) yield* this.redirection();
        else if (!ASSIGNMENT.test(token.text)) place = "argument";
      } else if (count === 1 && first.kind === "word" && isOperator(token, "(")) {
        return yield* this.functionBody();
      } else if (count === 0 || isOperator(token, "(")) throw this.lexer.unexpected(token);
      else return;
    }
  }

  /** At the `(` behind a function's name. */
  private *functionBody(): Reading<void> {
    yield* this.lexer.next();
    yield* this.expect((token) => isOperator(token, ")"));
    yield* this.compoundOnly();
  }

  private *compoundOnly(): Reading<void> {
    const token = yield* this.skipNewlines();
    const compound = token.kind === "word" && token.plain && KEYWORDS.has(token.text) && token.text !== "time";
    if (!compound && !isOperator(token, "(")) throw this.lexer.unexpected(token);
    yield* this.command();
  }

  private *redirections(): Reading<void> {
    for (;;) {
      const token = yield* this.lexer.peek();
      if (token.kind === "word" && token.descriptor) yield* this.lexer.next();
      else if (token.kind !== "operator" || !REDIRECTIONS.has(token.text)) return;
      yield* this.redirection();
    }
  }

  private *redirection(): Reading<void> {
    const operator = yield* this.lexer.next();
    if (operator.kind !== "operator") throw this.lexer.unexpected(operator);
    const target = yield* this.lexer.next();
    if (target.kind !== "word") throw this.lexer.unexpected(target);
    if (operator.text === "<<" || operator.text === "<<-") {
      this.lexer.addHereDocument(target.text, operator.text === "<<-");
    }
  }

  private *parenthesized(): Reading<void> {
    yield* this.lexer.next();
    if (yield* this.lexer.arithmetic()) return;
    yield* this.list((token) => isOperator(token, ")"));
    yield* this.expect((token) => isOperator(token, ")"));
  }

  private *compound(keyword: Token): Reading<void> {
    switch (keyword.text) {
      case "if":
        return yield* this.ifCommand();
      case "while":
      case "until":
        yield* this.lexer.next();
        return yield* this.doGroup("do");
      case "for":
        return yield* this.forCommand(true);
      case "select":
        return yield* this.forCommand(false);
      case "case":
        return yield* this.caseCommand();
      case "{":
        yield* this.lexer.next();
        yield* this.listUntil("}");
        return;
      case "[[":
        yield* this.lexer.next();
        return yield* readConditional(this.lexer);
      case "function":
        return yield* this.functionKeyword();
      case "coproc":
        yield* this.lexer.next();
        return yield* this.command();
      default:
        throw this.lexer.unexpected(keyword);
    }
  }

  private *ifCommand(): Reading<void> {
    yield* this.lexer.next();
    yield* this.listUntil("then");
    for (;;) {
      const end = yield* this.listUntil("elif", "else", "fi");
      if (end === "fi") return;
      if (end === "else") {
        yield* this.listUntil("fi");
        return;
      }
      yield* this.listUntil("then");
    }
  }

  /** A list and one of its closing keywords, which is given. */
  private *listUntil(...keywords: string[]): Reading<string> {
    const isEnd = (token: Token): boolean => keywords.some((keyword) => isKeyword(token, keyword));
    yield* this.list(isEnd);
    return (yield* this.expect(isEnd)).text;
  }

  /** `[condition] do list done`, or only `do list done` (`{ list }` is taken too, as bash does). */
  private *doGroup(condition: "do" | undefined): Reading<void> {
    if (condition !== undefined) {
      yield* this.listUntil("do");
      yield* this.listUntil("done");
      return;
    }
    yield* this.skipNewlines();
    const open = yield* this.expect((token) => isKeyword(token, "do") || isKeyword(token, "{"));
    yield* this.listUntil(open.text === "do" ? "done" : "}");
  }

  private *forCommand(arithmeticAllowed: boolean): Reading<void> {
    yield* this.lexer.next();
    const name = yield* this.lexer.next();
    if (arithmeticAllowed && isOperator(name, "(") && (yield* this.lexer.arithmetic())) {
      const separator = yield* this.lexer.peek("command");
      if (isOperator(separator, ";")) yield* this.lexer.next();
      return yield* this.doGroup(undefined);
    }
    if (name.kind !== "word") throw this.lexer.unexpected(name);
    const token = yield* this.skipNewlines();
    if (token.text === "in" && token.plain) {
      yield* this.lexer.next();
      yield* this.wordList();
    } else if (isOperator(token, ";")) yield* this.lexer.next();
    yield* this.doGroup(undefined);
  }

  private *wordList(): Reading<void> {
    for (;;) {
      const token = yield* this.lexer.next();
      if (token.kind === "newline" || isOperator(token, ";")) return;
      if (token.kind !== "word") throw this.lexer.unexpected(token);
    }
  }

  private *caseCommand(): Reading<void> {
    yield* this.lexer.next();
    yield* this.expect((token) => token.kind === "word");
    yield* this.skipNewlines();
    yield* this.expect((token) => token.plain && token.text === "in");
    for (;;) {
      const token = yield* this.skipNewlines();
      if (isKeyword(token, "esac")) break;
      yield* this.caseItem();
      if (isKeyword(yield* this.skipNewlines(), "esac")) break;
    }
    yield* this.lexer.next();
  }

  private *caseItem(): Reading<void> {
    if (isOperator(yield* this.lexer.peek(), "(")) yield* this.lexer.next();
    for (;;) {
      yield* this.expect((token) => token.kind === "word");
      const token = yield* this.expect((next) => isOperator(next, ")") || isOperator(next, "|"));
      if (token.text === ")") break;
    }
    const isEnd = (token: Token): boolean =>
      (token.kind === "operator" && CASE_ENDS.has(token.text)) || isKeyword(token, "esac");
    if (!isEnd(yield* this.skipNewlines())) yield* this.list(isEnd);
    const end = yield* this.lexer.peek("command");
    if (!isEnd(end)) throw this.lexer.unexpected(end);
    if (end.kind === "operator") yield* this.lexer.next();
  }

  private *functionKeyword(): Reading<void> {
    yield* this.lexer.next();
    yield* this.expect((token) => token.kind === "word");
    if (isOperator(yield* this.lexer.peek("command"), "(")) {
      yield* this.lexer.next();
      if (isOperator(yield* this.lexer.peek("command"), ")")) yield* this.lexer.next();
    }
    yield* this.compoundOnly();
  }

  private *expect(wanted: (token: Token) => boolean): Reading<Token> {
    const token = yield* this.lexer.peek();
    if (!wanted(token)) throw this.lexer.unexpected(token);
    return yield* this.lexer.next();
  }
}

function isOperator(token: Token, text: string): boolean {
  return token.kind === "operator" && token.text === text;
}

function isKeyword(token: Token, text: string): boolean {
  return token.kind === "word" && token.plain && token.text === text;
}
