import { Backtracker } from "./backtracker.ts";
import { oneCharacter } from "./character-set.ts";
import { GroupTracer } from "./group-tracer.ts";
import { type PerlGrammar, parsePerl } from "./perl-parser.ts";
import { type PosixGrammar, parsePosix } from "./posix-parser.ts";
import { type ParsedRegex, RegexExhausted, type RegexNode, RegexSyntaxError } from "./regex-node.ts";
import { compileProgram, type RegexProgram } from "./regex-program.ts";
import { type Extent, StateAutomaton } from "./state-automaton.ts";

export { RegexExhausted, RegexSyntaxError } from "./regex-node.ts";

/** What may be done in one go, a second or two: a text in which each match is looked for through to the end. */
const WORK_MAX = 200_000_000;

/** Whose expressions: programs differ in what they take of POSIX and add to it. */
export type RegexSyntax = keyof typeof POSIX | PerlGrammar["kind"] | "fixed";

const BASIC = { extended: false, operators: { plain: "*", escaped: "(){|+?" } } as const;
const EXTENDED = { extended: true, operators: { plain: "(){|+?*", escaped: "" } } as const;
const GREP = { multiline: false, lenient: true, controls: false, bracketEscapes: "none" } as const;
const PLAIN = { ...GREP, lenient: false } as const;
const SED = { ...PLAIN, controls: true, bracketEscapes: "controls" } as const;
const POSIX = {
  "grep basic": { ...GREP, ...BASIC },
  "grep extended": { ...GREP, ...EXTENDED },
  /** expr; what regcomp(3) takes. */
  basic: { ...PLAIN, ...BASIC },
  /** find. */
  emacs: { ...PLAIN, extended: false, operators: { plain: "*+?", escaped: "()|" } },
  /** `[[ =~ ]]`, less, pgrep; what regcomp(3) takes. */
  extended: { ...PLAIN, ...EXTENDED },
  /** vim's are near to it. */
  "sed basic": { ...SED, ...BASIC },
  "sed extended": { ...SED, ...EXTENDED },
  awk: { ...SED, ...EXTENDED, bracketEscapes: "all", lenient: true },
} as const satisfies Record<string, Omit<PosixGrammar, "ignoreCase">>;

/** Instead of a replacement: this match and those after it stay, and are not looked for. */
export const STOP_REPLACING = Symbol("stop replacing");

export interface RegexOptions {
  readonly syntax: RegexSyntax;
  readonly ignoreCase?: boolean;
  /** `^` and `$` also at each line of the text. */
  readonly multiline?: boolean;
  /** Only whole lines or words, as grep's -x and -w, or only where the text begins. */
  readonly only?: "line" | "word" | "beginning" | undefined;
}

/** A match: where it is, and its groups on demand. */
export interface RegexMatch extends Extent {
  readonly text: string;
  /** What group `index` matched; undefined when it had no part in it. Group 0 is the whole. */
  group(index: number): string | undefined;
}

/**
 * A regular expression of one of the simulated programs, matched in time proportional to the text (`StateAutomaton`), or
 * if that is impossible with a bound on its steps (`Backtracker`). The host's own are no substitute: one line can hold them
 * for ever, and their alternatives are the first that match, not the longest.
 */
export class Regex {
  readonly groups: number;
  readonly warnings: readonly string[];
  private readonly matcher: StateAutomaton | Backtracker;
  private readonly tracer: GroupTracer;
  private workTaken = 0;

  /** Throws `RegexSyntaxError` with the message of the syntax's own library. Several patterns: any of them. */
  constructor(pattern: string | readonly string[], options: RegexOptions) {
    const parsed = parseAll(typeof pattern === "string" ? [pattern] : pattern, options);
    const program = compileProgram(parsed, options.ignoreCase ?? false);
    this.groups = parsed.groups;
    this.warnings = parsed.warnings;
    this.matcher = matcherOf(program, options.syntax);
    this.tracer = new GroupTracer(program);
  }

  /** Whether something in `text` matches. Throws `RegexExhausted` when it takes too much to tell. */
  test(text: string): boolean {
    this.checkWork();
    return this.matcher.find(text, 0, true) !== undefined;
  }

  /** The leftmost match at `from` or later. Throws `RegexExhausted`. */
  find(text: string, from = 0): RegexMatch | undefined {
    this.checkWork();
    const found = this.matcher.find(text, from);
    if (found === undefined) return undefined;
    if ("start" in found) return this.match(text, found, () => this.tracer.trace(text, found));
    return this.match(text, { start: found[0] ?? 0, end: found[1] ?? 0 }, () => found);
  }

