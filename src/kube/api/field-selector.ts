/** One demand of a field selector. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: "=" | "!=";
  readonly value: string;
}

/** A field selector that can't be read; `message` is apimachinery's. */
export class FieldSelectorError extends Error {}

/** Reads `a=b,c!=d` with `\`-escapes (apimachinery fields.ParseSelector). Throws `FieldSelectorError`. */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === "") continue;
    const match = /^((?:[^\\=!]|\\.|!(?!=))*?)(==|!=|=)((?:[^\\]|\\.)*)$/s.exec(term);
    if (match === null) throw new FieldSelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
    requirements.push({
      field: match[1] ?? "",
      operator: match[2] === "!=" ? "!=" : "=",
      value: (match[3] ?? "").replace(/\\(.)/gs, "$1"),
    });
  }
  return requirements;
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let current = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\" && i + 1 < text.length) current += text.charAt(i) + text.charAt(++i);
    else if (text[i] === ",") {
      terms.push(current);
      current = "";
    } else current += text.charAt(i);
  }
  terms.push(current);
  return terms;
}

/** The value at a dotted path as text; empty when it is not there. */
export function fieldText(object: unknown, path: string): string {
  let value: unknown = object;
  for (const part of path.split(".")) {
    if (typeof value !== "object" || value === null) return "";
    value = (value as Record<string, unknown>)[part];
  }
  return value === undefined || value === null ? "" : String(value);
}
