import { decodeShellText } from "../../base/byte-text.ts";
import { nullDescriptor } from "../../machine/descriptor.ts";
import { readToEnd } from "../../machine/file-descriptor.ts";
import { createPipe } from "../../machine/pipe.ts";
import { runAtMost, type Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { withoutFsError } from "../expand/glob.ts";
import { findProgram } from "../run/command-lookup.ts";
import type { Shell } from "../state/shell.ts";
import type { Candidate, Candidates } from "./candidates.ts";

/** A program with a file of its name here completes its own arguments. */
const COMPLETIONS_DIRECTORY = "/usr/share/bash-completion/completions";
/** After this long (in the world's time) the program is given up on. */
const TIMEOUT_MS = 2000;

/** Bits of the directive that ends a program's answer; cobra's completions.go. */
const DIRECTIVE_ERROR = 1;
const DIRECTIVE_NO_SPACE = 2;
const DIRECTIVE_NO_FILES = 4;
const DIRECTIVE_FILTER_DIRECTORIES = 16;

/** What a program said: its candidates, and which files may be offered besides. */
export interface ProgramAnswer {
  readonly candidates: Candidates;
  readonly files: "any" | "directories" | "none";
}

/** Whether the program named completes its own arguments. */
export function completesItself(shell: Shell, name: string): boolean {
  const base = name.split("/").pop() ?? name;
  return withoutFsError(() => shell.process.fs.stat(`${COMPLETIONS_DIRECTORY}/${base}`)) !== undefined;
}

/** Asks a program for the completions of its last argument by cobra's protocol; undefined when it does not answer. */
export function* askProgram(shell: Shell, words: readonly string[], word: string): Task<ProgramAnswer | undefined> {
  const [name = "", ...args] = words;
  const path = name.includes("/") ? name : findProgram(shell, name);
  if (path === undefined) return undefined;
  const { reader, writer } = createPipe();
  const empty = nullDescriptor();
  const fds = new Map([
    [0, empty],
    [1, writer],
    [2, empty],
  ]);
  try {
    const argv = [name, "__complete", ...args, word];
    const child = shell.process.spawn({ argv, executable: path, env: shell.environment(), fds, processGroup: "new" });
    child.exited.begin(() => undefined);
    writer.close();
    try {
      const race = yield* runAtMost(shell.process.clock, readToEnd(reader), TIMEOUT_MS);
      return race.status === "timeout" ? undefined : readAnswer(decodeShellText(race.value), word);
    } finally {
      if (!child.exited.settled) child.kill("SIGKILL");
    }
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  } finally {
    reader.close();
    writer.close();
  }
}

function readAnswer(output: string, word: string): ProgramAnswer | undefined {
  const lines = output.split("\n").filter((line) => line !== "");
  const directive = Number(lines.findLast((line) => /^:\d+$/.test(line))?.slice(1) ?? Number.NaN);
  if (Number.isNaN(directive) || (directive & DIRECTIVE_ERROR) !== 0) return undefined;
  const equals = word.startsWith("-") ? word.indexOf("=") : -1;
  const typed = equals < 0 ? word : word.slice(equals + 1);
  const items: Candidate[] = [];
  for (const line of lines) {
    if (/^:\d+$/.test(line) || line.startsWith("_activeHelp_")) continue;
    const [text = "", description] = line.split("\t");
    if (text.startsWith(typed)) items.push(description === undefined ? { text } : { text, description });
  }
  const candidates: Candidates = { items, noSpace: (directive & DIRECTIVE_NO_SPACE) !== 0, replaced: typed };
  if ((directive & DIRECTIVE_FILTER_DIRECTORIES) !== 0) return { candidates, files: "directories" };
  return { candidates, files: (directive & DIRECTIVE_NO_FILES) !== 0 ? "none" : "any" };
}
