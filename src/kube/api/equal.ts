import { own } from "../../base/own.ts";

/** Whether two JSON values are the same; absent and undefined fields are alike. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!equalValues(a[index], b[index])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  for (const key in left) if (!equalValues(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && own(left, key) === undefined) return false;
  return true;
}
