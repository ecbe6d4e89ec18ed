import { basename, join } from "../../base/path.ts";
import { compileRegex } from "../../base/regex/regex.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { Pattern as ShellPattern } from "../../shell/expand/pattern.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import type { Stats } from "../../vfs/file-system.ts";
import { FsError } from "../../vfs/file-system.ts";
import { complain, fileErrorText } from "./utility.ts";

/** find: walks directories and tests, prints or acts on what it meets. */
export const find: Program = function* (process) {
  const args = process.argv.slice(1);
  const firstTest = args.findIndex((arg) => arg.startsWith("-") || arg === "(" || arg === "!");
  const roots = firstTest < 0 ? args : args.slice(0, firstTest);
  const parsed = parse(firstTest < 0 ? [] : args.slice(firstTest));
  if ("problem" in parsed) {
    yield* complain(process, "find", parsed.problem);
    return 1;
  }
  const walk = new Walk(process, parsed);
  try {
    for (const root of roots.length === 0 ? ["."] : roots) yield* walk.from(root);
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== "ENOSPC") throw error;
    yield* complain(process, "find", `‘standard output’: ${error.message}\nfind: write error`);
    return 1;
  }
  return walk.code;
};

interface Found {
  readonly path: string;
  readonly stats: Stats;
  readonly depth: number;
}

/** A test or an action on one file; true goes on with what is after it. */
type Step = (process: Process, found: Found) => Task<boolean>;

interface Expression {
  readonly step: Step;
  readonly maxDepth: number;
  readonly minDepth: number;
  readonly deepestFirst: boolean;
}

type Parsed = Expression | { readonly problem: string };

class ExpressionParser {
  private readonly tokens: string[];
  acts = false;
  maxDepth = Number.POSITIVE_INFINITY;
  minDepth = 0;
  deepestFirst = false;

  constructor(tokens: readonly string[]) {
    this.tokens = [...tokens];
  }

  get done(): boolean {
    return this.tokens.length === 0;
  }

  either(): Step {
    let left = this.both();
    while (["-o", "-or"].includes(this.tokens[0] ?? "")) {
      this.tokens.shift();
      const [a, b] = [left, this.both()];
      left = function* (process, found) {
        return (yield* a(process, found)) || (yield* b(process, found));
      };
    }
    return left;
  }

  private both(): Step {
    let left: Step = always;
    while (!this.done && !["-o", "-or", ")"].includes(this.tokens[0] ?? "")) {
      if (["-a", "-and"].includes(this.tokens[0] ?? "")) this.tokens.shift();
      const [a, b] = [left, this.one()];
      left = function* (process, found) {
        return (yield* a(process, found)) && (yield* b(process, found));
      };
    }
    return left;
  }

