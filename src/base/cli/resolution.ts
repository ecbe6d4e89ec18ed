import { goQuote } from "../go-quote.ts";
import {
  type CliTypes,
  type Command,
  type CommandLine,
  type CommandPath,
  commandOf,
  commandPathText,
  flagsOf,
} from "./command.ts";
import { bareValue } from "./flag.ts";
import { type FlagSet, ParsedFlags, parseFlags } from "./flag-set.ts";
import { didYouMean, suggestionsFor } from "./suggestion.ts";

/**
 * What a command line turned out to ask for (cobra's Command.ExecuteC up to the call of Run). The program writes the
 * texts and runs the command, since programs differ in how they show help and errors.
 */
export type Resolution<X extends CliTypes> =
  /** Run `run(context, parsed)`, after `parsed.warnings` have gone to stderr, one a line. */
  | {
      readonly kind: "run";
      readonly path: CommandPath<X>;
      readonly parsed: ParsedFlags;
      readonly run: NonNullable<Command<X>["run"]>;
    }
  /** `--help`, `help x`, or a command that only has commands below it (then `parsed` holds the words left over). */
  | { readonly kind: "help"; readonly path: CommandPath<X>; readonly parsed: ParsedFlags; readonly asked: boolean }
  | {
      readonly kind: "error";
      /** `command`: unknown command; `flag`: pflag; `args`: argument count; `required`: flags missing or in conflict. */
      readonly reason: "command" | "flag" | "args" | "required" | "help-topic";
      readonly path: CommandPath<X>;
      /** The text without any `Error: `; ends with a newline where suggestions follow, as cobra's does. */
      readonly message: string;
      readonly parsed: ParsedFlags;
    };

/** Finds the command that `words` (argv without the program's name) name, and reads its flags. */
export function resolve<X extends CliTypes>(line: CommandLine<X>, words: readonly string[]): Resolution<X> {
  const found = findCommand(line, words);
  const command = commandOf(found.path);
  const parsed = new ParsedFlags(flagsOf(line, found.path));
  parsed.path = found.path.map((one) => one.name);
  const fault = refuseUnknownCommand(line, found.path, found.rest);
  if (fault !== undefined) return { kind: "error", reason: "command", path: found.path, message: fault, parsed };
  if (command.isHelp) return resolveHelp(line, found.path, found.rest, parsed);
  if (command.deprecated !== undefined) {
    parsed.warnings.push(`Command ${goQuote(command.name)} is deprecated, ${command.deprecated}`);
  }
  if (command.disableFlagParsing) parsed.args = [...found.rest];
  else {
    const message = parseFlags(parsed, found.rest, command.interspersed ?? true);
    if (message !== undefined && !asksForHelp(message)) {
      return { kind: "error", reason: "flag", path: found.path, message, parsed };
    }
    if (message !== undefined || parsed.changed("help")) return { kind: "help", path: found.path, parsed, asked: true };
  }
  return checkAndRun(found.path, command, parsed);
}

/** pflag gives ErrHelp for --help even where the flag is not defined. */
function asksForHelp(message: string): boolean {
  return message === "unknown flag: --help" || /^unknown shorthand flag: 'h' in -h/.test(message);
}

function checkAndRun<X extends CliTypes>(
  path: CommandPath<X>,
  command: Command<X>,
  parsed: ParsedFlags,
): Resolution<X> {
  if (command.run === undefined) return { kind: "help", path, parsed, asked: false };
  const wrongArgs = command.args?.(parsed.args, commandPathText(path));
  if (wrongArgs !== undefined) return { kind: "error", reason: "args", path, message: wrongArgs, parsed };
  const missing = missingFlags(parsed.flags, parsed) ?? brokenGroup(command, parsed);
  if (missing !== undefined) return { kind: "error", reason: "required", path, message: missing, parsed };
  return { kind: "run", path, parsed, run: command.run };
}

function missingFlags(flags: FlagSet, parsed: ParsedFlags): string | undefined {
  const missing = flags.sorted().filter((flag) => flag.required && !parsed.changed(flag.name));
  if (missing.length === 0) return undefined;
  return `required flag(s) ${missing.map((flag) => goQuote(flag.name)).join(", ")} not set`;
}

