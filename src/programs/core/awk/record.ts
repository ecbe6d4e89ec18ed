import { posixRegex } from "../../../base/posix-regex.ts";
import { type AwkValue, fromInput, toText } from "./value.ts";

const regexes = new Map<string, RegExp>();

/** A compiled extended regular expression, kept for the next use; a bad one matches its own text. */
export function compileRegex(source: string): RegExp {
  const known = regexes.get(source);
  if (known !== undefined) return known;
  const translated = posixRegex(source, "extended");
  let regex: RegExp;
  try {
    regex = new RegExp(translated.ok ? translated.source : escapeText(source), "g");
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    regex = new RegExp(escapeText(source), "g");
  }
  if (regexes.size > 500) regexes.clear();
  regexes.set(source, regex);
  return regex;
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** Cuts a record at FS: a blank means runs of blanks, one character means itself, more is a regular expression. */
export function splitFields(record: string, separator: string): string[] {
  if (record === "") return [];
  if (separator === " ") return record.trim() === "" ? [] : record.trim().split(/[ \t\n]+/);
  if (separator === "") return [...record];
  if (separator === "\t" || (separator.length === 1 && !/[\\^$.[\]|()*+?{}]/.test(separator)))
    return record.split(separator);
  if (separator === "|") return record.split("|");
  const regex = compileRegex(separator);
  const fields: string[] = [];
  let at = 0;
  for (const found of record.matchAll(new RegExp(regex.source, "g"))) {
    if (found[0] === "") continue;
    fields.push(record.slice(at, found.index));
    at = found.index + found[0].length;
  }
  return [...fields, record.slice(at)];
}

/** $0 and its fields, each made from the other when needed. */
export class Record {
  private whole: string | undefined = "";
  private fields: AwkValue[] | undefined;
  private readonly separators: () => { input: string; output: string };

  constructor(separators: () => { input: string; output: string }) {
    this.separators = separators;
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
    this.fields ??= splitFields(this.whole ?? "", this.separators().input).map(fromInput);
    return this.fields;
  }

  private text(): string {
    this.whole ??= this.split()
      .map((value) => toText(value))
      .join(this.separators().output);
    return this.whole;
  }
}
