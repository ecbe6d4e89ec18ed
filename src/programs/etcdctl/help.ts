import { type CommandPath, commandOf, inheritedFlags, isAvailable, localFlags } from "../../base/cli/command.ts";
import { bareValue, type FlagSpec } from "../../base/cli/flag.ts";
import { defaultFlagText } from "../../base/cli/flag-value.ts";
import { commandUseLine, isShown } from "../../base/cli/usage.ts";
import type { Etcdctl, EtcdctlCommand } from "./context.ts";
import { apiVersion, type EtcdctlProfile, is35 } from "./profile.ts";

/** etcdctl's help (pkg/cobrautl/help.go): NAME, USAGE, COMMANDS, DESCRIPTION, OPTIONS, GLOBAL OPTIONS. */
export function helpText(profile: EtcdctlProfile, path: CommandPath<Etcdctl>): string {
  const indent = is35(profile) ? "\t" : "  ";
  const command = commandOf(path);
  const isRoot = path.length === 1;
  let text = `NAME:\n${indent}${pathName(path)} - ${command.short}\n\nUSAGE:\n${indent}${commandUseLine(path)}\n`;
  if (isRoot) {
    text += `\nVERSION:\n${indent}${profile.version}\n\nAPI VERSION:\n${indent}${apiVersion(profile)}\n`;
  }
  const children = listedCommands(command, isRoot ? "" : `${pathName(path)} `);
  if (children.length > 0) text += `\n\nCOMMANDS:\n${table(children, indent)}`;
  if (command.long !== undefined) {
    text += `\nDESCRIPTION:\n${command.long
      .split("\n")
      .map((line) => `${indent}${line}\n`)
      .join("")}`;
  }
  const own = flagRows(localFlags(path));
  if (own.length > 0) text += `\nOPTIONS:\n${table(own, "")}`;
  const global = flagRows(inheritedFlags(path));
  if (global.length > 0) text += `\nGLOBAL OPTIONS:\n${table(global, "")}`;
  return `${text}\n`;
}

/** The command's name without the program's. */
function pathName(path: CommandPath<Etcdctl>): string {
  const names = path.map((command) => command.name);
  return names.length === 1 ? (names[0] ?? "") : names.slice(1).join(" ");
}

type Row = readonly [string, string];

/** Commands that can be run, those of command groups spelled out: `member add`. */
function listedCommands(command: EtcdctlCommand, prefix: string): Row[] {
  const sorted = [...(command.commands ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.flatMap((child): Row[] => {
    if (!isAvailable(child) && !child.isHelp) return [];
    const own: Row[] = child.run !== undefined || child.isHelp ? [[prefix + child.name, child.short]] : [];
    return [...own, ...listedCommands(child, `${prefix}${child.name} `)];
  });
}

function flagRows(flags: readonly FlagSpec[]): Row[] {
  const shown = flags.filter(isShown).sort((a, b) => (a.name < b.name ? -1 : 1));
  return shown.map((flag) => [flagHead(flag), flag.usage]);
}

function flagHead(flag: FlagSpec): string {
  const names = flag.shorthand === undefined ? `      --${flag.name}` : `  -${flag.shorthand}, --${flag.name}`;
  const text = defaultFlagText(flag);
  const value = flag.type === "string" ? `"${text}"` : text;
  return bareValue(flag) === undefined ? `${names}=${value}` : `${names}[=${value}]`;
}

function table(rows: readonly Row[], indent: string): string {
  const width = Math.max(0, ...rows.map(([head]) => head.length));
  return rows.map(([head, text]) => `${indent}${head.padEnd(width + 1)}${text.replaceAll("\n", " ")}\n`).join("");
}
