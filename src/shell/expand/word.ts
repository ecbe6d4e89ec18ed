import type { ArithmeticExpansionPart, GlobPart, Word, WordPart } from "unbash";
import type { Task } from "../../sim/task.ts";
import { captureScript } from "../run/command-substitution.ts";
import { openProcessSubstitution } from "../run/process-substitution.ts";
import { ExpansionError } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";
import { evaluateSource } from "./arithmetic-word.ts";
import { expandBraces, TooManyWords } from "./brace.ts";
import { decodeEscapes } from "./escapes.ts";
import { FieldBuilder } from "./fields.ts";
import { globPaths } from "./glob.ts";
import { expandParameter, expandSimple } from "./parameter.ts";
import { expandTilde, expandTildes } from "./tilde.ts";

/** How a word's results are treated. */
export interface WordContext {
  readonly shell: Shell;
  readonly into: FieldBuilder;
  /** Inside double quotes. */
  readonly quoted: boolean;
  /** For the right side of `=~`, where a backslash is the expression's. */
  readonly regex?: boolean;
}

/** The arguments that words become: braces, tilde, expansions, splitting, file names. */
export function* expandWords(shell: Shell, words: readonly Word[]): Task<string[]> {
  const results: string[] = [];
  for (const word of words) {
    if (word.parts === undefined && !word.text.includes("{") && !word.text.startsWith("~")) {
      results.push(word.value);
      continue;
    }
    const braced = shell.options.has("braceexpand") ? yield* bracedWords(shell, word) : [word];
    for (const [index, part] of braced.entries()) {
      yield* expandInto(shell, part, results);
      if (index % WORDS_PER_PAY !== WORDS_PER_PAY - 1) continue;
      shell.charge(WORDS_PAY_MS);
      yield* shell.pay();
    }
  }
  return results;
}

/** Words of which a processor makes so many in so many milliseconds. */
const WORDS_PER_PAY = 2000;
const WORDS_PAY_MS = 1;

function* bracedWords(shell: Shell, word: Word): Task<readonly Word[]> {
  try {
    return expandBraces(word);
  } catch (error) {
    if (!(error instanceof TooManyWords)) throw error;
    yield* shell.complain(error.message);
    return [word];
  }
}

function* expandInto(shell: Shell, word: Word, results: string[]): Task<void> {
  const into = new FieldBuilder(shell.variables.get("IFS"), true);
  yield* expandWord(word, { shell, into, quoted: false });
  for (const field of into.finish()) {
    if (field.pattern === undefined || shell.options.has("noglob")) results.push(field.text);
    else addPaths(shell, field.pattern, field.text, results);
  }
}

function addPaths(shell: Shell, pattern: string, text: string, results: string[]): void {
  const paths = globPaths(shell, pattern);
  if (paths.length > 0) for (const path of paths) results.push(path);
  else if (shell.options.shopt("failglob")) throw new ExpansionError(`no match: ${text}`);
  else if (!shell.options.shopt("nullglob")) results.push(text);
}

/** The one text that a word becomes where nothing is split: assignments, `case`, here-strings. */
export function* expandText(shell: Shell, word: Word, assignment = false): Task<string> {
  if (word.parts === undefined) return literalText(shell, word, assignment);
  const into = new FieldBuilder(shell.variables.get("IFS"), false);
  if (assignment) yield* expandAssignedParts(shell, word.parts, into);
  else yield* expandWord(word, { shell, into, quoted: false });
  return into.finishText();
}

function literalText(shell: Shell, word: Word, assignment: boolean): string {
  if (!word.text.includes("~")) return word.value;
  return assignment ? expandTildes(shell, word.value) : tildeOfWord(shell, word);
}

/** Tildes count at the start of each literal piece and after its colons. */
function* expandAssignedParts(shell: Shell, parts: readonly WordPart[], into: FieldBuilder): Task<void> {
  for (const [index, part] of parts.entries()) {
    if (part.type === "Literal" && part.text === part.value && part.text.includes("~")) {
      const text = part.value;
      const rest = text.indexOf(":");
      into.add(
        index === 0 ? expandTildes(shell, text) : text.slice(0, rest) + expandTildes(shell, text.slice(rest)),
        true,
      );
    } else yield* expandPart(part, { shell, into, quoted: false });
  }
}

/** A word as a pattern: what is quoted in it is not special. */
export function* expandPattern(shell: Shell, word: Word, quoted = false): Task<string> {
  const into = new FieldBuilder(shell.variables.get("IFS"), false);
  yield* expandWord(word, { shell, into, quoted });
  return into.finishPattern();
}

