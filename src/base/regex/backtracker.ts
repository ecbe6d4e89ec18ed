import { RegexExhausted } from "./regex-node.ts";
import type { Instruction, RegexProgram } from "./regex-program.ts";
import { characterAt, characterBefore, holdsBetween } from "./text-place.ts";

/** PCRE2's default match limit. */
const STEPS_MAX = 10_000_000;
/** Marks on the stack of what to take back, beside places to go on from. */
const TAKE_BACK_SLOT = -1;
const TAKE_BACK_ROUND = -2;
const NO_MATCH = -1;

/** What noting a crossing costs beside a step. */
const CROSSING_STEPS = 20;

/**
 * Tries one way after the other, for what sets of states cannot follow: back-references, and what Perl added. That may take
 * exponential time, so steps are counted and too many are an error, as in PCRE. Whoever wants the longest match tries all
 * ways, but none that differs from one tried before in nothing that a back-reference can see.
 */
export class Backtracker {
  work = 0;
  private readonly program: RegexProgram;
  /** POSIX wants the longest match at its place, Perl the first that comes up. */
  private readonly longest: boolean;
  private text = "";
  private slots: number[] = [];
  private rounds: number[] = [];
  /** The slots that back-references look at. */
  private readonly seen: readonly number[];
  /** Where ways parted, in this search from one place in the text. */
  private crossings = new Set<string>();
  /** Triples: a place, where in the text; or a mark, which one, what it was. */
  private stack: number[] = [];
  private steps = 0;

  constructor(program: RegexProgram, longest: boolean) {
    this.program = program;
    this.longest = longest;
    this.seen = program.code.flatMap((each) =>
      each.op === "back-reference" ? [each.group * 2, each.group * 2 + 1] : [],
    );
  }

  /** Start and end of the match and of each group. With `any` the first match at its place will do. */
  find(text: string, from: number, any = false): readonly number[] | undefined {
    this.text = text;
    this.steps = 0;
    try {
      for (let at = from; at <= text.length; at += characterAt(text, at) > 0xffff ? 2 : 1) {
        const found = this.matchAt(at, any);
        if (found !== undefined) return found;
      }
      return undefined;
    } finally {
      this.work += this.steps;
      this.stack = [];
      this.crossings.clear();
    }
  }

  private matchAt(at: number, any: boolean): readonly number[] | undefined {
    this.slots = new Array<number>((this.program.groups + 1) * 2).fill(-1);
    this.rounds = new Array<number>(this.program.loops).fill(-1);
    this.stack = [];
    this.crossings.clear();
    let end = this.run(this.program.start, at, 0);
    if (!this.longest || any) return end === NO_MATCH ? undefined : this.slots;
    let best: { readonly end: number; readonly slots: readonly number[] } | undefined;
    while (end !== NO_MATCH) {
      if (best === undefined || end > best.end) best = { end, slots: [...this.slots] };
      if (end === this.text.length) break;
      end = this.resume(0);
    }
    return best?.slots;
  }

  /** Where a match from `place` ends; ways not tried yet stay on the stack. */
  private run(place: number, at: number, base: number): number {
    let next: number | undefined = place;
    let here = at;
    for (;;) {
      if (next === undefined) {
        const way = this.takeBack(base);
        if (way === undefined) return NO_MATCH;
        [next, here] = way;
      }
      if (++this.steps > STEPS_MAX)
        throw new RegexExhausted(this.longest ? "memory exhausted" : "exceeded PCRE's backtracking limit");
      const instruction = this.program.code[next] as Instruction;
      if (instruction.op === "match") return here;
      if (instruction.op === "split") {
        if (this.longest && this.crossedBefore(next, here)) {
          next = undefined;
          continue;
        }
        this.stack.push(instruction.second, here, 0);
        next = instruction.first;
        continue;
      }
      const after = this.take(instruction, here);
      if (after === NO_MATCH) next = undefined;
      else {
        here = after;
        next = instruction.next;
      }
    }
  }

