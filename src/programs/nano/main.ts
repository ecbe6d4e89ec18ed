import { text } from "../../base/bytes.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import { runFullScreen } from "../../machine/full-screen.ts";
import type { Process, Program } from "../../machine/process.ts";
import { FsError } from "../../vfs/file-system.ts";
import { NanoEditor, type NanoFiles } from "./editor.ts";

const HELP = `Usage: nano [-v] [+LINE] [FILE]
Edit a file on the terminal. The two lines at the bottom show the keys: ^X is Ctrl and X.

  -v      look only
  +LINE   begin at a line
`;

/** nano, also called pico: a small editor with its keys on the screen. */
export const nano: Program = function* (process) {
  const args = process.argv.slice(1);
  if (args.includes("--help") || args.includes("-h")) {
    yield* writeText(process.stdout, HELP);
    return 0;
  }
  if (args.includes("--version") || args.includes("-V")) {
    yield* writeText(process.stdout, " GNU nano, version 7.2 (the sandbox's own, with its common keys)\n");
    return 0;
  }
  const { terminal } = process;
  if (terminal === undefined || process.stdout.kind !== "terminal") {
    yield* writeText(process.stderr, "Standard output is not a terminal\n");
    return 1;
  }
  const line = args.find((arg) => /^\+\d+/.test(arg));
  const path = args.find((arg) => !arg.startsWith("-") && !arg.startsWith("+")) ?? "";
  const editor = new NanoEditor(filesOf(process), path, args.includes("-v") || args.includes("--view"));
  if (line !== undefined) editor.goTo(Number.parseInt(line.slice(1), 10) - 1);
  return yield* runFullScreen(process, terminal, editor);
};

function filesOf(process: Process): NanoFiles {
  const { fs } = process;
  return {
    read(path) {
      if (!fs.exists(path)) return undefined;
      if (fs.stat(path).type === "directory") return { problem: `"${path}" is a directory` };
      try {
        return { text: text(fs.readFile(path)) };
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        return { problem: `Error reading ${path}: ${error.message}` };
      }
    },
    write(path, content) {
      try {
        fs.writeFile(path, content);
        return undefined;
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        return error.message;
      }
    },
  };
}