function brokenGroup<X extends CliTypes>(command: Command<X>, parsed: ParsedFlags): string | undefined {
  for (const group of command.flagGroups ?? []) {
    const set = group.flags.filter((name) => parsed.changed(name)).sort();
    const names = `[${group.flags.join(" ")}]`;
    if (group.kind === "mutually-exclusive" && set.length > 1) {
      return `if any flags in the group ${names} are set none of the others can be; [${set.join(" ")}] were all set`;
    }
    if (group.kind === "one-required" && set.length === 0) {
      return `at least one of the flags in the group ${names} is required`;
    }
    const missing = group.flags.filter((name) => !parsed.changed(name)).sort();
    if (group.kind === "required-together" && set.length > 0 && missing.length > 0) {
      return `if any flags in the group ${names} are set they must all be set; missing [${missing.join(" ")}]`;
    }
  }
  return undefined;
}

function resolveHelp<X extends CliTypes>(
  line: CommandLine<X>,
  helpPath: CommandPath<X>,
  rest: readonly string[],
  parsed: ParsedFlags,
): Resolution<X> {
  const message = parseFlags(parsed, rest);
  if (message !== undefined && !asksForHelp(message)) {
    return { kind: "error", reason: "flag", path: helpPath, message, parsed };
  }
  if (parsed.changed("help")) return { kind: "help", path: helpPath, parsed, asked: true };
  const topic = findCommand(line, parsed.args);
  const fault = refuseUnknownCommand(line, topic.path, topic.rest);
  if (fault === undefined) return { kind: "help", path: topic.path, parsed, asked: true };
  const shown = `[${parsed.args.map((arg) => `\`${arg}\``).join(" ")}]`;
  return { kind: "error", reason: "help-topic", path: [line.root], message: `Unknown help topic ${shown}`, parsed };
}

/** cobra's legacyArgs: only a root that has commands refuses words it does not know. */
function refuseUnknownCommand<X extends CliTypes>(
  line: CommandLine<X>,
  path: CommandPath<X>,
  rest: readonly string[],
): string | undefined {
  const root = line.root;
  if (path.length > 1 || root.args !== undefined || (root.commands ?? []).length === 0) return undefined;
  const unknown = stripFlags(rest, flagsOf(line, path))[0];
  if (unknown === undefined) return undefined;
  const suggestions = didYouMean(suggestionsFor(root, unknown));
  return `unknown command ${goQuote(unknown)} for ${goQuote(root.name)}${suggestions}`;
}

/** Where the words lead, and the words that are left for it (cobra's Find). */
export function findCommand<X extends CliTypes>(
  line: CommandLine<X>,
  words: readonly string[],
): { readonly path: CommandPath<X>; readonly rest: readonly string[] } {
  let path: CommandPath<X> = [line.root];
  let rest = words;
  for (;;) {
    const flags = flagsOf(line, path);
    const next = stripFlags(rest, flags)[0];
    if (next === undefined) return { path, rest };
    const child = findChild(commandOf(path), next, line.prefixMatching ?? false);
    if (child === undefined) return { path, rest };
    rest = withoutFirst(rest, next, flags);
    path = [...path, child] as CommandPath<X>;
  }
}

/** The command below `parent` that `word` names. */
export function findChild<X extends CliTypes>(
  parent: Command<X>,
  word: string,
  prefixMatching: boolean,
): Command<X> | undefined {
  const commands = parent.commands ?? [];
  const exact = commands.find((command) => command.name === word || command.aliases?.includes(word));
  if (exact !== undefined || !prefixMatching) return exact;
  const near = commands.filter((command) =>
    [command.name, ...(command.aliases ?? [])].some((name) => name.startsWith(word)),
  );
  return near.length === 1 ? near[0] : undefined;
}

/** The words that are neither flags nor their values (cobra's stripFlags). */
function stripFlags(words: readonly string[], flags: FlagSet): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") break;
    if (takesNextWord(word, flags)) at++;
    else if (word !== "" && !word.startsWith("-")) kept.push(word);
  }
  return kept;
}

function takesNextWord(word: string, flags: FlagSet): boolean {
  if (!word.startsWith("-") || word.includes("=")) return false;
  if (word.startsWith("--")) {
    const flag = flags.get(word.slice(2));
    return flag === undefined || bareValue(flag) === undefined;
  }
  if (word.length !== 2) return false;
  const flag = flags.getShorthand(word.charAt(1));
  return flag === undefined || bareValue(flag) === undefined;
}

/** Takes out the first occurrence of `name` that is no flag's value (cobra's argsMinusFirstX). */
function withoutFirst(words: readonly string[], name: string, flags: FlagSet): readonly string[] {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") break;
    if (takesNextWord(word, flags)) at++;
    else if (word === name) return [...words.slice(0, at), ...words.slice(at + 1)];
  }
  return words;
}
