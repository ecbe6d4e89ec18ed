import { RegexExhausted } from "./regex-node.ts";
import type { Instruction, RegexProgram } from "./regex-program.ts";
import type { Extent } from "./state-automaton.ts";
import { characterAt, characterBefore, holdsBetween } from "./text-place.ts";

/** A way through the program: where it stands and where groups began and ended on it. */
interface Thread {
  readonly place: number;
  readonly slots: readonly number[];
}

const STEPS_MAX = 30_000_000;

/**
 * What the groups of a match are: of all ways from its start to its end the preferred one, alternatives from the left and
 * repetitions as long as they can be. All ways are followed at once (Pike's machine), so the time is proportional to the
 * match's length.
 */
export class GroupTracer {
  work = 0;
  private readonly program: RegexProgram;
  private readonly seen: Int32Array;
  private generation = 0;

  constructor(program: RegexProgram) {
    this.program = program;
    this.seen = new Int32Array(program.code.length);
  }

  /** Start and end of each group, -1 for one that had no part in it. */
  trace(text: string, { start, end }: Extent): readonly number[] {
    const none = new Array<number>((this.program.groups + 1) * 2).fill(-1);
    let threads = this.follow([{ place: this.program.start, slots: none }], text, start);
    let steps = 0;
    for (let at = start; at < end; ) {
      const code = characterAt(text, at);
      at += code > 0xffff ? 2 : 1;
      const moved: Thread[] = [];
      for (const { place, slots } of threads) {
        const instruction = this.program.code[place] as Instruction;
        if (instruction.op === "set" && instruction.set.has(code)) moved.push({ place: instruction.next, slots });
      }
      steps += threads.length;
      if (steps > STEPS_MAX) throw new RegexExhausted("memory exhausted");
      threads = this.follow(moved, text, at);
    }
    this.work += steps;
    return threads.find(({ place }) => this.program.code[place]?.op === "match")?.slots ?? none;
  }

  private follow(from: readonly Thread[], text: string, at: number): Thread[] {
    this.generation++;
    const reached: Thread[] = [];
    const waiting: Thread[] = [...from].reverse();
    for (let thread = waiting.pop(); thread !== undefined; thread = waiting.pop()) {
      const { place, slots } = thread;
      if (this.seen[place] === this.generation) continue;
      this.seen[place] = this.generation;
      const instruction = this.program.code[place] as Instruction;
      if (instruction.op === "set" || instruction.op === "match") reached.push(thread);
      else if (instruction.op === "split")
        waiting.push({ place: instruction.second, slots }, { place: instruction.first, slots });
      else if (instruction.op === "save")
        waiting.push({ place: instruction.next, slots: slots.with(instruction.slot, at) });
      else if (
        instruction.op !== "assert" ||
        holdsBetween(instruction.assertion, characterBefore(text, at), characterAt(text, at), false)
      )
        waiting.push({ place: instruction.next, slots });
    }
    return reached;
  }
}
