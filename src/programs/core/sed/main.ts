import { utf8 } from "../../../base/bytes.ts";
import { basename } from "../../../base/path.ts";
import { writeText } from "../../../machine/file-descriptor.ts";
import type { Process } from "../../../machine/process.ts";
import type { Task } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { complain, fileErrorText, type Input, openInput, usageError, utility } from "../utility.ts";
import { ChainedLines, SedMachine, SedWriteError } from "./machine.ts";
import { parseScript, type SedCommand, SedSyntaxError } from "./script.ts";

/** sed: edits lines by a script. */
export const sed = utility({
  name: "sed",
  usage: "[OPTION]... {SCRIPT} [FILE]...",
  summary: "Edit text line by line.",
  writeError: (reason) => `couldn't flush stdout: ${reason}`,
  writeErrorExitCode: 4,
  options: [
    { short: "n", long: "quiet", help: "show only what p asks for" },
    { long: "silent" },
    { short: "e", long: "expression", value: "required", help: "a script; several are joined" },
    { short: "f", long: "file", value: "required", help: "a script from a file" },
    { short: "E", long: "regexp-extended", help: "extended regular expressions" },
    { short: "r", help: "the same as -E" },
    {
      short: "i",
      long: "in-place",
      value: "optional",
      help: "write back into the files; with a suffix keep the old ones",
    },
    { short: "s", long: "separate", refused: "each file by itself (-s)" },
    { short: "u", long: "unbuffered" },
    { short: "z", long: "null-data", refused: "lines that end with a null byte (-z)" },
  ],
  *run(process, options, operands) {
    const files = [...operands];
    const parts = options.inOrder.flatMap(({ name, value }) => {
      if (name === "expression") return [value ?? ""];
      return name === "file" && value !== undefined && process.fs.exists(value)
        ? [process.fs.readText(value).replace(/\n$/, "")]
        : [];
    });
    if (parts.length === 0) {
      const script = files.shift();
      if (script === undefined) return yield* usageError(process, { name: "sed" }, "no script specified");
      parts.push(script);
    }
    const extended = options.has("regexp-extended") || options.has("r");
    const commands = yield* compile(process, parts.join("\n"), extended);
    if (commands === undefined) return 1;
    const quiet = options.has("quiet") || options.has("silent");
    if (options.has("in-place"))
      return yield* inPlace(process, files, commands, quiet, options.value("in-place") ?? "");
    return yield* stream(process, files, commands, quiet);
  },
});

function* compile(process: Process, script: string, extended: boolean): Task<SedCommand[] | undefined> {
  try {
    const commands = parseScript(script, extended);
    const missing = commands.find(
      (command) =>
        "btT".includes(command.name) &&
        command.text !== "" &&
        !commands.some((other) => other.name === ":" && other.text === command.text),
    );
    if (missing === undefined) return commands;
    yield* complain(
      process,
      "sed",
      `-e expression #1, char ${script.length}: can't find label for jump to \`${missing.text}'`,
    );
  } catch (error) {
    if (!(error instanceof SedSyntaxError)) throw error;
    yield* complain(process, "sed", `-e expression #1, char ${error.at}: ${error.message}`);
  }
  return undefined;
}

function* stream(
  process: Process,
  files: readonly string[],
  commands: readonly SedCommand[],
  quiet: boolean,
): Task<number> {
  const inputs: Input[] = [];
  let code = 0;
  for (const name of files.length === 0 ? ["-"] : files) {
    try {
      inputs.push(openInput(process, name));
    } catch (error) {
      const reason = fileErrorText(error);
      yield* complain(
        process,
        "sed",
        reason === "Is a directory" ? `couldn't edit ${name}: not a regular file` : `can't read ${name}: ${reason}`,
      );
      code = 2;
    }
  }
  const machine = new SedMachine(
    process,
    commands,
    quiet,
    new ChainedLines(inputs.map((input) => input.descriptor)),
    (text) => writeText(process.stdout, text),
  );
  try {
    yield* machine.run();
  } catch (error) {
    if (!(error instanceof SedWriteError)) throw error;
    yield* complain(process, "sed", error.message);
    return 4;
  } finally {
    for (const input of inputs) input.close();
  }
  return machine.exitCode || code;
}

function* inPlace(
  process: Process,
  files: readonly string[],
  commands: readonly SedCommand[],
  quiet: boolean,
  suffix: string,
): Task<number> {
  let code = 0;
  for (const name of files) {
    try {
      const input = openInput(process, name);
      let edited = "";
      const machine = new SedMachine(process, commands, quiet, new ChainedLines([input.descriptor]), function* (text) {
        edited += text;
      });
      yield* machine.run();
      input.close();
      if (suffix !== "")
        process.fs.writeFile(
          suffix.includes("*") ? suffix.replaceAll("*", name) : `${name}${suffix}`,
          process.fs.readFile(name),
        );
      replaceFile(process, name, edited);
      code = machine.exitCode || code;
    } catch (error) {
      yield* complain(process, "sed", inPlaceProblem(name, error));
      code = 4;
    }
  }
  return code;
}

function inPlaceProblem(name: string, error: unknown): string {
  if (error instanceof SedWriteError) return error.message;
  const reason = fileErrorText(error);
  return reason === "Is a directory" ? `couldn't edit ${name}: not a regular file` : `can't read ${name}: ${reason}`;
}

/** As sed does it: a new file takes the old one's name, so that readers see either the old or the new. */
function replaceFile(process: Process, name: string, content: string): void {
  const target = process.fs.realpath(name);
  const mode = process.fs.stat(target).mode;
  const slash = target.lastIndexOf("/");
  const temporary = `${target.slice(0, slash + 1)}sed${process.random.letters(6, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")}`;
  try {
    process.fs.writeFile(temporary, content, mode);
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== "ENOSPC") throw error;
    process.fs.unlink(temporary);
    const shown = name.includes("/") ? temporary : `./${basename(temporary)}`;
    throw new SedWriteError(`couldn't write ${utf8(content).length} items to ${shown}: ${error.message}`);
  }
  process.fs.chmod(temporary, mode);
  process.fs.rename(temporary, target);
}
