/**
 * A shell pattern (`fnmatch(3)` with bash's `extglob`), made from its text, where a backslash quotes.
 *
 *     *        any text      ?  any character      [a-z[:digit:]]  one of a set
 *     @(a|b)   one of        *( +( ?(  so many     !(a|b)          anything else
 *
 * Matching follows sets of positions, not choices, so that no pattern can take exponential time.
 */
export class Pattern {
  private readonly nodes: readonly PatternNode[];
  /** The pattern as a plain text, when nothing in it is special. */
  readonly literal: string | undefined;

  /** Without `groups` it is fnmatch's own, as find and tar take it. */
  constructor(source: string, ignoreCase = false, groups = true) {
    this.nodes = new PatternParser(source, ignoreCase, groups).sequence();
    this.literal = ignoreCase ? undefined : literalOf(this.nodes);
  }

  /** Whether the whole of `text` fits. */
  matches(text: string): boolean {
    if (this.literal !== undefined) return text === this.literal;
    if (this.nodes.every((node) => node.kind !== "group")) return matchSimple(this.nodes, text);
    return this.ends(text, 0).includes(text.length);
  }

  /** Where a match that begins at `start` can end, ascending. */
  ends(text: string, start: number): number[] {
    if (this.literal !== undefined) return text.startsWith(this.literal, start) ? [start + this.literal.length] : [];
    return walk(this.nodes, text, [start]);
  }
}

type PatternNode =
  | { readonly kind: "text"; readonly text: string; readonly ignoreCase: boolean }
  | { readonly kind: "any" }
  | { readonly kind: "star" }
  | { readonly kind: "set"; readonly has: (char: string) => boolean }
  | { readonly kind: "group"; readonly operator: string; readonly choices: readonly (readonly PatternNode[])[] };

const GROUP_DEPTH_MAX = 50;

class PatternParser {
  private at = 0;
  private depth = 0;
  private readonly source: string;
  private readonly ignoreCase: boolean;
  private readonly groups: boolean;

  constructor(source: string, ignoreCase: boolean, groups: boolean) {
    this.source = source;
    this.ignoreCase = ignoreCase;
    this.groups = groups;
  }

  sequence(inGroup = false): PatternNode[] {
    const nodes: PatternNode[] = [];
    while (this.at < this.source.length) {
      const char = this.source.charAt(this.at);
      if (inGroup && (char === "|" || char === ")")) break;
      if ("?*+@!".includes(char) && this.source.charAt(this.at + 1) === "(" && this.isClosed())
        nodes.push(this.group());
      else this.single(char, nodes);
    }
    return nodes;
  }

  private single(char: string, nodes: PatternNode[]): void {
    this.at++;
    if (char === "*") {
      if (nodes[nodes.length - 1]?.kind !== "star") nodes.push({ kind: "star" });
    } else if (char === "?") nodes.push({ kind: "any" });
    else if (char === "[") {
      const set = this.set();
      if (set === undefined) this.text("[", nodes);
      else nodes.push(set);
    } else if (char === "\\" && this.at < this.source.length) {
      this.text(this.source.charAt(this.at), nodes);
      this.at++;
    } else this.text(char, nodes);
  }

  private text(text: string, nodes: PatternNode[]): void {
    const last = nodes[nodes.length - 1];
    const part = this.ignoreCase ? text.toLowerCase() : text;
    if (last?.kind === "text") nodes[nodes.length - 1] = { ...last, text: last.text + part };
    else nodes.push({ kind: "text", text: part, ignoreCase: this.ignoreCase });
  }

  private isClosed(): boolean {
    return this.groups && this.depth < GROUP_DEPTH_MAX && this.source.indexOf(")", this.at + 2) >= 0;
  }

  private group(): PatternNode {
    const operator = this.source.charAt(this.at);
    this.at += 2;
    this.depth++;
    const choices: PatternNode[][] = [];
    for (;;) {
      choices.push(this.sequence(true));
      const end = this.source.charAt(this.at);
      this.at++;
      if (end !== "|") break;
    }
    this.depth--;
    return { kind: "group", operator, choices };
  }

  /** Behind a `[`: the set, or undefined (and no move) when it is not closed. */
  private set(): PatternNode | undefined {
    const start = this.at;
    const negated = this.source.charAt(this.at) === "!" || this.source.charAt(this.at) === "^";
    if (negated) this.at++;
    const tests: ((char: string) => boolean)[] = [];
    for (let first = true; ; first = false) {
      const char = this.source.charAt(this.at);
      if (char === "") {
        this.at = start;
        return undefined;
      }
      if (char === "]" && !first) break;
      tests.push(this.setItem());
    }
    this.at++;
    const ignoreCase = this.ignoreCase;
    const has = (char: string): boolean =>
      tests.some((test) => test(char) || (ignoreCase && (test(char.toLowerCase()) || test(char.toUpperCase()))));
    return { kind: "set", has: negated ? (char) => !has(char) : has };
  }

