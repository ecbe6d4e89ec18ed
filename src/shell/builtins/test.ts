import { compareIntegers } from "../run/conditional.ts";
import { compareFiles, unaryTest } from "../run/file-test.ts";
import type { Builtin, Shell } from "../state/shell.ts";

/** An expression that `test` refuses. */
class TestFault extends Error {}

function testBuiltin(name: "test" | "["): Builtin {
  return function* (shell, args) {
    try {
      if (name === "test") return evaluate(shell, args) ? 0 : 1;
      if (args[args.length - 1] !== "]") throw new TestFault("missing `]'");
      return evaluate(shell, args.slice(0, -1)) ? 0 : 1;
    } catch (error) {
      if (!(error instanceof TestFault)) throw error;
      yield* shell.complain(`${name}: ${error.message}`);
      return 2;
    }
  };
}

export const test = testBuiltin("test");
export const bracket = testBuiltin("[");

/** POSIX decides by the number of arguments up to four; bash's test.c `posixtest`. */
function evaluate(shell: Shell, args: readonly string[]): boolean {
  switch (args.length) {
    case 0:
      return false;
    case 1:
      return args[0] !== "";
    case 2:
      return two(shell, args);
    case 3:
      return three(shell, args);
    case 4:
      if (args[0] === "!") return !three(shell, args.slice(1));
      if (args[0] === "(" && args[3] === ")") return two(shell, args.slice(1, 3));
      return new Expression(shell, args).all();
    default:
      return new Expression(shell, args).all();
  }
}

function two(shell: Shell, [first = "", second = ""]: readonly string[]): boolean {
  if (first === "!") return second === "";
  const result = /^-.$/.test(first) ? unaryTest(shell, first, second) : undefined;
  if (result === undefined) throw new TestFault(`${first}: unary operator expected`);
  return result;
}

function three(shell: Shell, args: readonly string[]): boolean {
  const [first = "", operator = "", third = ""] = args;
  const result = binaryTest(shell, first, operator, third);
  if (result !== undefined) return result;
  if (operator === "-a") return first !== "" && third !== "";
  if (operator === "-o") return first !== "" || third !== "";
  if (first === "!") return !two(shell, [operator, third]);
  if (first === "(" && third === ")") return operator !== "";
  throw new TestFault(`${operator}: binary operator expected`);
}

function binaryTest(shell: Shell, left: string, operator: string, right: string): boolean | undefined {
  switch (operator) {
    case "=":
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "-nt":
    case "-ot":
    case "-ef":
      return compareFiles(shell, operator, left, right);
    default:
      if (!/^-(eq|ne|lt|le|gt|ge)$/.test(operator)) return undefined;
      return compareIntegers(operator, integer(left), integer(right));
  }
}

function integer(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestFault(`${text}: integer expression expected`);
  return BigInt(text.trim().replace(/^\+/, ""));
}

/** Longer expressions: `!`, parentheses, `-a`, `-o`. */
class Expression {
  private at = 0;
  private depth = 0;
  private readonly shell: Shell;
  private readonly args: readonly string[];

  constructor(shell: Shell, args: readonly string[]) {
    this.shell = shell;
    this.args = args;
  }

  all(): boolean {
    const result = this.or();
    if (this.at < this.args.length) throw new TestFault("too many arguments");
    return result;
  }

  private or(): boolean {
    let result = this.and();
    while (this.args[this.at] === "-o") {
      this.at++;
      result = this.and() || result;
    }
    return result;
  }

  private and(): boolean {
    let result = this.term();
    while (this.args[this.at] === "-a") {
      this.at++;
      result = this.term() && result;
    }
    return result;
  }

  private term(): boolean {
    if (++this.depth > 500) throw new TestFault("expression too deep");
    try {
      return this.termInside();
    } finally {
      this.depth--;
    }
  }

  private termInside(): boolean {
    const [first, second, third] = this.args.slice(this.at, this.at + 3);
    if (first === undefined) throw new TestFault("argument expected");
    if (first === "!") {
      this.at++;
      return !this.term();
    }
    if (second !== undefined && third !== undefined) {
      const result = binaryTest(this.shell, first, second, third);
      if (result !== undefined) {
        this.at += 3;
        return result;
      }
    }
    if (first === "(") return this.group();
    if (/^-.$/.test(first) && second !== undefined) {
      const result = unaryTest(this.shell, first, second);
      if (result !== undefined) {
        this.at += 2;
        return result;
      }
    }
    this.at++;
    return first !== "";
  }

  private group(): boolean {
    this.at++;
    const result = this.or();
    if (this.args[this.at] !== ")") throw new TestFault("`)' expected");
    this.at++;
    return result;
  }
}
