import {
  type CliTypes,
  type Command,
  type CommandLine,
  type CommandPath,
  commandOf,
  commandPathText,
  inheritedFlags,
  isAvailable,
  localFlags,
} from "./command.ts";
import type { FlagSpec, FlagType } from "./flag.ts";
import { bareValue } from "./flag.ts";
import { FlagSet } from "./flag-set.ts";
import { defaultFlagText, isZeroDefault } from "./flag-value.ts";

const SHOWN_TYPES: Partial<Record<FlagType, string>> = {
  bool: "",
  float64: "float",
  int64: "int",
  uint64: "uint",
  stringSlice: "strings",
};

/** The value's name and the help text without the backquotes that marked it (pflag.UnquoteUsage). */
function unquoteUsage(flag: FlagSpec): { readonly valueName: string; readonly usage: string } {
  const quoted = /`([^`]*)`/.exec(flag.usage);
  if (quoted !== null) {
    const usage = flag.usage.slice(0, quoted.index) + quoted[1] + flag.usage.slice(quoted.index + quoted[0].length);
    return { valueName: quoted[1] ?? "", usage };
  }
  return { valueName: flag.typeName ?? SHOWN_TYPES[flag.type] ?? flag.type, usage: flag.usage };
}

/** Whether help shows the flag. */
export function isShown(flag: FlagSpec): boolean {
  return !flag.hidden && flag.deprecated === undefined;
}

/** pflag's FlagUsages: one line a flag, in name order, help texts aligned. Empty without flags. */
export function flagUsages(flags: readonly FlagSpec[]): string {
  const shown = new FlagSet(flags).sorted().filter(isShown);
  const rows = shown.map((flag) => ({ head: flagHead(flag), tail: flagTail(flag) }));
  const width = Math.max(0, ...rows.map((row) => row.head.length));
  return rows.map((row) => `${row.head.padEnd(width)}   ${indentRest(row.tail, width + 3)}\n`).join("");
}

function indentRest(text: string, indent: number): string {
  return text.replaceAll("\n", `\n${" ".repeat(indent)}`);
}

function flagHead(flag: FlagSpec): string {
  const letter = flag.shorthand !== undefined && flag.shorthandDeprecated === undefined;
  const { valueName } = unquoteUsage(flag);
  const names = letter ? `  -${flag.shorthand}, --${flag.name}` : `      --${flag.name}`;
  return names + (valueName === "" ? "" : ` ${valueName}`) + bareHint(flag);
}

function bareHint(flag: FlagSpec): string {
  const bare = bareValue(flag);
  if (bare === undefined) return "";
  if (flag.type === "string") return `[="${bare}"]`;
  if (flag.type === "bool") return bare === "true" ? "" : `[=${bare}]`;
  return flag.type === "count" && bare === "+1" ? "" : `[=${bare}]`;
}

function flagTail(flag: FlagSpec): string {
  const { usage } = unquoteUsage(flag);
  if (isZeroDefault(flag)) return usage;
  const text = defaultFlagText(flag);
  return `${usage} (default ${flag.type === "string" && flag.typeName === undefined ? `"${text}"` : text})`;
}

/** `etcdutl snapshot restore <file> [flags]`. */
export function commandUseLine<X extends CliTypes>(path: CommandPath<X>): string {
  const command = commandOf(path);
  const line = commandPathText(path) + (command.use === undefined ? "" : ` ${command.use}`);
  return line.includes("[flags]") ? line : `${line} [flags]`;
}

/** Rows of `name   short`, names padded to the longest one (and at least to `minimum`). */
function commandRows<X extends CliTypes>(commands: readonly Command<X>[], minimum = 11): string {
  const listed = commands.filter((command) => isAvailable(command) || command.isHelp);
  const width = Math.max(minimum, ...commands.map((command) => command.name.length));
  return listed.map((command) => `  ${command.name.padEnd(width)} ${command.short}`).join("\n");
}

/** cobra's stock usage text, in its stock order. */
export function stockUsage<X extends CliTypes>(_line: CommandLine<X>, path: CommandPath<X>): string {
  const command = commandOf(path);
  const children = sortedCommands(command);
  const below = children.some(isAvailable);
  let text = "Usage:";
  if (command.run !== undefined) text += `\n  ${commandUseLine(path)}`;
  if (below) text += `\n  ${commandPathText(path)} [command]`;
  if (command.aliases !== undefined) text += `\n\nAliases:\n  ${[command.name, ...command.aliases].join(", ")}`;
  if (command.example !== undefined) text += `\n\nExamples:\n${command.example}`;
  if (below) text += `\n\nAvailable Commands:\n${commandRows(children)}`;
  const own = flagUsages(localFlags(path)).trimEnd();
  if (own !== "") text += `\n\nFlags:\n${own}`;
  const global = flagUsages(inheritedFlags(path)).trimEnd();
  if (global !== "") text += `\n\nGlobal Flags:\n${global}`;
  if (below) text += `\n\nUse "${commandPathText(path)} [command] --help" for more information about a command.`;
  return `${text}\n`;
}

/** cobra's stock help: the long text, an empty line, the usage. */
export function stockHelp<X extends CliTypes>(line: CommandLine<X>, path: CommandPath<X>): string {
  const command = commandOf(path);
  const intro = (command.long ?? command.short).trimEnd();
  return (intro === "" ? "" : `${intro}\n\n`) + stockUsage(line, path);
}

/** Commands in name order, as cobra lists them. */
export function sortedCommands<X extends CliTypes>(command: Command<X>): Command<X>[] {
  return [...(command.commands ?? [])].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