  private setItem(): (char: string) => boolean {
    const named = /^\[:(\w+):\]/.exec(this.source.slice(this.at, this.at + 12));
    if (named !== null) {
      this.at += named[0].length;
      return characterClass(named[1] ?? "");
    }
    const low = this.setChar();
    if (this.source.charAt(this.at) !== "-" || "]".includes(this.source.charAt(this.at + 1)))
      return (char) => char === low;
    this.at++;
    const high = this.setChar();
    return (char) => char >= low && char <= high;
  }

  private setChar(): string {
    if (this.source.charAt(this.at) === "\\" && this.at + 1 < this.source.length) this.at++;
    const char = String.fromCodePoint(this.source.codePointAt(this.at) ?? 0);
    this.at += char.length;
    return char;
  }
}

/** The test of a POSIX class name such as `alpha`; an unknown name matches nothing. */
function characterClass(name: string): (char: string) => boolean {
  const expression = CLASSES[name];
  return expression === undefined ? () => false : (char) => expression.test(char);
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /^\p{L}$/u,
  digit: /^[0-9]$/,
  alnum: /^[\p{L}0-9]$/u,
  upper: /^\p{Lu}$/u,
  lower: /^\p{Ll}$/u,
  space: /^[ \t\n\r\f\v]$/,
  blank: /^[ \t]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  print: /^[^\x00-\x1f\x7f]$/u,
  graph: /^[^\x00-\x20\x7f]$/u,
  cntrl: /^[\x00-\x1f\x7f]$/,
  xdigit: /^[0-9A-Fa-f]$/,
  word: /^[\p{L}0-9_]$/u,
};

function literalOf(nodes: readonly PatternNode[]): string | undefined {
  if (nodes.length === 0) return "";
  const only = nodes[0];
  return nodes.length === 1 && only?.kind === "text" ? only.text : undefined;
}

/** Length of the character at `at`; 0 at the end. */
function charLength(text: string, at: number): number {
  if (at >= text.length) return 0;
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Length that a node other than a star or a group takes at `at`, or -1. */
function take(node: PatternNode, text: string, at: number): number {
  if (node.kind === "text") {
    if (!node.ignoreCase) return text.startsWith(node.text, at) ? node.text.length : -1;
    return text.slice(at, at + node.text.length).toLowerCase() === node.text ? node.text.length : -1;
  }
  const length = charLength(text, at);
  if (length === 0) return -1;
  if (node.kind === "set") return node.has(text.slice(at, at + length)) ? length : -1;
  return length;
}

/** The classic walk that goes back to the last star only. */
function matchSimple(nodes: readonly PatternNode[], text: string): boolean {
  let node = 0;
  let at = 0;
  let starNode = -1;
  let starAt = 0;
  for (;;) {
    const current = nodes[node];
    if (current === undefined && at === text.length) return true;
    if (current?.kind === "star") {
      starNode = node++;
      starAt = at;
      continue;
    }
    const length = current === undefined ? -1 : take(current, text, at);
    if (length >= 0) {
      at += length;
      node++;
    } else {
      if (starNode < 0 || starAt >= text.length) return false;
      starAt += charLength(text, starAt);
      at = starAt;
      node = starNode + 1;
    }
  }
}

function walk(nodes: readonly PatternNode[], text: string, starts: readonly number[]): number[] {
  let positions = [...starts];
  for (const node of nodes) {
    if (positions.length === 0) return positions;
    positions = step(node, text, positions);
  }
  return positions;
}

function step(node: PatternNode, text: string, positions: readonly number[]): number[] {
  if (node.kind === "star") {
    const result: number[] = [];
    for (let at = positions[0] ?? 0; at <= text.length; at++) result.push(at);
    return result;
  }
  if (node.kind === "group") return group(node.operator, node.choices, text, positions);
  const result: number[] = [];
  for (const at of positions) {
    const length = take(node, text, at);
    if (length >= 0) result.push(at + length);
  }
  return result;
}

function group(
  operator: string,
  choices: readonly (readonly PatternNode[])[],
  text: string,
  positions: readonly number[],
): number[] {
  const once = (from: readonly number[]): number[] => union(choices.map((choice) => walk(choice, text, from)));
  if (operator === "@") return once(positions);
  if (operator === "?") return union([positions, once(positions)]);
  if (operator === "!") return union(positions.map((at) => without(text, at, once([at]))));
  let reached = operator === "*" ? [...positions] : once(positions);
  for (let fresh = reached; fresh.length > 0; ) {
    const before = new Set(reached);
    fresh = once(fresh).filter((at) => !before.has(at));
    reached = union([reached, fresh]);
  }
  return reached;
}

function without(text: string, at: number, taken: readonly number[]): number[] {
  const refused = new Set(taken);
  const result: number[] = [];
  for (let end = at; end <= text.length; end++) if (!refused.has(end)) result.push(end);
  return result;
}

function union(lists: readonly (readonly number[])[]): number[] {
  return [...new Set(lists.flat())].sort((a, b) => a - b);
}

/** Quotes what a pattern would take as special. */
export function quotePattern(text: string): string {
  return text.replace(/[\\*?[\]|()+@!]/g, "\\$&");
}

/** Whether a text has anything special for a pattern outside quotes. */
export function hasPattern(text: string): boolean {
  return /[*?[]|[+@!]\(/.test(text);
}
