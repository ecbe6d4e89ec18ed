import type { Task } from "../../sim/task.ts";
import type { Shell } from "../state/shell.ts";
import { type Candidate, type Candidates, commonPrefix, NO_CANDIDATES } from "./candidates.ts";
import { type CommandLine, readCommandLine } from "./command-line.ts";
import { commandNames, fileNames, plainVariableNames, variableNames } from "./names.ts";
import { askProgram, completesItself } from "./program-arguments.ts";

/** What Tab does: the text to put in for so many characters before the cursor, and what to list. */
export interface Completion {
  readonly insert: string;
  readonly replaced: number;
  /** As they are listed. */
  readonly candidates: readonly string[];
}

/** Completes the word at the end of `left`, the line up to the cursor. */
export function* completeAt(shell: Shell, left: string): Task<Completion> {
  const line = readCommandLine(left);
  return insertion(line, yield* candidatesFor(shell, line));
}

function* candidatesFor(shell: Shell, line: CommandLine): Task<Candidates> {
  const { word } = line;
  if (/\$\{?\w*$/.test(word) && line.quote !== "'") return variableNames(shell, word);
  if (line.redirected) return fileNames(shell, word, "any");
  const words = withAlias(shell, line.words);
  const [name] = words;
  if (name === undefined) {
    return word.includes("/") ? fileNames(shell, word, "executables") : commandNames(shell, word);
  }
  switch (name) {
    case "cd":
    case "pushd":
    case "rmdir":
      return fileNames(shell, word, "directories");
    case "export":
    case "unset":
    case "readonly":
    case "local":
    case "declare":
      return plainVariableNames(shell, word);
    case "sudo":
    case "command":
    case "type":
    case "which":
    case "exec":
      if (words.length === 1) return commandNames(shell, word);
      return yield* programArguments(shell, words.slice(1), word);
    default:
      return yield* programArguments(shell, words, word);
  }
}

function* programArguments(shell: Shell, words: readonly string[], word: string): Task<Candidates> {
  if (!completesItself(shell, words[0] ?? "")) return fileNames(shell, word, "any");
  const answer = yield* askProgram(shell, words, word);
  if (answer === undefined) return NO_CANDIDATES;
  if (answer.candidates.items.length > 0 || answer.files === "none") return answer.candidates;
  const typed = answer.candidates.replaced ?? word;
  return { ...fileNames(shell, typed, answer.files), replaced: typed };
}

/** Puts the words of an alias in for its name: `k get` completes as `kubectl get`. */
function withAlias(shell: Shell, words: readonly string[]): readonly string[] {
  let expanded = words;
  const seen = new Set<string>();
  for (;;) {
    const name = expanded[0];
    const alias = name === undefined || seen.has(name) ? undefined : shell.aliases.get(name);
    if (name === undefined || alias === undefined || !/^[\w./ =,:@%+-]+$/.test(alias)) return expanded;
    seen.add(name);
    expanded = [...alias.trim().split(/\s+/), ...expanded.slice(1)];
  }
}

function insertion(line: CommandLine, found: Candidates): Completion {
  const texts = found.items.map((item) => item.text);
  const none: Completion = { insert: "", replaced: 0, candidates: listed(found.items) };
  if (texts.length === 0) return none;
  const typed = found.replaced ?? line.word;
  const prefix = commonPrefix(texts);
  const only = texts.length === 1;
  if (!only && (prefix.length <= typed.length || !prefix.startsWith(typed))) return none;
  const kept = line.word.slice(0, line.word.length - typed.length);
  const variable = prefix.startsWith("$");
  const quoted =
    kept === "" && !line.raw.includes("~") ? quoteFor(line, prefix, variable) : plainAddition(line, typed, prefix);
  const end = only ? ending(line, prefix, found.noSpace === true) : "";
  const insert = quoted.text + end;
  return { insert, replaced: [...quoted.replaced].length, candidates: none.candidates };
}

interface Replacement {
  /** The end of the word as typed that goes away. */
  readonly replaced: string;
  readonly text: string;
}

/** The whole word anew, quoted as it was begun. */
function quoteFor(line: CommandLine, text: string, variable: boolean): Replacement {
  const start = line.raw.startsWith("'") || line.raw.startsWith('"') ? line.raw.charAt(0) : "";
  if (line.quote !== "" && start === line.quote) {
    const inner = line.quote === '"' ? text.replace(variable ? /[\\"`]/g : /[\\"$`]/g, "\\$&") : text;
    return { replaced: line.raw, text: line.quote + inner };
  }
  return { replaced: line.raw, text: variable ? text : backslashed(text) };
}

/** Only what is missing, behind what is typed. */
function plainAddition(line: CommandLine, typed: string, text: string): Replacement {
  const rest = text.slice(typed.length);
  return { replaced: "", text: line.quote === "" ? backslashed(rest) : rest };
}

function backslashed(text: string): string {
  return text.replace(/[\s\\'"`$&|;()<>*?[\]{}!#]/g, "\\$&");
}

function ending(line: CommandLine, text: string, noSpace: boolean): string {
  if (text.endsWith("/")) return "";
  return line.quote + (noSpace ? "" : " ");
}

/** What the list shows; with descriptions, as cobra's bash script lays them out. */
function listed(items: readonly Candidate[]): string[] {
  if (items.every((item) => item.description === undefined)) return items.map((item) => item.shown ?? item.text);
  const width = Math.max(...items.map((item) => item.text.length));
  return items.map((item) =>
    item.description === undefined ? item.text : `${item.text.padEnd(width)}  (${item.description})`,
  );
}
