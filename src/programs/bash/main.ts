import { decodeShellText } from "../../base/byte-text.ts";
import type { RegexLibrary } from "../../base/regex/regex-library.ts";
import { readToEnd, writeText } from "../../machine/file-descriptor.ts";
import { openPath } from "../../machine/open-path.ts";
import type { Process, Program } from "../../machine/process.ts";
import { BUILTINS } from "../../shell/builtins/table.ts";
import { runInteractive } from "../../shell/interactive/session.ts";
import { runStartupFiles } from "../../shell/interactive/startup-files.ts";
import { runText } from "../../shell/run/script.ts";
import { runStandardInput } from "../../shell/run/standard-input.ts";
import { runToEnd } from "../../shell/run/subshell.ts";
import { trampoline } from "../../shell/run/trampoline.ts";
import { BASH_VERSION, defineDynamic, newShell } from "../../shell/startup.ts";
import { ASH, BASH, DASH, type Dialect } from "../../shell/state/dialect.ts";
import type { Shell } from "../../shell/state/shell.ts";
import { resumeShell, type ShellImage } from "../../shell/state/shell-image.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { parseShellArguments, type ShellArguments } from "./options.ts";

/** GNU bash; bash called as `sh` (posix mode, and its name in prompts and messages); Debian's `sh`, and busybox's. */
export function shells(regexes: RegexLibrary): Readonly<Record<"bash" | "sh" | "dash" | "ash", Program>> {
  return {
    bash: (process) => runShell(process, false, BASH, regexes),
    sh: (process) => runShell(process, true, BASH, regexes),
    dash: (process) => runShell(process, true, DASH, regexes),
    ash: (process) => runShell(process, true, ASH, regexes),
  };
}

function* runShell(process: Process, posix: boolean, dialect: Dialect, regexes: RegexLibrary): Task<number> {
  const called = process.argv[0] ?? (posix ? "sh" : "bash");
  const args = parseShellArguments(process.argv.slice(1));
  if (typeof args === "string") {
    yield* writeText(process.stderr, `${called}: ${args}\n`);
    return 2;
  }
  if (args.version || args.help) return yield* about(process, args);
  const interactive = args.interactive || isInteractive(process, args);
  const shell = newShell(process, {
    name: called.includes("/") && interactive ? (called.split("/").pop() ?? called) : called,
    interactive,
    posix: posix || args.posix,
    dialect,
    commandString: args.commandString !== undefined,
    builtins: BUILTINS,
    regexes,
    defineDynamic,
  });
  applyOptions(shell, args);
  return yield* trampoline(runToEnd(shell, runWork(shell, args, called.startsWith("-"))));
}

function isInteractive(process: Process, args: ShellArguments): boolean {
  if (args.commandString !== undefined || (args.rest.length > 0 && !args.readsStandardInput)) return false;
  return process.stdin.kind === "terminal" && process.stderr.kind === "terminal";
}

function applyOptions(shell: Shell, args: ShellArguments): void {
  for (const { option, on } of args.set) shell.options.set(option, on);
  for (const { name, on } of args.shopts) shell.options.setShopt(name, on);
  if (args.commandString !== undefined && shell.start.interactive) shell.options.set("monitor", false);
}

function* runWork(shell: Shell, args: ShellArguments, loginName: boolean): Task<number> {
  const login = args.login || loginName;
  shell.options.setShopt("login_shell", login);
  const kept = shell.process.kept as ShellImage | undefined;
  if (kept !== undefined) {
    yield* resumeShell(shell, kept, ({ source, unit, line }) =>
      runText(shell, source, { name: unit, firstLine: line, kind: "script" }),
    );
    return yield* runInteractive(shell);
  }
  yield* runStartupFiles(shell, { login, noProfile: args.noProfile, noRc: args.noRc, rcFile: args.rcFile });
  if (args.commandString !== undefined) return yield* runCommandString(shell, args.commandString, args.rest);
  const [script, ...parameters] = args.rest;
  if (script !== undefined && !args.readsStandardInput) return yield* runScript(shell, script, parameters);
  shell.positional = [...args.rest];
  return shell.interactive ? yield* runInteractive(shell) : yield* runStandardInput(shell);
}

function* runCommandString(shell: Shell, text: string, rest: readonly string[]): Task<number> {
  const [name = shell.start.name, ...parameters] = rest;
  shell.name = name;
  shell.positional = parameters;
  return yield* runText(shell, text, { name, firstLine: 1, kind: "command-string", syntaxName: `${name}: -c` });
}

function* runScript(shell: Shell, script: string, parameters: readonly string[]): Task<number> {
  const bytes = yield* readScript(shell, script);
  if (typeof bytes === "number") return bytes;
  shell.name = script;
  shell.positional = [...parameters];
  return yield* runText(shell, decodeShellText(bytes), { name: script, firstLine: 1, kind: "script", goOn: true });
}

function* readScript(shell: Shell, script: string): Task<Uint8Array | number> {
  const { process, start } = shell;
  try {
    const descriptor = yield* openPath(process, script, { read: true });
    try {
      const bytes = yield* readToEnd(descriptor);
      if (!bytes.subarray(0, 80).includes(0)) return bytes;
      yield* shell.writeError(`${script}: ${script}: cannot execute binary file\n`);
      return 126;
    } finally {
      descriptor.close();
    }
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (error.code === "EISDIR") yield* shell.writeError(`${script}: ${script}: Is a directory\n`);
    else yield* shell.writeError(`${start.name}: ${script}: ${error.message}\n`);
    return error.code === "ENOENT" ? 127 : 126;
  }
}

function* about(process: Process, args: ShellArguments): Task<number> {
  const version = `GNU bash, version ${BASH_VERSION} (x86_64-pc-linux-gnu)\n`;
  if (args.version) yield* writeText(process.stdout, version);
  else {
    const usage = "Usage:\tbash [option] ... [-c command | script-file] [argument ...]\n";
    yield* writeText(process.stdout, `${version}${usage}Type \`help' in the shell for its builtins.\n`);
  }
  return 0;
}