  private one(): Step {
    const token = this.tokens.shift() ?? "";
    if (token === "!" || token === "-not") {
      const inner = this.one();
      return function* (process, found) {
        return !(yield* inner(process, found));
      };
    }
    if (token === "(") {
      const inner = this.either();
      if (this.tokens.shift() !== ")")
        throw new FindProblem("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      return inner;
    }
    return this.test(token);
  }

  private argument(of: string): string {
    const value = this.tokens.shift();
    if (value === undefined) throw new FindProblem(`missing argument to \`${of}'`);
    return value;
  }

  private test(token: string): Step {
    switch (token) {
      case "-name":
        return matching(shellPattern(this.argument(token), false), (found) => basename(found.path));
      case "-iname":
        return matching(shellPattern(this.argument(token), true), (found) => basename(found.path));
      case "-path":
      case "-wholename":
        return matching(shellPattern(this.argument(token), false), (found) => found.path);
      case "-regex":
      case "-iregex":
        return matching(pathRegex(this.argument(token), token === "-iregex"), (found) => found.path);
      case "-type":
        return typed(this.argument(token));
      case "-size":
        return sized(this.argument(token));
      case "-empty":
        return test((found, process) =>
          found.stats.type === "directory" ? process.fs.readdir(found.path).length === 0 : found.stats.size === 0,
        );
      case "-mmin":
        return aged(this.argument(token), 60_000);
      case "-mtime":
        return aged(this.argument(token), 86_400_000);
      case "-newer":
        return newer(this.argument(token));
      case "-perm":
        return permitted(this.argument(token));
      case "-user":
      case "-group":
        return owned(this.argument(token));
      case "-maxdepth":
        this.maxDepth = Number(this.argument(token));
        return always;
      case "-mindepth":
        this.minDepth = Number(this.argument(token));
        return always;
      case "-depth":
        this.deepestFirst = true;
        return always;
      case "-xdev":
      case "-mount":
      case "-follow":
        return always;
      case "-true":
        return always;
      default:
        return this.action(token);
    }
  }

  private action(token: string): Step {
    this.acts = true;
    switch (token) {
      case "-print":
        return print("\n");
      case "-print0":
        return print("\0");
      case "-prune":
        return prune;
      case "-quit":
        return function* () {
          throw new FindEnd();
        };
      case "-ls":
        return print("\n");
      case "-delete":
        this.deepestFirst = true;
        return remove;
      case "-printf":
        return formatted(this.argument(token));
      case "-exec":
      case "-execdir":
      case "-ok":
        return this.exec(token);
      default:
        throw new FindProblem(`unknown predicate \`${token}'`);
    }
  }

  private exec(token: string): Step {
    const end = this.tokens.findIndex((part) => part === ";" || part === "+");
    if (end < 0) throw new FindProblem(`missing argument to \`${token}'`);
    const command = this.tokens.splice(0, end + 1).slice(0, -1);
    return function* (process, found) {
      const argv = command.map((part) => part.replaceAll("{}", found.path));
      try {
        return (yield* waitFor(process.spawn({ argv }).exited)) === 0;
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        yield* complain(process, "find", `'${argv[0]}': ${error.message}`);
        return false;
      }
    };
  }
}

class FindProblem extends Error {}
class FindEnd extends Error {}
/** Thrown by -prune's visitor state instead of a flag on each file. */
const pruned = new WeakSet<Found>();

function parse(tokens: readonly string[]): Parsed {
  const parser = new ExpressionParser(tokens);
  try {
    const tests = parser.either();
    if (!parser.done) return { problem: "paths must precede expression" };
    const shown = print("\n");
    const step: Step = parser.acts
      ? tests
      : function* (process, found) {
          return (yield* tests(process, found)) && (yield* shown(process, found));
        };
    return { step, maxDepth: parser.maxDepth, minDepth: parser.minDepth, deepestFirst: parser.deepestFirst };
  } catch (error) {
    if (error instanceof FindProblem) return { problem: error.message };
    if (error instanceof SyntaxError) return { problem: "invalid regular expression" };
    throw error;
  }
}

class Walk {
  code = 0;
  private readonly process: Process;
  private readonly expression: Expression;

  constructor(process: Process, expression: Expression) {
    this.process = process;
    this.expression = expression;
  }

  *from(root: string): Task<void> {
    try {
      yield* this.visit(root, 0);
    } catch (error) {
      if (!(error instanceof FindEnd)) throw error;
    }
  }

  private *visit(path: string, depth: number): Task<void> {
    let found: Found;
    try {
      found = { path, depth, stats: this.process.fs.lstat(path) };
    } catch (error) {
      yield* complain(this.process, "find", `'${path}': ${fileErrorText(error)}`);
      this.code = 1;
      return;
    }
    if (!this.expression.deepestFirst) yield* this.act(found);
    if (found.stats.type === "directory" && depth < this.expression.maxDepth && !pruned.has(found)) {
      for (const name of this.process.fs.readdir(path)) yield* this.visit(join(path, name), depth + 1);
    }
    if (this.expression.deepestFirst) yield* this.act(found);
  }

