import type { FlagSpec } from "./flag.ts";
import { FlagSet, type ParsedFlags } from "./flag-set.ts";

/**
 * What a program's table entries are generic over: the context that its commands get, what `run` gives and what
 * `complete` gives, for example
 * `{ context: KubectlContext; run: Task<number>; complete: Task<Completion> }`.
 * (Base knows no tasks; so the library only finds what to run, and the program runs it.)
 */
export interface CliTypes {
  readonly context: unknown;
  readonly run: unknown;
  readonly complete: unknown;
}

/** Checks positional arguments; gives the error text. See `args-rule.ts`. */
export type ArgsRule = (args: readonly string[], commandPath: string) => string | undefined;

/** `cobra.MarkFlagsMutuallyExclusive` and its sisters. */
export interface FlagGroup {
  readonly kind: "mutually-exclusive" | "one-required" | "required-together";
  readonly flags: readonly string[];
}

/**
 * A command as an entry of a table (mirrors cobra.Command). Parsing, help and completion all read this one entry.
 *
 *     export const get: Command<Kubectl> = {
 *       name: "get", use: "[(-o|--output=)json|...] (TYPE...) [flags]", short: "Display one or many resources",
 *       flags: [{ name: "output", shorthand: "o", type: "string", usage: "Output format." }],
 *       run: runGet, complete: completeResources,
 *     };
 */
export interface Command<X extends CliTypes> {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Wrong words for which this command is suggested. */
  readonly suggestFor?: readonly string[];
  /** The use line after the command's name: `<key> [range_end] [options]`. */
  readonly use?: string;
  readonly short: string;
  readonly long?: string;
  readonly example?: string;
  /** Heading under which the parent's help lists it, where the program's help has groups. */
  readonly group?: string;
  readonly hidden?: boolean;
  readonly deprecated?: string;
  readonly flags?: readonly FlagSpec[];
  readonly flagGroups?: readonly FlagGroup[];
  readonly commands?: readonly Command<X>[];
  /** Default: anything goes below the root; a root with commands refuses unknown words. */
  readonly args?: ArgsRule;
  /** Words that completion offers as arguments; `word\tdescription` is allowed. */
  readonly validArgs?: readonly string[];
  /** Without it the command only shows its help. */
  readonly run?: (context: X["context"], parsed: ParsedFlags) => X["run"];
  /** Completion of arguments that needs the world. */
  readonly complete?: (context: X["context"], parsed: ParsedFlags, word: string) => X["complete"];
  /** Completion of flag values that needs the world, by flag name. Looked for along the path, nearest first. */
  readonly completeFlag?: Readonly<
    Record<string, (context: X["context"], parsed: ParsedFlags, word: string) => X["complete"]>
  >;
  /** False: the first positional argument ends the flags (pflag's SetInterspersed(false)). */
  readonly interspersed?: boolean;
  /** All words go to `args` unread. */
  readonly disableFlagParsing?: boolean;
  /** Marks the `help [command]` command, which the library answers. */
  readonly isHelp?: boolean;
}

/** A whole program's command line. */
export interface CommandLine<X extends CliTypes> {
  readonly root: Command<X>;
  /** Unique beginnings of names are enough (cobra.EnablePrefixMatching). */
  readonly prefixMatching?: boolean;
  /** For example `_` for `-`, as kubectl's WordSepNormalizeFunc. */
  readonly normalizeFlagName?: (name: string) => string;
}

/** From the root to a command. */
export type CommandPath<X extends CliTypes> = readonly [Command<X>, ...Command<X>[]];

const HELP_FLAG: FlagSpec = { name: "help", shorthand: "h", type: "bool", usage: "" };

/** The last command of a path. */
export function commandOf<X extends CliTypes>(path: CommandPath<X>): Command<X> {
  return path[path.length - 1] ?? path[0];
}

/** `kubectl config view`. */
export function commandPathText<X extends CliTypes>(path: CommandPath<X>): string {
  return path.map((command) => command.name).join(" ");
}

/** cobra's automatic `--help` of a command; its usage text names the command. */
function helpFlag(commandName: string): FlagSpec {
  return { ...HELP_FLAG, usage: `help for ${commandName}` };
}

/** The command's own flags, with `--help` unless it defines one itself or inherits one. */
export function localFlags<X extends CliTypes>(path: CommandPath<X>): readonly FlagSpec[] {
  const command = commandOf(path);
  const own = command.flags ?? [];
  const known = [...own, ...inheritedFlags(path)].some((flag) => flag.name === "help");
  return known ? own : [...own, helpFlag(command.name)];
}

/** Persistent flags of the commands above, nearest first. */
export function inheritedFlags<X extends CliTypes>(path: CommandPath<X>): readonly FlagSpec[] {
  const above = path.slice(0, -1).reverse();
  return above.flatMap((command) => (command.flags ?? []).filter((flag) => flag.persistent));
}

/** All flags that a command understands. */
export function flagsOf<X extends CliTypes>(line: CommandLine<X>, path: CommandPath<X>): FlagSet {
  return new FlagSet([...localFlags(path), ...inheritedFlags(path)], line.normalizeFlagName);
}

/** Whether help and completion list it (cobra's IsAvailableCommand). */
export function isAvailable<X extends CliTypes>(command: Command<X>): boolean {
  if (command.hidden || command.deprecated !== undefined || command.isHelp) return false;
  return command.run !== undefined || (command.commands ?? []).some(isAvailable);
}

/** The entry for `help [command]`. */
export function helpCommand<X extends CliTypes>(long?: string): Command<X> {
  return {
    name: "help",
    use: "[command]",
    short: "Help about any command",
    ...(long === undefined ? {} : { long }),
    isHelp: true,
  };
}
