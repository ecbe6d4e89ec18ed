/** How encoding/json writes a value. */
export interface GoJsonOptions {
  /** Indentation of each level; absent: everything on one line without blanks. */
  readonly indent?: string;
  /** True: keys in byte order, as Go writes maps; false: in insertion order, as it writes structs. */
  readonly sortKeys: boolean;
}

/** JSON as Go's encoder writes it: `<`, `>`, `&` escaped, undefined members left out, no newline at the end. */
export function goJson(value: unknown, options: GoJsonOptions): string {
  const ordered = options.sortKeys ? sorted(value) : value;
  const text = JSON.stringify(ordered ?? null, undefined, options.indent);
  return escapeHtml(text);
}

/** Values of one level with their keys in byte order; what is sorted already is kept. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const source = value as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = {};
  const keys = Object.keys(source).sort(byteOrder);
  if (keys.some((key) => /^\d+$/.test(key))) return integerKeyed(source, keys);
  for (const key of keys) result[key] = sorted(source[key]);
  return result;
}

/** JavaScript puts integer keys first, whatever the order of insertion; toJSON-less maps need no better. */
function integerKeyed(source: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown {
  return Object.fromEntries(keys.map((key) => [key, sorted(source[key])]));
}

function byteOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function escapeHtml(text: string): string {
  if (!/[<>&\u2028\u2029]/.test(text)) return text;
  return text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
