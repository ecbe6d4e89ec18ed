import type { CharacterSet } from "./character-set.ts";
import { type Assertion, type ParsedRegex, type RegexNode, RegexSyntaxError } from "./regex-node.ts";

/** One instruction of Thompson's machine. Where two ways are open, the first is preferred. */
export type Instruction =
  | { readonly op: "set"; readonly set: CharacterSet; readonly next: number }
  | { readonly op: "split"; first: number; second: number }
  | { readonly op: "jump"; next: number }
  | { readonly op: "save"; readonly slot: number; readonly next: number }
  | { readonly op: "assert"; readonly assertion: Assertion; readonly next: number }
  /** Notes where a round of a loop begins. */
  | { readonly op: "round"; readonly loop: number; readonly next: number }
  /** Goes on only if the round took something. */
  | { readonly op: "took"; readonly loop: number; readonly next: number }
  | { readonly op: "back-reference"; readonly group: number; readonly next: number }
  | {
      readonly op: "look";
      readonly body: number;
      /** How many characters to go back first, for each way in which the body can match; undefined: none. */
      readonly behind: number | undefined;
      readonly negative: boolean;
      readonly next: number;
    }
  | { readonly op: "atomic"; readonly body: number; readonly next: number }
  | { readonly op: "match" };

export interface RegexProgram {
  readonly code: readonly Instruction[];
  readonly start: number;
  readonly groups: number;
  readonly loops: number;
  readonly ignoreCase: boolean;
  /** True when sets of states can follow it: no back-references, no looking around. */
  readonly regular: boolean;
}

/** Each copy of what is repeated takes its place; glibc stops at 32 MB of such. */
const CODE_MAX = 100_000;

/** Compiles a tree. Throws `RegexSyntaxError` when it becomes too big. */
export function compileProgram(parsed: ParsedRegex, ignoreCase: boolean): RegexProgram {
  return new Compiler().compile(parsed, ignoreCase);
}

/** Builds from the end: every piece is told what follows it. */
class Compiler {
  private readonly code: Instruction[] = [];
  private loops = 0;
  private regular = true;

  compile(parsed: ParsedRegex, ignoreCase: boolean): RegexProgram {
    const end = this.add({ op: "save", slot: 1, next: this.add({ op: "match" }) });
    const start = this.add({ op: "save", slot: 0, next: this.node(parsed.node, end) });
    return { code: this.code, start, groups: parsed.groups, loops: this.loops, ignoreCase, regular: this.regular };
  }

  private add(instruction: Instruction): number {
    if (this.code.length >= CODE_MAX) throw new RegexSyntaxError("Regular expression too big");
    this.code.push(instruction);
    return this.code.length - 1;
  }

  private node(node: RegexNode, next: number): number {
    switch (node.kind) {
      case "set":
        return this.add({ op: "set", set: node.set, next });
      case "sequence":
        return node.parts.reduceRight((after, part) => this.node(part, after), next);
      case "choice":
        return this.choice(node.choices, next);
      case "repeat":
        return this.repeat(node, next);
      case "group": {
        const end = this.add({ op: "save", slot: node.index * 2 + 1, next });
        return this.add({ op: "save", slot: node.index * 2, next: this.node(node.node, end) });
      }
      case "assert":
        return this.add({ op: "assert", assertion: node.assertion, next });
      case "keep":
        return this.add({ op: "save", slot: 0, next });
      default:
        return this.irregular(node, next);
    }
  }

  private irregular(node: Extract<RegexNode, { kind: "back-reference" | "look" | "atomic" }>, next: number): number {
    this.regular = false;
    if (node.kind === "back-reference") return this.add({ op: "back-reference", group: node.group, next });
    if (node.kind === "atomic") return this.add({ op: "atomic", body: this.body(node.node), next });
    if (!node.behind)
      return this.add({ op: "look", body: this.body(node.node), behind: undefined, negative: node.negative, next });
    return this.lookBehind(node.node, node.negative, next);
  }

  private body(node: RegexNode): number {
    return this.node(node, this.add({ op: "match" }));
  }

  /** Alternatives may differ in length: each is looked for at its own distance. */
  private lookBehind(node: RegexNode, negative: boolean, next: number): number {
    const choices = node.kind === "choice" ? node.choices : [node];
    const look = (choice: RegexNode, after: number) =>
      this.add({ op: "look", body: this.body(choice), behind: fixedLength(choice), negative, next: after });
    if (negative) return choices.reduceRight((after, choice) => look(choice, after), next);
    return this.join(choices.map((choice) => look(choice, next)));
  }

  private choice(choices: readonly RegexNode[], next: number): number {
    return this.join(choices.map((choice) => this.node(choice, next)));
  }

  private join(starts: readonly number[]): number {
    const last = starts[starts.length - 1] ?? 0;
    return starts.slice(0, -1).reduceRight((second, first) => this.add({ op: "split", first, second }), last);
  }

  private repeat(node: Extract<RegexNode, { kind: "repeat" }>, next: number): number {
    let after = node.max === Number.POSITIVE_INFINITY ? this.loop(node, next) : next;
    if (node.max !== Number.POSITIVE_INFINITY)
      for (let count = node.min; count < node.max; count++)
        after = this.either(node.lazy, this.node(node.node, after), next);
    for (let count = 0; count < node.min; count++) {
      const start = this.node(node.node, after);
      // nested counts of nothing would be followed for hours: no limit on the code stops them
      if (start === after) break;
      after = start;
    }
    return after;
  }

  private loop(node: Extract<RegexNode, { kind: "repeat" }>, next: number): number {
    const loop = this.loops++;
    const entry = this.add({ op: "split", first: next, second: next });
    const took = this.add({ op: "took", loop, next: entry });
    const body = this.add({ op: "round", loop, next: this.node(node.node, took) });
    const split = this.code[entry] as Extract<Instruction, { op: "split" }>;
    if (node.lazy) split.second = body;
    else split.first = body;
    return entry;
  }

  private either(lazy: boolean, take: number, leave: number): number {
    return this.add({ op: "split", first: lazy ? leave : take, second: lazy ? take : leave });
  }
}

/** How many characters a tree takes, if that is always the same; PCRE2's message if not. */
function fixedLength(node: RegexNode): number {
  switch (node.kind) {
    case "set":
      return 1;
    case "sequence":
      return node.parts.reduce((sum, part) => sum + fixedLength(part), 0);
    case "group":
    case "atomic":
      return fixedLength(node.node);
    case "choice": {
      const lengths = new Set(node.choices.map(fixedLength));
      if (lengths.size === 1) return [...lengths][0] ?? 0;
      break;
    }
    case "repeat":
      if (node.min === node.max) return node.min * fixedLength(node.node);
      break;
    case "assert":
    case "look":
    case "keep":
      return 0;
    default:
  }
  throw new RegexSyntaxError("lookbehind assertion is not fixed length");
}
