import { demandMemory } from "../../../machine/memory.ts";
import type { Process } from "../../../machine/process.ts";
import { regexTime } from "../../../machine/regex-time.ts";
import type { Task } from "../../../sim/task.ts";
import { type BuiltinWorld, pureBuiltin, substitute } from "./builtins.ts";
import type { MainInput } from "./main-input.ts";
import { Record, splitFields } from "./record.ts";
import { AwkRegexes } from "./regexes.ts";
import { Streams } from "./streams.ts";
import type { AwkFunction, AwkProgram, Expression, LValue, Statement } from "./syntax.ts";
import {
  AwkRuntimeError,
  type AwkValue,
  arithmetic,
  compares,
  compareValues,
  fromInput,
  isTrue,
  toNumber,
  toText,
} from "./value.ts";
import { type Cell, Variables } from "./variables.ts";

/** How a statement ended. */
export type Flow = "normal" | "break" | "continue" | { readonly returned: AwkValue };

const CALL_DEPTH_MAX = 400;
/** Copying so many characters takes as long as a statement. */
const CHARS_PER_STEP = 500;

/** The half of the interpreter that gives expressions their values: variables, fields, functions, getline. */
export abstract class AwkEvaluator {
  protected readonly process: Process;
  protected readonly program: AwkProgram;
  protected readonly input: MainInput;
  protected readonly streams: Streams;
  protected readonly variables = new Variables();
  protected readonly record: Record;
  protected readonly regexes = new AwkRegexes();
  /** Statements run, and what else costs as much as one. */
  protected steps = 0;
  private callDepth = 0;
  private seedValue = 0;
  private readonly world: BuiltinWorld;

  constructor(process: Process, program: AwkProgram, input: MainInput, given: ReadonlyMap<string, AwkValue>) {
    this.process = process;
    this.program = program;
    this.input = input;
    this.streams = new Streams(process);
    this.record = new Record(() => ({ input: this.textOf("FS"), output: this.textOf("OFS") }), this.regexes);
    const defaults = {
      FS: " ",
      OFS: " ",
      ORS: "\n",
      RS: "\n",
      NR: 0,
      FNR: 0,
      SUBSEP: "\x1c",
      CONVFMT: "%.6g",
      OFMT: "%.6g",
      RSTART: 0,
      RLENGTH: -1,
      FILENAME: "",
    };
    for (const [name, value] of Object.entries(defaults)) this.assign(name, value);
    for (const [name, value] of given) this.assign(name, value);
    this.variables.globals.set("ENVIRON", {
      value: new Map([...process.env].map(([name, value]) => [name, fromInput(value)])),
    });
    const argv = ["awk", ...input.operands];
    this.variables.globals.set("ARGV", { value: new Map(argv.map((arg, index) => [String(index), fromInput(arg)])) });
    this.assign("ARGC", argv.length);
    this.world = {
      regexes: this.regexes,
      now: () => process.clock.now,
      random: () => process.random.uint32() / 0x1_0000_0000,
      seed: (value) => {
        const before = this.seedValue;
        this.seedValue = value;
        return before;
      },
      setMatch: (start, length) => {
        this.assign("RSTART", start);
        this.assign("RLENGTH", length);
      },
    };
  }

  /** Runs a function's body. */
  protected abstract statement(statement: Statement): Task<Flow>;
  /** Makes the next record of the main input $0; false at its end. */
  protected abstract readRecord(): Task<boolean>;

  protected *evaluate(expression: Expression): Task<AwkValue> {
    switch (expression.type) {
      case "number":
      case "string":
        return expression.value;
      case "regex":
        return (yield* this.matches(toText(this.record.get(0)), expression.source)) ? 1 : 0;
      case "variable":
        return this.get(expression.name);
      case "field":
        return this.record.get(this.fieldIndex(yield* this.evaluate(expression.index)));
      case "element":
        return this.variables.element(expression.array, yield* this.key(expression.keys));
      case "assign":
        return yield* this.assignment(expression);
      case "conditional":
        return yield* this.evaluate(isTrue(yield* this.evaluate(expression.test)) ? expression.yes : expression.no);
      case "binary":
        return yield* this.binary(expression);
      case "match":
        return (yield* this.matchOperator(expression)) ? 1 : 0;
      case "in":
        return this.variables.array(expression.array).has(yield* this.key(expression.keys)) ? 1 : 0;
      case "unary":
        return this.unary(expression.operator, yield* this.evaluate(expression.operand));
      case "step":
        return yield* this.step(expression);
      case "call":
        return yield* this.call(expression.name, expression.args);
      case "builtin":
        return yield* this.builtin(expression.name, expression.args);
      case "getline":
        return yield* this.getline(expression);
      case "group":
        return yield* this.grouped(expression.items);
    }
  }

