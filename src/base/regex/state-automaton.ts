import { isWordCharacter } from "./character-set.ts";
import { RegexExhausted } from "./regex-node.ts";
import type { Instruction, RegexProgram } from "./regex-program.ts";
import { characterAt, characterBefore, holdsBetween, NO_CHARACTER } from "./text-place.ts";

/** Where a match lies in its text. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Stands for all characters that the program treats alike: one that does, what its sets say of it. */
interface CharacterClass {
  readonly sample: number;
  readonly accepted: readonly boolean[];
}

/**
 * Sets of instructions that have been reached but not looked at, the earliest start of a match first, so that the leftmost
 * match is known by its place. What is asserted about a place needs the characters on both sides of it: the one before is
 * part of the state.
 */
interface State {
  readonly sets: readonly (readonly number[])[];
  readonly before: number;
  /** Whether a match may still begin. */
  readonly searching: boolean;
  readonly next: (Transition | undefined)[];
}

interface Transition {
  readonly to: State;
  /** The set whose match ends before the character, or -1. */
  readonly matched: number;
  /** For each set of the new state the one that it came from; undefined: each from the same place. */
  readonly from: readonly number[] | undefined;
}

const STATES_MAX = 2000;
const STATE_SIZE_MAX = 200_000;
/** Instructions visited in one search before it is given up; characters passed are cheap and not limited. */
const VISITS_MAX = 10_000_000;
const ASCII = 128;
const CLASSES_KEPT_MAX = 5000;

/**
 * Finds the leftmost-longest match by following all ways at once, so that the time is proportional to the text's length.
 * The states that turn up are kept (a lazy DFA).
 */
export class StateAutomaton {
  /** Grows by what searches cost, about a hundred million a second. */
  work = 0;
  private readonly program: RegexProgram;
  private readonly setNumbers: Int32Array;
  private readonly sets: readonly { has(code: number): boolean }[];
  private readonly classes: CharacterClass[] = [];
  private readonly classNumbers = new Map<string, number>();
  private readonly asciiClasses = new Int16Array(ASCII).fill(-1);
  private readonly otherClasses = new Map<number, number>();
  private readonly states = new Map<string, State>();
  private stateSize = 0;
  private visits = 0;
  private readonly seen: Int32Array;
  private generation = 0;

  constructor(program: RegexProgram) {
    this.program = program;
    this.seen = new Int32Array(program.code.length);
    this.setNumbers = new Int32Array(program.code.length);
    const numbers = new Map<object, number>();
    for (const [index, instruction] of program.code.entries()) {
      if (instruction.op !== "set") continue;
      const number = numbers.get(instruction.set) ?? numbers.size;
      numbers.set(instruction.set, number);
      this.setNumbers[index] = number;
    }
    this.sets = [...numbers.keys()] as { has(code: number): boolean }[];
  }

  /** The leftmost-longest match from `from` on. With `any` the search ends at the first sign of one. */
  find(text: string, from: number, any = false): Extent | undefined {
    let state = this.state([], kindOf(characterBefore(text, from)), true);
    let starts: number[] = [];
    let found: Extent | undefined;
    this.visits = 0;
    for (let at = from; ; ) {
      const code = characterAt(text, at);
      const number = this.classOf(code);
      const transition = state.next[number] ?? this.transition(state, number);
      if (transition.matched >= 0) {
        found = { start: starts[transition.matched] ?? at, end: at };
        if (any) break;
      }
      if (code === NO_CHARACTER) break;
      if (transition.from !== undefined) {
        const earlier = starts;
        starts = transition.from.map((set) => earlier[set] ?? at);
      }
      state = transition.to;
      if (state.sets.length === 0 && !state.searching) break;
      at += code > 0xffff ? 2 : 1;
      this.work++;
    }
    return found;
  }

