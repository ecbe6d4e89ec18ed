import type { Fields } from "../../api/decode.ts";

/** A private, changeable copy of an immutable type, as defaults and strategies get it. */
export type Draft<T> = T extends readonly (infer Item)[]
  ? Draft<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Draft<T[Key]> }
    : T;

/** Defaults written for a kind's type, as handlers call them: with fields that were decoded by that type's schema. */
export function typed<T>(apply: (draft: Draft<T>) => void): (draft: Fields) => void {
  return apply as unknown as (draft: Fields) => void;
}

/** Sets a field that is absent. */
export function setDefault<T extends object, K extends keyof T>(draft: T, key: K, value: NonNullable<T[K]>): void {
  if (draft[key] === undefined || draft[key] === null) draft[key] = value;
}

/** Sets a text field that is absent or empty, as Go's defaults do for plain strings. */
export function setText<T extends object, K extends keyof T>(draft: T, key: K, value: NonNullable<T[K]>): void {
  if (draft[key] === undefined || draft[key] === null || draft[key] === "") draft[key] = value;
}
