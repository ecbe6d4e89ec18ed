import type { GoResult } from "./go-number.ts";

/** The fields of one CSV record as encoding/csv reads it; stringSlice flags split their values so. */
export function parseCsvLine(line: string): GoResult<string[]> {
  if (line === "") return { value: [] };
  if (!line.includes('"')) return { value: (line.split("\n", 1)[0] ?? "").split(",") };
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = line[at] === '"' ? quotedField(line, at) : plainField(line, at);
    if ("error" in field) return field;
    fields.push(field.value.text);
    if (field.value.end >= line.length) return { value: fields };
    at = field.value.end + 1;
  }
}

type Field = GoResult<{ readonly text: string; readonly end: number }>;

function plainField(line: string, start: number): Field {
  const comma = line.indexOf(",", start);
  const end = comma < 0 ? line.length : comma;
  const quote = line.slice(start, end).indexOf('"');
  if (quote < 0) return { value: { text: line.slice(start, end), end } };
  return { error: `parse error on line 1, column ${start + quote + 1}: bare " in non-quoted field` };
}

function quotedField(line: string, start: number): Field {
  let text = "";
  let at = start + 1;
  for (;;) {
    const quote = line.indexOf('"', at);
    if (quote < 0)
      return { error: `parse error on line 1, column ${line.length + 1}: extraneous or missing " in quoted-field` };
    text += line.slice(at, quote);
    const next = line[quote + 1];
    if (next === undefined || next === ",") return { value: { text, end: quote + 1 } };
    if (next !== '"')
      return { error: `parse error on line 1, column ${quote + 1}: extraneous or missing " in quoted-field` };
    text += '"';
    at = quote + 2;
  }
}
