import { parse, type Word } from "unbash";

const expanded = new WeakMap<Word, readonly Word[]>();
const RESULTS_MAX = 1_000_000;

/** Braces make more words than the shell can hold; the message lacks the shell's name. */
export class TooManyWords extends Error {
  constructor(words: number) {
    super(`brace expansion: failed to allocate memory for ${words} elements`);
  }
}

/** The words that `{a,b}` and `{1..3}` in a word make; the word alone when there are none. Throws `TooManyWords`. */
export function expandBraces(word: Word): readonly Word[] {
  if (!word.text.includes("{")) return [word];
  const known = expanded.get(word);
  if (known !== undefined) return known;
  const texts = braceTexts(word.text);
  const words = texts.length === 1 && texts[0] === word.text ? [word] : texts.map(wordOf);
  expanded.set(word, words);
  return words;
}

/** A word made of its text. */
export function wordOf(text: string): Word {
  const plain: Word = { type: "Word", text, value: text, pos: 0, end: text.length };
  if (/^[\w./,:=+@%-]*$/.test(text)) return plain;
  const command = parse(`: ${text}`).commands[0]?.command;
  const word = command?.type === "Command" ? command.args[0] : undefined;
  return word?.type === "Word" ? word : plain;
}

/** Brace expansion of a text; quotes and expansions in it stay as they are. */
function braceTexts(text: string): string[] {
  const brace = findBrace(text);
  if (brace === undefined) return [text];
  const before = text.slice(0, brace.start);
  const rests = braceTexts(text.slice(brace.end));
  const results: string[] = [];
  for (const item of brace.items) {
    const middles = braceTexts(item);
    const words = results.length + middles.length * rests.length;
    if (words > RESULTS_MAX) throw new TooManyWords(words);
    for (const middle of middles) for (const rest of rests) results.push(before + middle + rest);
  }
  return results;
}

interface Brace {
  readonly start: number;
  readonly end: number;
  readonly items: readonly string[];
}

function findBrace(text: string): Brace | undefined {
  for (let at = 0; at < text.length; ) {
    if (text.charAt(at) === "{") {
      const brace = braceAt(text, at);
      if (brace !== undefined) return brace;
      at++;
    } else at = skip(text, at);
  }
  return undefined;
}

function braceAt(text: string, start: number): Brace | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const char = text.charAt(at);
    if (char === "{") depth++;
    if (char === "}" && --depth === 0) return braceBetween(text, start, at, commas);
    if (char === "," && depth === 1) commas.push(at);
    at = char === "{" || char === "}" ? at + 1 : skip(text, at);
  }
  return undefined;
}

function braceBetween(text: string, start: number, close: number, commas: readonly number[]): Brace | undefined {
  const end = close + 1;
  if (commas.length === 0) {
    const items = sequence(text.slice(start + 1, close));
    return items === undefined ? undefined : { start, end, items };
  }
  const items: string[] = [];
  let from = start + 1;
  for (const comma of [...commas, close]) {
    items.push(text.slice(from, comma));
    from = comma + 1;
  }
  return { start, end, items };
}

/** The items of `1..10..2` or `a..e`. */
function sequence(text: string): string[] | undefined {
  const numbers = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(text);
  if (numbers !== null) return numberSequence(numbers[1] ?? "", numbers[2] ?? "", Number(numbers[3] ?? "1"));
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$/.exec(text);
  if (letters === null) return undefined;
  const codes = steps((letters[1] ?? "").charCodeAt(0), (letters[2] ?? "").charCodeAt(0), Number(letters[3] ?? "1"));
  return codes.map((code) => String.fromCharCode(code));
}

function numberSequence(first: string, last: string, step: number): string[] {
  const padded = /^-?0\d/.test(first) || /^-?0\d/.test(last);
  const width = padded ? Math.max(first.length, last.length) : 0;
  return steps(Number(first), Number(last), step).map((value) => {
    const digits = String(Math.abs(value));
    return value < 0 ? `-${digits.padStart(width - 1, "0")}` : digits.padStart(width, "0");
  });
}

function steps(first: number, last: number, step: number): number[] {
  const size = Math.abs(step) || 1;
  const count = Math.floor(Math.abs(last - first) / size) + 1;
  if (count > RESULTS_MAX) throw new TooManyWords(count);
  const results: number[] = [];
  if (first <= last) for (let value = first; value <= last; value += size) results.push(value);
  else for (let value = first; value >= last; value -= size) results.push(value);
  return results;
}

/** The position behind the quoted text, expansion or plain character at `at`. */
function skip(text: string, at: number): number {
  const char = text.charAt(at);
  if (char === "\\") return at + 2;
  if (char === "'" || char === "`") return behind(text, char, at + 1);
  if (char === '"') return behindDoubleQuotes(text, at + 1);
  if (char !== "$") return at + 1;
  const next = text.charAt(at + 1);
  if (next === "{") return behindBalanced(text, at + 1, "{", "}");
  return next === "(" ? behindBalanced(text, at + 1, "(", ")") : at + 1;
}

function behind(text: string, close: string, from: number): number {
  const end = text.indexOf(close, from);
  return end < 0 ? text.length : end + 1;
}

function behindDoubleQuotes(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text.charAt(at) === "\\") at++;
    else if (text.charAt(at) === '"') return at + 1;
  }
  return text.length;
}

function behindBalanced(text: string, open: number, opening: string, closing: string): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\") at++;
    else if (char === opening) depth++;
    else if (char === closing && --depth === 0) return at + 1;
  }
  return text.length;
}