  /**
   * Whether the ways from this crossing have been tried, or are being tried. Of where rounds began it matters only whether
   * that is here: the text is never gone back in.
   */
  private crossedBefore(place: number, at: number): boolean {
    const fresh = this.rounds.map((began) => (began === at ? 1 : 0)).join("");
    const crossing = [place, at, fresh, ...this.seen.map((slot) => this.slots[slot])].join();
    if (this.crossings.has(crossing)) return true;
    this.crossings.add(crossing);
    this.steps += CROSSING_STEPS;
    return false;
  }

  private resume(base: number): number {
    const way = this.takeBack(base);
    return way === undefined ? NO_MATCH : this.run(way[0], way[1], base);
  }

  /** Undoes what the last way did and gives the next one; undefined when none is left. */
  private takeBack(base: number): [place: number, at: number] | undefined {
    const { stack } = this;
    while (stack.length > base) {
      const value = stack.pop() ?? 0;
      const index = stack.pop() ?? 0;
      const kind = stack.pop() ?? 0;
      if (kind === TAKE_BACK_SLOT) this.slots[index] = value;
      else if (kind === TAKE_BACK_ROUND) this.rounds[index] = value;
      else return [kind, index];
    }
    return undefined;
  }

  /** Where the text goes on after one instruction, or NO_MATCH. */
  private take(instruction: Exclude<Instruction, { op: "match" | "split" }>, at: number): number {
    const { text } = this;
    switch (instruction.op) {
      case "set": {
        if (at >= text.length) return NO_MATCH;
        const code = characterAt(text, at);
        return instruction.set.has(code) ? at + (code > 0xffff ? 2 : 1) : NO_MATCH;
      }
      case "save":
        this.stack.push(TAKE_BACK_SLOT, instruction.slot, this.slots[instruction.slot] ?? -1);
        this.slots[instruction.slot] = at;
        return at;
      case "round":
        this.stack.push(TAKE_BACK_ROUND, instruction.loop, this.rounds[instruction.loop] ?? -1);
        this.rounds[instruction.loop] = at;
        return at;
      case "took":
        return this.rounds[instruction.loop] === at ? NO_MATCH : at;
      case "assert": {
        const last = at === text.length - 1 && text.endsWith("\n");
        const holds = holdsBetween(instruction.assertion, characterBefore(text, at), characterAt(text, at), last);
        return holds ? at : NO_MATCH;
      }
      case "back-reference":
        return this.again(instruction.group, at);
      case "look":
        return this.look(instruction, at) !== instruction.negative ? at : NO_MATCH;
      case "atomic":
        return this.atomic(instruction.body, at);
      default:
        return at;
    }
  }

  private again(group: number, at: number): number {
    const start = this.slots[group * 2] ?? -1;
    const end = this.slots[group * 2 + 1] ?? -1;
    if (start < 0 || end < start) return NO_MATCH;
    const said = this.text.slice(start, end);
    const here = this.text.slice(at, at + said.length);
    this.steps += said.length >> 3;
    const same = said === here || (this.program.ignoreCase && said.toLowerCase() === here.toLowerCase());
    return same ? at + said.length : NO_MATCH;
  }

  private atomic(body: number, at: number): number {
    const base = this.stack.length;
    const end = this.run(body, at, base);
    if (end !== NO_MATCH) this.forgetWays(base);
    return end;
  }

  private look(instruction: Extract<Instruction, { op: "look" }>, at: number): boolean {
    let start = at;
    for (let back = instruction.behind ?? 0; back > 0; back--) {
      if (start === 0) return false;
      start -= characterBefore(this.text, start) > 0xffff ? 2 : 1;
    }
    const base = this.stack.length;
    const end = this.run(instruction.body, start, base);
    const holds = end !== NO_MATCH && (instruction.behind === undefined || end === at);
    if (holds && !instruction.negative) this.forgetWays(base);
    else while (this.takeBack(base) !== undefined);
    return holds;
  }

  /** Keeps what must be taken back, and forgets what else could have been tried. */
  private forgetWays(base: number): void {
    const kept: number[] = [];
    for (let at = base; at < this.stack.length; at += 3)
      if ((this.stack[at] ?? 0) < 0) kept.push(...this.stack.slice(at, at + 3));
    this.stack.length = base;
    for (const value of kept) this.stack.push(value);
  }
}