  private *act(found: Found): Task<void> {
    if (found.depth >= this.expression.minDepth) yield* this.expression.step(this.process, found);
  }
}

const always: Step = function* () {
  return true;
};

const prune: Step = function* (_process, found) {
  pruned.add(found);
  return true;
};

function test(check: (found: Found, process: Process) => boolean): Step {
  return function* (process, found) {
    return check(found, process);
  };
}

function matching(pattern: { matches(text: string): boolean }, of: (found: Found) => string): Step {
  return test((found) => pattern.matches(of(found)));
}

/** A pattern for the whole name, as fnmatch(3) takes it. */
function shellPattern(pattern: string, ignoreCase: boolean): ShellPattern {
  return new ShellPattern(pattern, ignoreCase, false);
}

/** -regex is for the whole path; the default type is Emacs's, which is near to basic expressions with `+` and `?`. */
function pathRegex(pattern: string, ignoreCase: boolean): { matches(text: string): boolean } {
  const regex = compileRegex(pattern, { syntax: "emacs", ignoreCase, only: "line" });
  if (typeof regex === "string")
    throw new FindProblem(`failed to compile regular expression '${pattern}': Invalid regular expression`);
  return { matches: (text) => regex.test(text) };
}

function typed(letter: string): Step {
  const types = { f: "file", d: "directory", l: "symlink", p: "fifo", c: "device" } as const;
  const wanted = types[letter as keyof typeof types];
  if (wanted === undefined) throw new FindProblem(`Unknown argument to -type: ${letter}`);
  return test((found) => found.stats.type === wanted);
}

function compared(text: string): { sign: string; value: number; rest: string } {
  const match = /^([-+]?)(\d+)(.*)$/.exec(text);
  if (match === null) throw new FindProblem(`invalid argument \`${text}'`);
  return { sign: match[1] ?? "", value: Number(match[2]), rest: match[3] ?? "" };
}

function compares(sign: string, actual: number, wanted: number): boolean {
  return sign === "+" ? actual > wanted : sign === "-" ? actual < wanted : actual === wanted;
}

function sized(text: string): Step {
  const { sign, value, rest } = compared(text);
  const unit =
    ({ "": 512, b: 512, c: 1, w: 2, k: 1024, M: 1024 ** 2, G: 1024 ** 3 } as Readonly<Record<string, number>>)[rest] ??
    512;
  return test((found) => compares(sign, Math.ceil(found.stats.size / unit), value));
}

function aged(text: string, unitMs: number): Step {
  const { sign, value } = compared(text);
  return test((found, process) =>
    compares(sign, Math.floor((process.clock.now - found.stats.modifiedAt) / unitMs), value),
  );
}

function newer(reference: string): Step {
  return test((found, process) => found.stats.modifiedAt > process.fs.stat(reference).modifiedAt);
}

function permitted(text: string): Step {
  const bits = Number.parseInt(text.replace(/^[-/]/, ""), 8);
  if (Number.isNaN(bits)) throw new FindProblem(`invalid mode \`${text}'`);
  if (text.startsWith("-")) return test((found) => (found.stats.mode & bits) === bits);
  if (text.startsWith("/")) return test((found) => (found.stats.mode & bits) !== 0);
  return test((found) => (found.stats.mode & 0o7777) === bits);
}

function owned(name: string): Step {
  const id = name === "root" ? 0 : Number(name);
  return test((found) => found.stats.uid === id);
}

function print(end: string): Step {
  return function* (process, found) {
    yield* writeText(process.stdout, `${found.path}${end}`);
    return true;
  };
}

function formatted(format: string): Step {
  return function* (process, found) {
    const values: Readonly<Record<string, string>> = {
      p: found.path,
      f: basename(found.path),
      s: String(found.stats.size),
      m: found.stats.mode.toString(8),
      d: String(found.depth),
      y: found.stats.type.charAt(0),
      "%": "%",
    };
    const text = format
      .replace(/%([a-z%])/g, (whole, letter: string) => values[letter] ?? whole)
      .replaceAll("\\n", "\n")
      .replaceAll("\\t", "\t")
      .replaceAll("\\0", "\0");
    yield* writeText(process.stdout, text);
    return true;
  };
}

const remove: Step = function* (process, found) {
  try {
    if (found.stats.type === "directory") process.fs.rmdir(found.path);
    else process.fs.unlink(found.path);
    return true;
  } catch (error) {
    yield* complain(process, "find", `cannot delete '${found.path}': ${fileErrorText(error)}`);
    return false;
  }
};