  private *grouped(items: readonly Expression[]): Task<AwkValue> {
    const [only] = items;
    if (items.length === 1 && only !== undefined) return yield* this.evaluate(only);
    return yield* this.key(items);
  }

  private fieldIndex(value: AwkValue): number {
    const index = Math.trunc(toNumber(value));
    if (index < 0) throw new AwkRuntimeError(`attempt to access field ${index}`);
    if (index > 100_000) throw new AwkRuntimeError(`field index ${index} too large`);
    return index;
  }

  private *matches(text: string, source: string): Task<boolean> {
    const regex = this.regexes.get(source);
    yield* regexTime(this.process, regex);
    return regex.test(text);
  }

  private *regexOf(expression: Expression): Task<string> {
    return expression.type === "regex" ? expression.source : toText(yield* this.evaluate(expression));
  }

  private *matchOperator(expression: Expression & { type: "match" }): Task<boolean> {
    const text = toText(yield* this.evaluate(expression.left));
    return (yield* this.matches(text, yield* this.regexOf(expression.right))) !== expression.negated;
  }

  private unary(operator: string, value: AwkValue): AwkValue {
    if (operator === "!") return isTrue(value) ? 0 : 1;
    return operator === "-" ? -toNumber(value) : toNumber(value);
  }

  private *binary({ operator, left, right }: Expression & { type: "binary" }): Task<AwkValue> {
    const a = yield* this.evaluate(left);
    if (operator === "&&") return isTrue(a) && isTrue(yield* this.evaluate(right)) ? 1 : 0;
    if (operator === "||") return isTrue(a) || isTrue(yield* this.evaluate(right)) ? 1 : 0;
    const b = yield* this.evaluate(right);
    if (operator === " ") return this.joined(toText(a, this.textOf("CONVFMT")), toText(b, this.textOf("CONVFMT")));
    if (["<", "<=", "==", "!=", ">", ">="].includes(operator)) return compares(operator, compareValues(a, b)) ? 1 : 0;
    return arithmetic(operator, toNumber(a), toNumber(b));
  }

  private joined(left: string, right: string): string {
    const text = left + right;
    demandMemory(text.length);
    this.steps += text.length / CHARS_PER_STEP;
    return text;
  }

  private *assignment({ operator, target, value }: Expression & { type: "assign" }): Task<AwkValue> {
    const right = yield* this.evaluate(value);
    if (operator === "=") return yield* this.store(target, right);
    const before = toNumber(yield* this.evaluate(target));
    return yield* this.store(target, arithmetic(operator.slice(0, -1), before, toNumber(right)));
  }

  private *step({ operator, prefix, target }: Expression & { type: "step" }): Task<AwkValue> {
    const before = toNumber(yield* this.evaluate(target));
    const after = before + (operator === "++" ? 1 : -1);
    yield* this.store(target, after);
    return prefix ? after : before;
  }

  private *store(target: LValue, value: AwkValue): Task<AwkValue> {
    if (target.type === "variable") this.assign(target.name, value);
    else if (target.type === "element") this.variables.setElement(target.array, yield* this.key(target.keys), value);
    else {
      this.record.put(this.fieldIndex(yield* this.evaluate(target.index)), value);
    }
    return value;
  }

  protected get(name: string): AwkValue {
    if (name === "NF") return this.record.count;
    return this.variables.scalar(name);
  }

  protected textOf(name: string): string {
    return toText(this.get(name));
  }

  protected assign(name: string, value: AwkValue): void {
    if (name === "NF") this.record.resize(toNumber(value));
    else this.variables.cell(name).value = value;
  }

  protected *key(keys: readonly Expression[]): Task<string> {
    const parts: string[] = [];
    for (const key of keys) parts.push(toText(yield* this.evaluate(key), this.textOf("CONVFMT")));
    return parts.join(parts.length > 1 ? this.textOf("SUBSEP") : "");
  }

  private *call(name: string, args: readonly Expression[]): Task<AwkValue> {
    const called = this.program.functions.get(name);
    if (called === undefined) throw new AwkRuntimeError(`function ${name} not defined`);
    if (this.callDepth >= CALL_DEPTH_MAX) throw new AwkRuntimeError("function call nesting too deep");
    const frame = yield* this.frame(called, args);
    const outer = this.variables.locals;
    this.variables.locals = frame;
    this.callDepth++;
    try {
      const flow = yield* this.statement(called.body);
      return typeof flow === "object" ? flow.returned : undefined;
    } finally {
      this.callDepth--;
      this.variables.locals = outer;
    }
  }

