import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { IndexedArray } from "./indexed-array.ts";
import { type OptionsImage, ShellOptions } from "./options.ts";
import type { Shell, ShellFunction } from "./shell.ts";
import { newVariable, type Variable, type VariableValue } from "./variable.ts";

/**
 * What an interactive shell knows while it stands at its prompt, as plain data. Jobs, open descriptors and what a
 * function was in the middle of are no part of it: they belong to processes.
 */
export interface ShellImage {
  readonly directory: string;
  /** `directory` as it was walked to, with its links. */
  readonly walkedTo: string;
  readonly umask: number;
  readonly status: number;
  readonly lastArgument: string;
  readonly positional: readonly string[];
  readonly variables: readonly VariableImage[];
  readonly functions: readonly FunctionImage[];
  readonly aliases: readonly (readonly [name: string, text: string])[];
  readonly traps: readonly (readonly [condition: string, action: string])[];
  readonly options: OptionsImage;
  readonly directories: readonly string[];
  readonly disabledBuiltins: readonly string[];
  readonly history: HistoryImage;
}

export interface HistoryImage {
  readonly entries: readonly string[];
  /** How many older ones have fallen out. */
  readonly dropped: number;
  readonly savedCount: number;
}

interface VariableImage {
  readonly name: string;
  /** Absent for a variable that is declared and not set. */
  readonly text?: string;
  readonly indexed?: readonly (readonly [index: number, text: string])[];
  readonly associative?: readonly (readonly [key: string, text: string])[];
  /** Letters of `declare`: x r i n l u. */
  readonly attributes: string;
}

interface FunctionImage {
  readonly source: string;
  /** What its messages name, and where it begins there. */
  readonly unit: string;
  readonly line: number;
}

/** Takes the image of a shell whose functions have all returned. */
export function shellImage(shell: Shell): ShellImage {
  return {
    directory: shell.process.cwd,
    walkedTo: shell.workingDirectory,
    umask: shell.process.umask,
    status: shell.status,
    lastArgument: shell.lastArgument,
    positional: [...shell.positional],
    variables: [...shell.variables.globals].map(([name, variable]) => variableImage(name, variable)),
    functions: [...shell.functions.values()].map(functionImage),
    aliases: [...shell.aliases],
    traps: [...shell.traps],
    options: shell.options.image(),
    directories: [...shell.directories],
    disabledBuiltins: [...shell.disabledBuiltins],
    history: shell.history.image(),
  };
}

/** Makes a new shell what the image says; `define` runs a function's definition. A directory that is gone is left for `/`. */
export function* resumeShell(
  shell: Shell,
  image: ShellImage,
  define: (definition: FunctionImage) => Task<unknown>,
): Task<void> {
  for (const definition of image.functions) yield* define(definition);
  shell.variables.replaceGlobals(image.variables.map((each) => [each.name, variableOf(each)]));
  shell.aliases = new Map(image.aliases);
  shell.traps = new Map(image.traps);
  shell.options = ShellOptions.of(image.options);
  shell.positional = [...image.positional];
  shell.directories = [...image.directories];
  shell.disabledBuiltins = new Set(image.disabledBuiltins);
  shell.history.resume(image.history);
  shell.process.umask = image.umask;
  shell.lastArgument = image.lastArgument;
  enter(shell, image);
  shell.status = image.status;
}

function enter(shell: Shell, image: ShellImage): void {
  const { process } = shell;
  const there = isDirectory(shell, image.directory);
  process.cwd = there ? image.directory : "/";
  shell.workingDirectory = there ? image.walkedTo : "/";
  if (!there) shell.variables.set("PWD", "/");
}

function isDirectory(shell: Shell, path: string): boolean {
  try {
    return shell.process.fs.stat(path).type === "directory";
  } catch (error) {
    if (error instanceof FsError) return false;
    throw error;
  }
}

function functionImage({ unit, position, body }: ShellFunction): FunctionImage {
  return { source: `${unit.text.slice(position, body.end)}\n`, unit: unit.name, line: unit.lineAt(position) };
}

function variableImage(name: string, variable: Variable): VariableImage {
  const { value } = variable;
  const attributes = [
    variable.exported ? "x" : "",
    variable.readonly ? "r" : "",
    variable.integer ? "i" : "",
    variable.reference ? "n" : "",
    variable.letterCase === undefined ? "" : variable.letterCase.charAt(0),
  ].join("");
  if (value === undefined) return { name, attributes };
  if (typeof value === "string") return { name, attributes, text: value };
  if (value instanceof Map) return { name, attributes, associative: [...value] };
  return { name, attributes, indexed: value.keys().map((index) => [index, value.get(index) ?? ""]) };
}

function variableOf(image: VariableImage): Variable {
  const has = (letter: string) => image.attributes.includes(letter);
  return {
    ...newVariable(plainValue(image)),
    exported: has("x"),
    readonly: has("r"),
    integer: has("i"),
    reference: has("n"),
    letterCase: has("l") ? "lower" : has("u") ? "upper" : undefined,
  };
}

function plainValue({ text, indexed, associative }: VariableImage): VariableValue {
  if (associative !== undefined) return new Map(associative);
  if (indexed === undefined) return text;
  const array = new IndexedArray();
  for (const [index, item] of indexed) array.set(index, item);
  return array;
}
