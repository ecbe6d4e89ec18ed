/** A member of an object that is a table: `constructor` and other names that every object inherits are not in it. */
export function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
