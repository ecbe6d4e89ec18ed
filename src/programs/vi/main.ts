import { text } from "../../base/bytes.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import { runFullScreen } from "../../machine/full-screen.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { Editor } from "./editor.ts";
import type { EditorWorld } from "./editor-state.ts";

/** vi, as vim imitates it; also `vim` and, read-only, `view`. */
export const vi: Program = function* (process) {
  const called = (process.argv[0] ?? "vi").replace(/^.*\//, "");
  const request = readRequest(process.argv.slice(1), called === "view");
  if (typeof request === "string") {
    yield* writeText(process.stdout, request);
    return 0;
  }
  if ("problem" in request) {
    yield* writeText(process.stderr, `${request.problem}\nMore info with: "vim -h"\n`);
    return 1;
  }
  const { terminal } = process;
  if (terminal === undefined || process.stdout.kind !== "terminal") {
    yield* writeText(process.stderr, "not simulated in this sandbox: vi without a terminal\n");
    return 1;
  }
  return yield* edit(process, terminal, request);
};

interface Request {
  readonly path: string | undefined;
  readonly readOnly: boolean;
  readonly commands: readonly string[];
}

function readRequest(args: readonly string[], view: boolean): Request | string | { readonly problem: string } {
  const paths: string[] = [];
  const commands: string[] = [];
  let readOnly = view;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--help" || arg === "-h") return HELP;
    if (arg === "--version") return "VIM - Vi IMproved 9.1 (the sandbox's own, with its common commands)\n";
    if (arg === "-R") readOnly = true;
    else if (arg === "-c") commands.push(args[++at] ?? "");
    else if (arg === "+") commands.push("$");
    else if (arg.startsWith("+")) commands.push(arg.slice(1));
    else if (arg.startsWith("-") && arg !== "-" && arg !== "--") {
      if (!/^-[bnNCemMsvyZ]$/.test(arg)) return { problem: `VIM - Vi IMproved 9.1\nUnknown option argument: "${arg}"` };
    } else if (arg !== "--") paths.push(arg);
  }
  if (paths[0] === "-") return { problem: "not simulated in this sandbox: vi reading its standard input" };
  return { path: paths[0], readOnly, commands };
}

const HELP = `Usage: vim [-R] [+LINE] [+/PATTERN] [-c COMMAND] [FILE]
Edit a file on the terminal. i begins to insert, Esc ends it, :wq saves and leaves, :q! leaves without saving.

  -R            read-only, as view
  +LINE         begin at a line; + alone at the last
  +/PATTERN     begin where the pattern is found
  -c COMMAND    run a command after loading
`;

function* edit(process: Process, terminal: NonNullable<Process["terminal"]>, request: Request): Task<number> {
  const editor = new Editor(worldOf(process));
  readSettings(process, editor);
  editor.state.settings.readonly = request.readOnly;
  if (request.path === undefined) editor.state.say("");
  else editor.state.load(request.path);
  for (const command of request.commands) editor.run(command);
  return yield* runFullScreen(process, terminal, editor);
}

/** `set` lines of ~/.vimrc; the rest of its language is not there. */
function readSettings(process: Process, editor: Editor): void {
  const path = `${process.env.get("HOME") ?? process.user.home}/.vimrc`;
  if (!process.fs.exists(path)) return;
  for (const line of process.fs.readText(path).split("\n")) if (/^\s*:?set?\s/.test(line)) editor.run(line.trim());
}

function worldOf(process: Process): EditorWorld {
  const { fs } = process;
  return {
    now: () => process.clock.now,
    exists: (path) => fs.exists(path),
    read(path) {
      if (!fs.exists(path)) return undefined;
      const { type, mode } = fs.stat(path);
      if (type === "directory") return { problem: "is a directory" };
      try {
        return { text: text(fs.readFile(path)), readOnly: process.user.uid !== 0 && (mode & 0o222) === 0 };
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        return { problem: `[${error.message}]` };
      }
    },
    write(path, content, append) {
      try {
        if (append) fs.appendFile(path, content);
        else fs.writeFile(path, content);
        return undefined;
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        if (error.code === "EISDIR") return "is a directory";
        return "E212: Can't open file for writing";
      }
    },
  };
}