  /** Arrays are passed by reference, all else by value; a variable never set may become either. */
  private *frame(called: AwkFunction, args: readonly Expression[]): Task<Map<string, Cell>> {
    const frame = new Map<string, Cell>();
    for (const [index, parameter] of called.parameters.entries()) {
      const arg = args[index];
      if (arg === undefined) frame.set(parameter, { value: undefined });
      else if (arg.type === "variable" && arg.name !== "NF") {
        const cell = this.variables.cell(arg.name);
        frame.set(parameter, cell.value === undefined || cell.value instanceof Map ? cell : { value: cell.value });
      } else frame.set(parameter, { value: yield* this.evaluate(arg) });
    }
    return frame;
  }

  private *builtin(name: string, args: readonly Expression[]): Task<AwkValue> {
    if (name === "length") return yield* this.length(args[0]);
    if (name === "split") return yield* this.split(args);
    if (name === "sub" || name === "gsub") return yield* this.replace(args, name === "gsub");
    const values: AwkValue[] = [];
    for (const [index, arg] of args.entries()) {
      const isRegex = (name === "match" && index === 1) || (name === "gensub" && index === 0);
      values.push(isRegex ? yield* this.regexOf(arg) : yield* this.evaluate(arg));
      if (isRegex) yield* regexTime(this.process, this.regexes.get(toText(values[index])));
    }
    if (name === "gensub" && values.length < 4) values.push(this.record.get(0));
    if (name === "system") return yield* this.streams.run(toText(values[0]));
    if (name === "close") return yield* this.streams.close(toText(values[0]));
    if (name === "fflush") return 0;
    return pureBuiltin(name, values, this.world);
  }

  private *length(arg: Expression | undefined): Task<AwkValue> {
    if (arg === undefined) return [...toText(this.record.get(0))].length;
    if (arg.type === "variable" && arg.name !== "NF") {
      const { value } = this.variables.cell(arg.name);
      if (value instanceof Map) return value.size;
    }
    return [...toText(yield* this.evaluate(arg))].length;
  }

  private *split(args: readonly Expression[]): Task<AwkValue> {
    const [text, into, separator] = args;
    if (text === undefined || into?.type !== "variable")
      throw new AwkRuntimeError("split: second argument is not an array");
    const value = toText(yield* this.evaluate(text));
    const between = separator === undefined ? this.textOf("FS") : yield* this.regexOf(separator);
    yield* regexTime(this.process, this.regexes);
    const fields = splitFields(value, between, this.regexes);
    const array = this.variables.array(into.name);
    array.clear();
    for (const [index, field] of fields.entries()) array.set(String(index + 1), fromInput(field));
    return fields.length;
  }

  private *replace(args: readonly Expression[], all: boolean): Task<AwkValue> {
    const [pattern, replacement, given] = args;
    if (pattern === undefined || replacement === undefined) throw new AwkRuntimeError("sub: not enough arguments");
    const target: Expression = given ?? { type: "field", index: { type: "number", value: 0 } };
    const source = yield* this.regexOf(pattern);
    const regex = this.regexes.get(source);
    yield* regexTime(this.process, regex);
    const by = toText(yield* this.evaluate(replacement));
    const { text, count } = substitute(toText(yield* this.evaluate(target)), regex, by, all);
    if (count > 0 && (target.type === "variable" || target.type === "field" || target.type === "element"))
      yield* this.store(target, text);
    return count;
  }

  private *getline({ from, source, target }: Expression & { type: "getline" }): Task<AwkValue> {
    if (from === "input") {
      if (target === undefined) return (yield* this.readRecord()) ? 1 : 0;
      const next = yield* this.input.next(this.textOf("RS"), (name, value) => this.assign(name, value));
      if (next === undefined) return 0;
      this.assign("NR", toNumber(this.get("NR")) + 1);
      yield* this.store(target, fromInput(next.text));
      return 1;
    }
    const name = source === undefined ? "" : toText(yield* this.evaluate(source));
    const line = from === "file" ? yield* this.streams.readFile(name) : yield* this.streams.readCommand(name);
    if (line === null) return -1;
    if (line === undefined) return 0;
    if (target === undefined) this.record.set(line);
    else yield* this.store(target, fromInput(line));
    if (from === "command") this.assign("NR", toNumber(this.get("NR")) + 1);
    return 1;
  }
}
