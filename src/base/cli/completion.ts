import {
  type CliTypes,
  type Command,
  type CommandLine,
  type CommandPath,
  commandOf,
  flagsOf,
  isAvailable,
} from "./command.ts";
import { bareValue, type FlagSpec } from "./flag.ts";
import { ParsedFlags, parseFlags } from "./flag-set.ts";
import { findCommand } from "./resolution.ts";
import { isShown, sortedCommands } from "./usage.ts";

/** cobra's ShellCompDirective bits. */
export const COMPLETION = {
  default: 0,
  error: 1,
  noSpace: 2,
  noFiles: 4,
  filterFileExtensions: 8,
  filterDirectories: 16,
  keepOrder: 32,
} as const;

/** Offers, each `word` or `word\tdescription`, and what the shell shall do with them (sum of COMPLETION bits). */
export interface Completion {
  readonly offers: readonly string[];
  readonly directive: number;
}

/** How a half-typed line can be completed: at once, or by calling `ask(context, parsed, word)`. */
export type CompletionPlan<X extends CliTypes> =
  | { readonly kind: "ready"; readonly completion: Completion }
  | {
      readonly kind: "ask";
      readonly ask: NonNullable<Command<X>["complete"]>;
      readonly parsed: ParsedFlags;
      readonly word: string;
    };

/** Whether argv asks for completion, with the words to complete and whether descriptions are wanted. */
export function completionRequest(
  words: readonly string[],
): { readonly words: readonly string[]; readonly describe: boolean } | undefined {
  if (words[0] !== "__complete" && words[0] !== "__completeNoDesc") return undefined;
  return { words: words.slice(1), describe: words[0] === "__complete" };
}

/** The answer of `__complete`: stdout of cobra's protocol. */
export function completionOutput(completion: Completion, describe: boolean): string {
  const lines = completion.offers.map((offer) => {
    const shown = describe ? offer : (offer.split("\t", 1)[0] ?? "");
    return (shown.split("\n", 1)[0] ?? "").trim();
  });
  return [...lines, `:${completion.directive}`, ""].join("\n");
}

const DIRECTIVE_NAMES: readonly (readonly [number, string])[] = [
  [1, "ShellCompDirectiveError"],
  [2, "ShellCompDirectiveNoSpace"],
  [4, "ShellCompDirectiveNoFileComp"],
  [8, "ShellCompDirectiveFilterFileExt"],
  [16, "ShellCompDirectiveFilterDirs"],
  [32, "ShellCompDirectiveKeepOrder"],
];

/** The line that `__complete` writes to stderr. */
export function completionTrailer(directive: number): string {
  const names = DIRECTIVE_NAMES.filter(([bit]) => (directive & bit) !== 0).map(([, name]) => name);
  return `Completion ended with directive: ${names.length === 0 ? "ShellCompDirectiveDefault" : names.join(", ")}\n`;
}

function ready<X extends CliTypes>(offers: readonly string[], directive: number): CompletionPlan<X> {
  return { kind: "ready", completion: { offers, directive } };
}

/**
 * Plans the completion of the last of `words` (argv after `__complete`), as cobra's getCompletions: flag names, flag
 * values, commands, then arguments.
 */
export function planCompletion<X extends CliTypes>(line: CommandLine<X>, words: readonly string[]): CompletionPlan<X> {
  const word = words[words.length - 1] ?? "";
  const found = findCommand(line, words.slice(0, -1));
  const flags = flagsOf(line, found.path);
  const pending = found.rest.includes("--")
    ? { rest: found.rest }
    : pendingFlag(
        found.rest,
        word,
        (n) => flags.get(n),
        (n) => flags.getShorthand(n),
      );
  const parsed = new ParsedFlags(flags);
  parsed.path = found.path.map((command) => command.name);
  if (parseFlags(parsed, pending.rest, commandOf(found.path).interspersed ?? true) !== undefined) {
    return ready([], COMPLETION.default);
  }
  if (parsed.changed("help")) return ready([], COMPLETION.noFiles);
  if (pending.flag !== undefined) return planFlagValue(found.path, pending.flag, parsed, pending.value ?? word);
  if (word.startsWith("-") && !word.includes("=") && parsed.argsLengthAtDash < 0) {
    return planFlagNames(flags.sorted(), parsed, word);
  }
  return planArguments(line, found.path, parsed, word);
}

interface Pending {
  readonly rest: readonly string[];
  readonly flag?: FlagSpec;
  readonly value?: string;
}

