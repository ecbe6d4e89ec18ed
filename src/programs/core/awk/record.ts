import type { Regex } from "../../../base/regex/regex.ts";
import type { AwkRegexes } from "./regexes.ts";
import { type AwkValue, fromInput, toText } from "./value.ts";

/** Cuts a record at FS: a blank means runs of blanks, one character means itself, more is a regular expression. */
export function splitFields(record: string, separator: string, regexes: AwkRegexes): string[] {
  if (record === "") return [];
  if (separator === " ") return record.match(/[^ \t\n]+/g) ?? [];
  if (separator === "") return [...record];
  if (separator === "\t" || (separator.length === 1 && !/[\\^$.[\]|()*+?{}]/.test(separator)))
    return record.split(separator);
  if (separator === "|") return record.split("|");
  return splitAt(regexes.get(separator), record);
}

/** The pieces between matches; an empty match separates nothing. */
export function splitAt(regex: Regex, text: string): string[] {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end } of regex.matches(text)) {
    if (start === end) continue;
    pieces.push(text.slice(at, start));
    at = end;
  }
  pieces.push(text.slice(at));
  return pieces;
}

/** $0 and its fields, each made from the other when needed. */
export class Record {
  private whole: string | undefined = "";
  private fields: AwkValue[] | undefined;
  private readonly separators: () => { input: string; output: string };
  private readonly regexes: AwkRegexes;

  constructor(separators: () => { input: string; output: string }, regexes: AwkRegexes) {
    this.separators = separators;
    this.regexes = regexes;
  }

  set(text: string): void {
    this.whole = text;
    this.fields = undefined;
  }

  get count(): number {
    return this.split().length;
  }

  /** Cuts or lengthens the record to `count` fields. */
  resize(count: number): void {
    const fields = this.split();
    while (fields.length < count) fields.push("");
    fields.length = Math.max(0, count);
    this.whole = undefined;
  }

  get(index: number): AwkValue {
    if (index === 0) return fromInput(this.text());
    return this.split()[index - 1];
  }

  put(index: number, value: AwkValue): void {
    if (index === 0) {
      this.set(toText(value));
      return;
    }
    const fields = this.split();
    while (fields.length < index) fields.push("");
    fields[index - 1] = value;
    this.whole = undefined;
  }

  private split(): AwkValue[] {
    this.fields ??= splitFields(this.whole ?? "", this.separators().input, this.regexes).map(fromInput);
    return this.fields;
  }

  private text(): string {
    this.whole ??= this.split()
      .map((value) => toText(value))
      .join(this.separators().output);
    return this.whole;
  }
}
