import type { Process } from "../machine/process.ts";
import { IndexedArray } from "./state/indexed-array.ts";
import { Shell, type ShellStart } from "./state/shell.ts";
import { newVariable, type Variable } from "./state/variable.ts";
import { isName } from "./state/variables.ts";

/** The release that the shell behaves like; Debian 12's and the etcd image's. */
export const BASH_VERSION = "5.2.15(1)-release";

/** Makes a shell with what every shell begins with: the environment, its own variables, the dynamic ones. */
export function newShell(process: Process, start: ShellStart): Shell {
  const shell = new Shell(process, start);
  const { variables } = shell;
  for (const [name, value] of process.env) {
    if (!isName(name)) continue;
    variables.set(name, value);
    variables.export(name);
  }
  shell.workingDirectory = startDirectory(shell);
  exported(shell, "PWD", shell.workingDirectory);
  exported(shell, "SHLVL", String((Number(variables.get("SHLVL") ?? 0) || 0) + 1));
  const defaults: Record<string, string> = {
    IFS: " \t\n",
    PS4: "+ ",
    OPTIND: "1",
    BASH: start.posix ? "/bin/sh" : "/bin/bash",
    BASH_VERSION,
    HOSTNAME: process.hostname,
    HOSTTYPE: "x86_64",
    MACHTYPE: "x86_64-pc-linux-gnu",
    OSTYPE: "linux-gnu",
    PPID: String(process.parentPid),
  };
  for (const [name, value] of Object.entries(defaults)) variables.set(name, value);
  if (variables.get("PATH") === undefined)
    variables.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  for (const name of ["UID", "EUID"]) constant(shell, name, { value: String(process.user.uid), integer: true });
  constant(shell, "BASH_VERSINFO", { value: IndexedArray.of(["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"]) });
  defineDynamic(shell);
  return shell;
}

/** PWD is believed when it means the process's directory. */
function startDirectory(shell: Shell): string {
  const claimed = shell.variables.get("PWD");
  return claimed !== undefined && claimed === shell.process.cwd ? claimed : shell.process.cwd;
}

function exported(shell: Shell, name: string, value: string): void {
  shell.variables.set(name, value);
  shell.variables.export(name);
}

function constant(shell: Shell, name: string, attributes: Partial<Variable>): void {
  Object.assign(shell.variables.global(name), newVariable(undefined), attributes, { readonly: true });
}

/** Variables that change by themselves; a subshell needs its own, since they read their shell. */
export function defineDynamic(shell: Shell): void {
  const { variables } = shell;
  const clock = shell.process.clock;
  let secondsFrom = shell.startedAt;
  variables.define("SECONDS", {
    read: () => String(Math.floor((clock.now - secondsFrom) / 1000)),
    write: (value) => {
      secondsFrom = clock.now - (Number(value) || 0) * 1000;
    },
  });
  let seeded: number | undefined;
  variables.define("RANDOM", {
    read: () => {
      if (seeded === undefined) return String(shell.process.random.below(32_768));
      seeded = (Math.imul(seeded, 1_103_515_245) + 12_345) >>> 0;
      return String((seeded >>> 16) & 32_767);
    },
    write: (value) => {
      seeded = Number(value) >>> 0;
    },
  });
  variables.define("SRANDOM", { read: () => String(shell.process.random.uint32()) });
  variables.define("LINENO", { read: () => String(shell.line), write: () => undefined });
  variables.define("BASHPID", { read: () => String(shell.process.pid) });
  variables.define("BASH_SUBSHELL", { read: () => String(shell.subshellDepth) });
  variables.define("EPOCHSECONDS", { read: () => String(Math.floor(clock.now / 1000)) });
  variables.define("EPOCHREALTIME", { read: () => (clock.now / 1000).toFixed(6) });
  variables.define("PIPESTATUS", { read: () => IndexedArray.of(shell.pipeStatus.map(String)) });
  variables.define("FUNCNAME", { read: () => functionNames(shell) });
  variables.define("BASH_SOURCE", { read: () => sourceNames(shell) });
  variables.define("BASH_LINENO", {
    read: () => IndexedArray.of([...shell.frames].reverse().map((frame) => String(frame.calledAtLine))),
  });
  variables.define("DIRSTACK", { read: () => IndexedArray.of([shell.workingDirectory, ...shell.directories]) });
  variables.define("SHELLOPTS", { read: () => shell.options.list() });
}

function functionNames(shell: Shell): IndexedArray | undefined {
  if (!shell.inFunction) return undefined;
  const names = [...shell.frames].reverse().map((frame) => frame.name);
  return IndexedArray.of(shell.start.interactive ? names : [...names, "main"]);
}

function sourceNames(shell: Shell): IndexedArray {
  const names = [...shell.frames].reverse().map((frame) => frame.unit.name);
  const script = !shell.start.interactive && !shell.start.commandString && shell.name !== shell.start.name;
  return IndexedArray.of(script ? [...names, shell.name] : names);
}
