/**
 * A deep copy of a JSON value. `structuredClone` gives the same but takes six times as long, as it writes and reads a
 * message.
 */
export function copyValue<T>(value: T): T {
  return copied(value) as T;
}

function copied(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copied);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const child = copied((value as Record<string, unknown>)[key]);
    if (key !== "__proto__") copy[key] = child;
    else Object.defineProperty(copy, key, { value: child, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}