  /**
   * All matches that do not overlap. An empty one right behind another does not count, as in sed and awk.
   */
  *matches(text: string): Generator<RegexMatch, void> {
    let previous = -1;
    for (let at = 0; at <= text.length; ) {
      const found = this.find(text, at);
      if (found === undefined) return;
      const { start, end } = found;
      if (end > start || start !== previous) yield found;
      previous = end;
      at = end > start ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
    }
  }

  /** The text with matches replaced; `by` gives undefined for one that stays. The first is number 1. */
  replace(text: string, by: (match: RegexMatch, number: number) => string | typeof STOP_REPLACING | undefined): string {
    let out = "";
    let at = 0;
    let number = 0;
    for (const match of this.matches(text)) {
      const replacement = by(match, ++number);
      if (replacement === STOP_REPLACING) break;
      if (replacement === undefined) continue;
      out += text.slice(at, match.start) + replacement;
      at = match.end;
    }
    return at === 0 && out === "" ? text : out + text.slice(at);
  }

  /** The steps made since this was asked last, if they are at least so many; else 0, and they count the next time. */
  takeWork(atLeast = 0): number {
    const done = this.matcher.work + this.tracer.work;
    const fresh = done - this.workTaken;
    if (fresh < atLeast) return 0;
    this.workTaken = done;
    return fresh;
  }

  private checkWork(): void {
    if (this.matcher.work - this.workTaken > WORK_MAX) throw new RegexExhausted("memory exhausted");
  }

  private match(text: string, { start, end }: Extent, trace: () => readonly number[]): RegexMatch {
    let slots: readonly number[] | undefined;
    return {
      start,
      end,
      text: text.slice(start, end),
      group(index) {
        if (index === 0) return text.slice(start, end);
        slots ??= trace();
        const [from, to] = [slots[index * 2] ?? -1, slots[index * 2 + 1] ?? -1];
        return from < 0 || to < from ? undefined : text.slice(from, to);
      },
    };
  }
}

function matcherOf(program: RegexProgram, syntax: RegexSyntax): StateAutomaton | Backtracker {
  if (syntax === "pcre") return new Backtracker(program, false);
  return program.regular ? new StateAutomaton(program) : new Backtracker(program, true);
}

function parseAll(patterns: readonly string[], options: RegexOptions): ParsedRegex {
  let groups = 0;
  const warnings: string[] = [];
  const choices: RegexNode[] = [];
  for (const pattern of patterns) {
    const parsed = parseOne(pattern, options);
    if (groups > 0 && parsed.groups > 0) choices.push(shifted(parsed.node, groups));
    else choices.push(parsed.node);
    groups += parsed.groups;
    warnings.push(...parsed.warnings);
  }
  const [first] = choices;
  const node: RegexNode = choices.length === 1 && first !== undefined ? first : { kind: "choice", choices };
  return { node: within(node, options.only), groups, warnings };
}

function parseOne(pattern: string, { syntax, ignoreCase = false, multiline = false }: RegexOptions): ParsedRegex {
  if (syntax === "pcre" || syntax === "re2") return parsePerl(pattern, { kind: syntax, ignoreCase });
  if (syntax !== "fixed") return parsePosix(pattern, { ...POSIX[syntax], ignoreCase, multiline });
  const parts = [...pattern].map(
    (char): RegexNode => ({ kind: "set", set: oneCharacter(char.codePointAt(0) ?? 0, ignoreCase) }),
  );
  return { node: { kind: "sequence", parts }, groups: 0, warnings: [] };
}

function within(node: RegexNode, only: RegexOptions["only"]): RegexNode {
  if (only === undefined) return node;
  if (only === "beginning") return { kind: "sequence", parts: [{ kind: "assert", assertion: "text-start" }, node] };
  const [before, behind] =
    only === "line" ? (["text-start", "text-end"] as const) : (["no-word-before", "no-word-behind"] as const);
  const parts: RegexNode[] = [{ kind: "assert", assertion: before }, node, { kind: "assert", assertion: behind }];
  return { kind: "sequence", parts };
}

/** A tree whose groups are numbered behind those of the patterns before it. */
function shifted(node: RegexNode, by: number): RegexNode {
  switch (node.kind) {
    case "group":
      return { ...node, index: node.index + by, node: shifted(node.node, by) };
    case "back-reference":
      return { ...node, group: node.group + by };
    case "sequence":
      return { ...node, parts: node.parts.map((part) => shifted(part, by)) };
    case "choice":
      return { ...node, choices: node.choices.map((choice) => shifted(choice, by)) };
    case "repeat":
    case "look":
    case "atomic":
      return { ...node, node: shifted(node.node, by) };
    default:
      return node;
  }
}

/** The expression, or what is wrong with it. */
export function compileRegex(pattern: string | readonly string[], options: RegexOptions): Regex | string {
  try {
    return new Regex(pattern, options);
  } catch (error) {
    if (error instanceof RegexSyntaxError) return error.message;
    throw error;
  }
}
