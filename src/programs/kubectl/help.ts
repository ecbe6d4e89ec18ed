import { type CommandPath, commandOf, commandPathText, isAvailable } from "../../base/cli/command.ts";
import type { FlagSpec } from "../../base/cli/flag.ts";
import { isShown } from "../../base/cli/usage.ts";
import { flagsFor } from "./core/flag-table.ts";
import type { KubectlCommand, KubectlTypes } from "./core/kubectl.ts";

type Path = CommandPath<KubectlTypes>;

/** Headings of the root's help, in order. */
const GROUPS: readonly (readonly [key: string, heading: string])[] = [
  ["beginner", "Basic Commands (Beginner):"],
  ["intermediate", "Basic Commands (Intermediate):"],
  ["deploy", "Deploy Commands:"],
  ["management", "Cluster Management Commands:"],
  ["debugging", "Troubleshooting and Debugging Commands:"],
  ["advanced", "Advanced Commands:"],
  ["settings", "Settings Commands:"],
];

/** What `kubectl COMMAND --help` prints (layout of kubectl's templates.NormalizeAll). */
export function helpText(path: Path): string {
  const command = commandOf(path);
  const long = (command.long ?? `${command.short}.`).trim();
  return `${long}\n\n${usageText(path)}`;
}

/** The help without its first paragraph. */
export function usageText(path: Path): string {
  const command = commandOf(path);
  const sections = [
    aliases(command),
    command.example === undefined ? "" : `Examples:\n${command.example.trimEnd()}`,
    ...(path.length === 1 ? rootCommands(command) : [childCommands(command)]),
    path.length === 1 ? "" : options(command.flags ?? []),
    `Usage:\n  ${usageLine(path)}`,
    tips(path, command),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function aliases(command: KubectlCommand): string {
  return command.aliases === undefined ? "" : `Aliases:\n${[command.name, ...command.aliases].join(", ")}`;
}

function usageLine(path: Path): string {
  const command = commandOf(path);
  const use = command.use === undefined ? "" : ` ${command.use}`;
  const flags = command.use === undefined && (command.flags ?? []).length === 0 ? " [flags]" : "";
  return `${commandPathText(path)}${use}${flags} [options]`;
}

function rootCommands(root: KubectlCommand): string[] {
  const commands = (root.commands ?? []).filter((one) => isAvailable(one));
  const sections = GROUPS.map(([key, heading]) =>
    section(
      heading,
      commands.filter((one) => one.group === key),
    ),
  );
  sections.push(
    section(
      "Other Commands:",
      commands.filter((one) => one.group === undefined && one.name !== "options"),
    ),
  );
  return sections;
}

function section(heading: string, commands: readonly KubectlCommand[]): string {
  if (commands.length === 0) return "";
  return `${heading}\n${rows(commands, 15)}`;
}

function childCommands(command: KubectlCommand): string {
  const commands = (command.commands ?? []).filter((one) => isAvailable(one));
  if (commands.length === 0) return "";
  const width = Math.max(13, ...commands.map((one) => one.name.length + 2));
  return `Available Commands:\n${rows(
    [...commands].sort((a, b) => (a.name < b.name ? -1 : 1)),
    width,
  )}`;
}

function rows(commands: readonly KubectlCommand[], width: number): string {
  return commands.map((one) => `  ${one.name.padEnd(width)} ${one.short}`).join("\n");
}

/** `    -A, --all-namespaces=false:` and the text below, a blank line between. */
function options(flags: readonly FlagSpec[]): string {
  const shown = [...flags].filter(isShown).sort((a, b) => (a.name < b.name ? -1 : 1));
  return shown.length === 0 ? "" : `Options:\n${optionRows(shown)}`;
}

function optionRows(flags: readonly FlagSpec[]): string {
  return flags.map((flag) => `    ${flagHead(flag)}:\n\t${flag.usage}`).join("\n\n");
}

function flagHead(flag: FlagSpec): string {
  const letter = flag.shorthand === undefined ? "" : `-${flag.shorthand}, `;
  return `${letter}--${flag.name}=${defaultText(flag)}`;
}

function defaultText(flag: FlagSpec): string {
  switch (flag.type) {
    case "bool":
      return String(flag.default ?? false);
    case "string":
      return `'${String(flag.default ?? "")}'`;
    case "duration":
      return String(flag.default ?? "0s");
    case "stringSlice":
    case "stringArray":
      return `[${Array.isArray(flag.default) ? flag.default.join(",") : ""}]`;
    default:
      return String(flag.default ?? 0);
  }
}

function tips(path: Path, command: KubectlCommand): string {
  const lines: string[] = [];
  if ((command.commands ?? []).some((one) => isAvailable(one))) {
    lines.push(`Use "${commandPathText(path)} <command> --help" for more information about a given command.`);
  }
  lines.push('Use "kubectl options" for a list of global command-line options (applies to all commands).');
  return lines.join("\n");
}

/** What `kubectl options` prints. */
export function globalOptionsText(): string {
  const flags = [...flagsFor("GLOBAL")].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `The following options can be passed to any command:\n\n${optionRows(flags)}\n`;
}
