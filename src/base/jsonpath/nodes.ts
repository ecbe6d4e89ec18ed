/** A JSONPath template as client-go reads it: text, fields, filters, ranges. */
export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "array"; readonly slice: ArraySlice }
  | {
      readonly kind: "filter";
      readonly left: readonly Node[];
      readonly right: readonly Node[];
      readonly operator: string;
    }
  | { readonly kind: "literal"; readonly value: string | number | boolean }
  | { readonly kind: "wildcard" }
  | { readonly kind: "recursive" }
  | { readonly kind: "union"; readonly paths: readonly (readonly Node[])[] }
  /** A `{…}` group; `words` begin with `range` or `end`. */
  | { readonly kind: "list"; readonly nodes: readonly Node[] }
  | { readonly kind: "identifier"; readonly name: string };

/** `[from:to:step]` or `[index]`; what was not written is undefined. */
export interface ArraySlice {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly step: number | undefined;
  /** True for `[3]`: one element, which must exist. */
  readonly single: boolean;
}

/** A template that cannot be read or applied; `message` is client-go's text. */
export class JsonPathError extends Error {}
