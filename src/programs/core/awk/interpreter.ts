import { formatPrintf } from "../../../base/printf-format.ts";
import { writeText } from "../../../machine/file-descriptor.ts";
import { regexTime } from "../../../machine/regex-time.ts";
import type { Task } from "../../../sim/task.ts";
import { printfArgument } from "./builtins.ts";
import { AwkEvaluator, type Flow } from "./evaluator.ts";
import type { Expression, Output, Rule, Statement } from "./syntax.ts";
import { type AwkValue, fromInput, isTrue, toNumber, toText } from "./value.ts";

/** Leaves the current record. */
class NextRecord extends Error {}
/** Leaves the program. */
class ExitAwk extends Error {}
const STEPS_PER_BREATH = 4000;

/** Runs a program over its input: rules and statements. */
export class AwkInterpreter extends AwkEvaluator {
  private readonly activeRanges = new Set<Rule>();
  private exitCode = 0;

  *run(): Task<number> {
    try {
      yield* this.rules("begin");
      const reads = this.program.rules.some(({ pattern }) => pattern.type !== "begin");
      if (reads) yield* this.records();
    } catch (error) {
      if (!(error instanceof ExitAwk)) throw error;
    }
    try {
      yield* this.rules("end");
    } catch (error) {
      if (!(error instanceof ExitAwk)) throw error;
    }
    yield* this.streams.closeAll();
    return this.exitCode || this.input.failures;
  }

  private *rules(type: "begin" | "end"): Task<void> {
    for (const { pattern, action } of this.program.rules)
      if (pattern.type === type && action !== undefined) yield* this.statement(action);
  }

  private *records(): Task<void> {
    while (yield* this.readRecord()) {
      try {
        for (const rule of this.program.rules) if (yield* this.selects(rule)) yield* this.act(rule);
      } catch (error) {
        if (!(error instanceof NextRecord)) throw error;
      }
    }
  }

  /** The next record of the main input becomes $0. */
  protected *readRecord(): Task<boolean> {
    const next = yield* this.input.next(this.textOf("RS"), (name, value) => this.assign(name, value));
    if (next === undefined) return false;
    yield* regexTime(this.process, this.regexes); // also for fields, which are cut when they are needed
    this.record.set(next.text);
    this.assign("NR", toNumber(this.get("NR")) + 1);
    this.assign("FNR", next.firstOfFile ? 1 : toNumber(this.get("FNR")) + 1);
    this.assign("FILENAME", next.file);
    return true;
  }

  private *selects(rule: Rule): Task<boolean> {
    const { pattern } = rule;
    if (pattern.type === "always") return true;
    if (pattern.type === "when") return isTrue(yield* this.evaluate(pattern.test));
    if (pattern.type !== "range") return false;
    if (!this.activeRanges.has(rule)) {
      if (!isTrue(yield* this.evaluate(pattern.from))) return false;
      this.activeRanges.add(rule);
    }
    if (isTrue(yield* this.evaluate(pattern.to))) this.activeRanges.delete(rule);
    return true;
  }

  private *act(rule: Rule): Task<void> {
    if (rule.action === undefined)
      yield* writeText(this.process.stdout, toText(this.record.get(0)) + this.textOf("ORS"));
    else yield* this.statement(rule.action);
  }

  protected *statement(statement: Statement): Task<Flow> {
    if (++this.steps > STEPS_PER_BREATH) {
      this.steps = 0;
      yield* this.process.compute(1);
    }
    switch (statement.type) {
      case "block":
        return yield* this.block(statement.body);
      case "expression":
        yield* this.evaluate(statement.value);
        return "normal";
      case "print":
        yield* this.print(statement.args, statement.output);
        return "normal";
      case "printf":
        yield* this.printf(statement.args, statement.output);
        return "normal";
      case "if":
        return yield* this.branch(statement);
      case "while":
      case "do":
      case "for":
        return yield* this.loop(statement);
      case "for-in":
        return yield* this.forIn(statement);
      case "break":
      case "continue":
        return statement.type;
      case "next":
        throw new NextRecord();
      case "exit":
        if (statement.value !== undefined) this.exitCode = toNumber(yield* this.evaluate(statement.value)) & 255;
        throw new ExitAwk();
      case "return":
        return { returned: statement.value === undefined ? undefined : yield* this.evaluate(statement.value) };
      case "delete":
        yield* this.remove(statement.array, statement.keys);
        return "normal";
    }
  }

  private *block(body: readonly Statement[]): Task<Flow> {
    for (const statement of body) {
      const flow = yield* this.statement(statement);
      if (flow !== "normal") return flow;
    }
    return "normal";
  }

  private *branch(statement: Statement & { type: "if" }): Task<Flow> {
    if (isTrue(yield* this.evaluate(statement.test))) return yield* this.statement(statement.yes);
    return statement.no === undefined ? "normal" : yield* this.statement(statement.no);
  }

  private *loop(statement: Statement & { type: "while" | "do" | "for" }): Task<Flow> {
    if (statement.type === "for" && statement.first !== undefined) yield* this.statement(statement.first);
    for (let first = true; ; first = false) {
      const tested = !(first && statement.type === "do");
      if (tested && statement.test !== undefined && !isTrue(yield* this.evaluate(statement.test))) return "normal";
      const flow = yield* this.statement(statement.body);
      if (flow === "break") return "normal";
      if (typeof flow === "object") return flow;
      if (statement.type === "for" && statement.step !== undefined) yield* this.statement(statement.step);
    }
  }

  private *forIn(statement: Statement & { type: "for-in" }): Task<Flow> {
    for (const key of [...this.variables.array(statement.array).keys()]) {
      this.assign(statement.variable, fromInput(key));
      const flow = yield* this.statement(statement.body);
      if (flow === "break") break;
      if (typeof flow === "object") return flow;
    }
    return "normal";
  }

  private *remove(name: string, keys: readonly Expression[] | undefined): Task<void> {
    const array = this.variables.array(name);
    if (keys === undefined) array.clear();
    else array.delete(yield* this.key(keys));
  }

  private *print(args: readonly Expression[], output: Output | undefined): Task<void> {
    const parts: string[] = [];
    for (const arg of args) parts.push(toText(yield* this.evaluate(arg), this.textOf("OFMT")));
    const line = args.length === 0 ? toText(this.record.get(0)) : parts.join(this.textOf("OFS"));
    yield* this.emit(line + this.textOf("ORS"), output);
  }

  private *printf(args: readonly Expression[], output: Output | undefined): Task<void> {
    const values: AwkValue[] = [];
    for (const arg of args) values.push(yield* this.evaluate(arg));
    yield* this.emit(formatPrintf(toText(values[0]), values.slice(1).map(printfArgument)), output);
  }

  private *emit(text: string, output: Output | undefined): Task<void> {
    if (output === undefined) yield* writeText(this.process.stdout, text);
    else yield* this.streams.write(output.kind, toText(yield* this.evaluate(output.to)), text);
  }
}