  private classOf(code: number): number {
    const known = code >= 0 && code < ASCII ? this.asciiClasses[code] : this.otherClasses.get(code);
    if (known !== undefined && known >= 0) return known;
    const accepted = code === NO_CHARACTER ? [] : this.sets.map((set) => set.has(code));
    this.work += this.sets.length;
    const sample = kindOf(code);
    const key = `${sample} ${accepted.map(Number).join("")}`;
    const number = this.classNumbers.get(key) ?? this.classes.push({ sample, accepted }) - 1;
    this.classNumbers.set(key, number);
    if (code >= 0 && code < ASCII) this.asciiClasses[code] = number;
    else {
      if (this.otherClasses.size > CLASSES_KEPT_MAX) this.otherClasses.clear();
      this.otherClasses.set(code, number);
    }
    return number;
  }

  private state(sets: readonly (readonly number[])[], before: number, searching: boolean): State {
    const key = `${before}${searching ? "s" : ""}:${sets.map((set) => set.join(",")).join("|")}`;
    const known = this.states.get(key);
    if (known !== undefined) return known;
    if (this.states.size >= STATES_MAX || this.stateSize > STATE_SIZE_MAX) {
      this.states.clear();
      this.stateSize = 0;
    }
    const state: State = { sets, before, searching, next: [] };
    this.states.set(key, state);
    this.stateSize += key.length;
    return state;
  }

  private transition(state: State, classNumber: number): Transition {
    const { sample, accepted } = this.classes[classNumber] as CharacterClass;
    const reached: number[][] = [];
    let matched = -1;
    this.generation++;
    const sources = state.searching ? [...state.sets, [this.program.start]] : state.sets;
    for (const [index, source] of sources.entries()) {
      const { places, matches } = this.closure(source, state.before, sample);
      reached.push(places);
      if (!matches) continue;
      matched = index;
      break; // what began later cannot be the leftmost any more
    }
    const { sets, from } = this.step(reached, accepted);
    const same = from.length === state.sets.length && from.every((set, index) => set === index);
    const to = this.state(sets, sample, state.searching && matched < 0);
    const transition = { to, matched, from: same ? undefined : from };
    state.next[classNumber] = transition;
    if (this.visits > VISITS_MAX) throw new RegexExhausted("memory exhausted");
    return transition;
  }

  /** The instructions that take a character, reachable from `source` at a place between two characters. */
  private closure(source: readonly number[], before: number, after: number): { places: number[]; matches: boolean } {
    const { code } = this.program;
    const places: number[] = [];
    let matches = false;
    const waiting = [...source];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      if (this.seen[place] === this.generation) continue;
      this.seen[place] = this.generation;
      this.visits++;
      this.work++;
      const instruction = code[place] as Instruction;
      if (instruction.op === "set") places.push(place);
      else if (instruction.op === "match") matches = true;
      else if (instruction.op === "split") waiting.push(instruction.first, instruction.second);
      else if (instruction.op !== "assert" || holdsBetween(instruction.assertion, before, after, false))
        waiting.push(instruction.next);
    }
    return { places, matches };
  }

  private step(reached: readonly (readonly number[])[], accepted: readonly boolean[]) {
    const sets: number[][] = [];
    const from: number[] = [];
    this.generation++;
    for (const [index, places] of reached.entries()) {
      const set: number[] = [];
      for (const place of places) {
        if (accepted[this.setNumbers[place] ?? 0] !== true) continue;
        const { next } = this.program.code[place] as Extract<Instruction, { op: "set" }>;
        if (this.seen[next] === this.generation) continue;
        this.seen[next] = this.generation;
        set.push(next);
      }
      if (set.length === 0) continue;
      sets.push(set.sort((a, b) => a - b));
      from.push(index);
    }
    return { sets, from };
  }
}

const WORD_SAMPLE = 97;
const OTHER_SAMPLE = 32;

/** What assertions tell apart: no character, a newline, one of a word, any other. */
function kindOf(code: number): number {
  if (code === NO_CHARACTER || code === 10) return code;
  return isWordCharacter(code) ? WORD_SAMPLE : OTHER_SAMPLE;
}