/** Expands a word into a builder. */
export function* expandWord(word: Word, context: WordContext): Task<void> {
  const { shell, into, quoted } = context;
  if (word.parts === undefined) {
    if (context.regex === true) into.add(word.text, false);
    else if (word.text !== "") into.add(quoted ? word.value : tildeOfWord(shell, word), true);
    return;
  }
  yield* expandParts(word.parts, context);
}

/** Expands the parts of a word or of a here-document. */
export function* expandParts(parts: readonly WordPart[], context: WordContext): Task<void> {
  let first = !context.quoted;
  for (const part of parts) {
    if (first && part.type === "Literal" && part.text.startsWith("~") && context.regex !== true) {
      context.into.add(tildeOfPart(context.shell, part.text, part.value, parts.length === 1), true);
    } else yield* expandPart(part, context);
    first = false;
  }
}

function tildeOfWord(shell: Shell, word: Word): string {
  return word.text.startsWith("~") ? expandTilde(shell, word.value) : word.value;
}

/** A tilde prefix ends at a slash; when the literal has none, what follows must not belong to the user's name. */
function tildeOfPart(shell: Shell, text: string, value: string, alone: boolean): string {
  return alone || text.includes("/") ? expandTilde(shell, value) : value;
}

function* expandPart(part: WordPart, context: WordContext): Task<void> {
  const { shell, into, quoted } = context;
  switch (part.type) {
    case "Literal":
      into.add(context.regex === true ? part.text : part.value, !(context.regex === true));
      return;
    case "Glob":
      return yield* expandGlob(part, context);
    case "SingleQuoted":
      into.add(part.value, true);
      return;
    case "AnsiCQuoted":
      // A NUL ends the text, as it ends a C string.
      into.add(decodeEscapes(part.text.slice(2, -1), "ansi-c").text.split("\0", 1)[0] ?? "", true);
      return;
    case "DoubleQuoted":
    case "LocaleString":
      return yield* expandQuoted(part.parts, context);
    case "SimpleExpansion":
      return expandSimple(part.text.slice(1), context);
    case "ParameterExpansion":
      return yield* expandParameter(part, context);
    case "CommandExpansion": {
      const text = part.script === undefined ? "" : yield* captureScript(shell, part.script);
      return quoted ? into.add(text, true) : into.addSplit(text);
    }
    case "ArithmeticExpansion": {
      const text = String(yield* evaluatePart(shell, part));
      return quoted ? into.add(text, true) : into.addSplit(text);
    }
    case "ProcessSubstitution":
      into.add(part.script === undefined ? "" : openProcessSubstitution(shell, part.script, part.operator), true);
      return;
    case "ExtendedGlob":
      return yield* expandExtendedGlob(part, context);
    case "BraceExpansion":
      into.add(part.text, false);
      return;
  }
}

/** Double quotes keep an empty field, unless all that they hold is an empty `$@`. */
function* expandQuoted(parts: readonly WordPart[], context: WordContext): Task<void> {
  const { into, shell } = context;
  if (parts.length === 0) return into.markPresent();
  const before = into.size;
  yield* expandParts(parts, { shell, into, quoted: true });
  if (into.size === before && !parts.every(isList)) into.markPresent();
}

function isList(part: WordPart): boolean {
  if (part.type === "SimpleExpansion") return part.text === "$@";
  if (part.type !== "ParameterExpansion" || part.prefix === "#") return false;
  return part.parameter === "@" || part.index?.text === "@" || part.operation?.type === "Names";
}

function* expandGlob(part: GlobPart, context: WordContext): Task<void> {
  if (context.regex === true || part.kind !== "bracket") return context.into.add(part.text, false);
  if (part.parts.every((inner) => inner.type === "Literal")) return context.into.add(part.text, false);
  context.into.add(part.text.startsWith("[!") || part.text.startsWith("[^") ? part.text.slice(0, 2) : "[", false);
  const parts =
    part.parts[0]?.type === "Literal" && /^[!^]/.test(part.parts[0].text) ? part.parts.slice(1) : part.parts;
  for (const inner of parts) {
    if (inner.type === "Literal") context.into.add(inner.text, false);
    else yield* expandPart(inner, context);
  }
  context.into.add("]", false);
}

function* expandExtendedGlob(part: Extract<WordPart, { type: "ExtendedGlob" }>, context: WordContext): Task<void> {
  if (part.parts === undefined) return context.into.add(part.text, false);
  context.into.add(`${part.operator}(`, false);
  for (const inner of part.parts) {
    if (inner.type === "Literal") context.into.add(inner.text, false);
    else yield* expandPart(inner, context);
  }
  context.into.add(")", false);
}

function* evaluatePart(shell: Shell, part: ArithmeticExpansionPart): Task<bigint> {
  const inside = part.text.startsWith("$[") ? part.text.slice(2, -1) : part.text.slice(3, -2);
  return yield* evaluateSource(shell, inside, "");
}
