import type { Task } from "../../sim/task.ts";
import { findBuiltin, findCommand, findProgram, isExecutable, programsNamed } from "../run/command-lookup.ts";
import { waitForeground } from "../run/foreground.ts";
import { startProgram } from "../run/program.ts";
import { runBuiltin } from "../run/simple-command.ts";
import type { Builtin, Shell } from "../state/shell.ts";
import { KEYWORDS } from "../syntax/token.ts";
import { functionText } from "./function-text.ts";
import { print } from "./output.ts";
import { badOption, fail, parseOptions } from "./usage.ts";

/** `command`: runs a builtin or program past functions; with `-v` or `-V` tells what a name means. */
export const command: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "pvV");
  if (typeof parsed === "string") return yield* badOption(shell, "command", parsed, "command [-pVv] command [arg ...]");
  const { flags, rest } = parsed;
  if (flags.has("v") || flags.has("V")) return yield* describeAll(shell, rest, flags.has("V"));
  const [name] = rest;
  if (name === undefined) return 0;
  const builtin = findBuiltin(shell, name);
  if (builtin !== undefined) return yield* runBuiltin(shell, builtin, rest);
  const path = name.includes("/") ? name : findProgram(shell, name);
  const found = path === undefined ? ({ kind: "nothing" } as const) : ({ kind: "program", path } as const);
  const started = yield* startProgram(shell, rest, found, shell.process.fds);
  if (typeof started === "number") return started;
  return (yield* waitForeground(shell, [started], rest.join(" ")))[0] ?? 0;
};

function* describeAll(shell: Shell, names: readonly string[], verbose: boolean): Task<number> {
  let any = false;
  for (const name of names) {
    const text = verbose ? verboseText(shell, name) : shortText(shell, name);
    if (text !== undefined) any = true;
    else if (verbose) yield* shell.complain(`command: ${name}: not found`);
    yield* print(shell, text ?? "");
  }
  return any ? 0 : 1;
}

function shortText(shell: Shell, name: string): string | undefined {
  const alias = shell.aliases.get(name);
  if (alias !== undefined) return `alias ${name}='${alias.replaceAll("'", "'\\''")}'\n`;
  if (KEYWORDS.has(name)) return `${name}\n`;
  const found = findCommand(shell, name);
  if (found.kind === "program") return isExecutable(shell, found.path) ? `${found.path}\n` : undefined;
  return found.kind === "nothing" ? undefined : `${name}\n`;
}

function verboseText(shell: Shell, name: string): string | undefined {
  const alias = shell.aliases.get(name);
  if (alias !== undefined) return `${name} is aliased to \`${alias}'\n`;
  if (KEYWORDS.has(name)) return `${name} is a shell keyword\n`;
  const definition = shell.functions.get(name);
  if (definition !== undefined) return `${name} is a function\n${functionText(definition)}`;
  if (findBuiltin(shell, name) !== undefined) return `${name} is a shell builtin\n`;
  const hashed = name.includes("/") ? undefined : shell.hashed.get(name);
  if (hashed !== undefined && isExecutable(shell, hashed.path)) return `${name} is hashed (${hashed.path})\n`;
  const path = name.includes("/") ? (isExecutable(shell, name) ? name : undefined) : programsNamed(shell, name)[0];
  return path === undefined ? undefined : `${name} is ${path}\n`;
}

export const type: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "afptP");
  if (typeof parsed === "string") return yield* badOption(shell, "type", parsed, "type [-afptP] name [name ...]");
  const { flags, rest } = parsed;
  let status = 0;
  for (const name of rest) {
    const text = flags.has("t") ? kindOf(shell, name) : yieldType(shell, name, flags);
    if (text === undefined) {
      status = 1;
      if (!flags.has("t") && !flags.has("p") && !flags.has("P")) yield* shell.complain(`type: ${name}: not found`);
    } else yield* print(shell, text);
  }
  return status;
};

function kindOf(shell: Shell, name: string): string | undefined {
  if (shell.aliases.has(name)) return "alias\n";
  if (KEYWORDS.has(name)) return "keyword\n";
  const { kind } = findCommand(shell, name);
  if (kind === "nothing") return undefined;
  return kind === "program" ? "file\n" : `${kind}\n`;
}

function yieldType(shell: Shell, name: string, flags: ReadonlyMap<string, string>): string | undefined {
  if (flags.has("p") || flags.has("P")) {
    const path = flags.has("P") || findCommand(shell, name).kind === "program" ? programsNamed(shell, name)[0] : "";
    return path === undefined ? undefined : path === "" ? "" : `${path}\n`;
  }
  const first = verboseText(shell, name);
  if (!flags.has("a") || first === undefined) return first;
  const paths = programsNamed(shell, name).map((path) => `${name} is ${path}\n`);
  return first.startsWith(`${name} is /`) || first.includes("is hashed") ? paths.join("") : first + paths.join("");
}

export const builtin: Builtin = function* (shell, args) {
  const [name] = args;
  if (name === undefined) return 0;
  const run = findBuiltin(shell, name);
  if (run === undefined) return yield* fail(shell, "builtin", `${name}: not a shell builtin`);
  return yield* runBuiltin(shell, run, args);
};

export const hash: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "lrdtp:");
  if (typeof parsed === "string")
    return yield* badOption(shell, "hash", parsed, "hash [-lr] [-p pathname] [-dt] [name ...]");
  if (parsed.flags.has("r")) shell.hashed.clear();
  let status = 0;
  for (const name of parsed.rest) {
    if (findProgram(shell, name) === undefined) status = yield* fail(shell, "hash", `${name}: not found`);
  }
  if (args.length > 0) return status;
  if (shell.hashed.size === 0) yield* print(shell, "hash: hash table empty\n");
  else {
    const lines = [...shell.hashed.values()].map(({ path, hits }) => `${String(hits).padStart(4)}\t${path}\n`);
    yield* print(shell, `hits\tcommand\n${lines.join("")}`);
  }
  return 0;
};

export const enable: Builtin = function* (shell, args) {
  const off = args[0] === "-n";
  const names = args.filter((arg) => !arg.startsWith("-"));
  if (names.length === 0) {
    const all = [...shell.start.builtins.keys()].sort();
    yield* print(shell, all.map((name) => `enable ${shell.disabledBuiltins.has(name) ? "-n " : ""}${name}\n`).join(""));
  }
  for (const name of names) {
    if (!shell.start.builtins.has(name)) return yield* fail(shell, "enable", `${name}: not a shell builtin`);
    if (off) shell.disabledBuiltins.add(name);
    else shell.disabledBuiltins.delete(name);
  }
  return 0;
};