/** The flag whose value is being typed: `--flag va`, `--flag=va`, `-f va`. */
function pendingFlag(
  rest: readonly string[],
  word: string,
  byName: (name: string) => FlagSpec | undefined,
  byLetter: (letter: string) => FlagSpec | undefined,
): Pending {
  const inline = /^(--?)([^=]+)=([\s\S]*)$/.exec(word);
  if (inline !== null) {
    const flag = inline[1] === "--" ? byName(inline[2] ?? "") : byLetter((inline[2] ?? "").slice(-1));
    return flag === undefined ? { rest } : { rest, flag, value: inline[3] ?? "" };
  }
  const last = rest[rest.length - 1] ?? "";
  if (word.startsWith("-") || !last.startsWith("-") || last.includes("=")) return { rest };
  const flag = last.startsWith("--") ? byName(last.slice(2)) : byLetter(last.slice(-1));
  if (flag === undefined || bareValue(flag) !== undefined) return { rest };
  return { rest: rest.slice(0, -1), flag };
}

function planFlagValue<X extends CliTypes>(
  path: CommandPath<X>,
  flag: FlagSpec,
  parsed: ParsedFlags,
  word: string,
): CompletionPlan<X> {
  for (const command of [...path].reverse()) {
    const ask = command.completeFlag?.[flag.name];
    if (ask !== undefined) return { kind: "ask", ask, parsed, word };
  }
  if (flag.values !== undefined) return ready(beginningWith(flag.values, word), COMPLETION.noFiles);
  if (flag.files !== undefined && flag.files.length > 0) return ready(flag.files, COMPLETION.filterFileExtensions);
  return ready([], COMPLETION.default);
}

function planFlagNames<X extends CliTypes>(
  flags: readonly FlagSpec[],
  parsed: ParsedFlags,
  word: string,
): CompletionPlan<X> {
  const offers: string[] = [];
  for (const flag of flags) {
    const repeatable = flag.type === "stringSlice" || flag.type === "stringArray" || flag.type === "count";
    if (!isShown(flag) || (parsed.changed(flag.name) && !repeatable)) continue;
    const long = `--${flag.name}`;
    if (long.startsWith(word)) offers.push(`${long}\t${flag.usage}`);
    if (long.startsWith(word) && bareValue(flag) === undefined) offers.push(`${long}=\t${flag.usage}`);
    const short = `-${flag.shorthand ?? ""}`;
    if (flag.shorthand !== undefined && short.startsWith(word)) offers.push(`${short}\t${flag.usage}`);
  }
  const [only] = offers;
  const unfinished = offers.length === 1 && only !== undefined && (only.split("\t", 1)[0] ?? "").endsWith("=");
  return ready(offers, COMPLETION.noFiles | (unfinished ? COMPLETION.noSpace : 0));
}

function planArguments<X extends CliTypes>(
  line: CommandLine<X>,
  path: CommandPath<X>,
  parsed: ParsedFlags,
  word: string,
): CompletionPlan<X> {
  const command = commandOf(path);
  const required = [...flagsOf(line, path).sorted()].filter((flag) => flag.required && !parsed.changed(flag.name));
  const offers = required.map((flag) => `--${flag.name}\t${flag.usage}`).filter((offer) => offer.startsWith(word));
  const children = sortedCommands(command);
  if (parsed.args.length === 0 && children.length > 0) {
    for (const child of children) {
      if ((isAvailable(child) || child.isHelp) && child.name.startsWith(word))
        offers.push(`${child.name}\t${child.short}`);
    }
    if (command.complete === undefined) return ready(offers, COMPLETION.noFiles);
  }
  if (command.isHelp) return planHelpTopic(line, parsed.args, word);
  if (command.validArgs !== undefined && parsed.args.length === 0) {
    return ready([...offers, ...beginningWith(command.validArgs, word)], COMPLETION.noFiles);
  }
  if (offers.length === 0 && command.complete !== undefined) {
    return { kind: "ask", ask: command.complete, parsed, word };
  }
  return ready(offers, offers.length > 0 || children.length > 0 ? COMPLETION.noFiles : COMPLETION.default);
}

function planHelpTopic<X extends CliTypes>(
  line: CommandLine<X>,
  topic: readonly string[],
  word: string,
): CompletionPlan<X> {
  const parent = commandOf(findCommand(line, topic).path);
  const children = sortedCommands(parent).filter((child) => isAvailable(child) && child.name.startsWith(word));
  return ready(
    children.map((child) => `${child.name}\t${child.short}`),
    COMPLETION.noFiles,
  );
}

function beginningWith(values: readonly string[], word: string): string[] {
  return values.filter((value) => value.startsWith(word));
}
