import { fromByteString, toByteString } from "../base/bytes.ts";
import { Memo } from "../base/memo.ts";

/** The curve's dear functions: a secret's point, a secret's signature of a digest, whether a point's signature is good. */
export type CurveFunction = "point" | "signature" | "verdict";

/** What a function gave for its inputs, which stand one after the other. */
export interface CurveResult {
  readonly of: CurveFunction;
  readonly inputs: Uint8Array;
  readonly output: Uint8Array;
}

const known: Readonly<Record<CurveFunction, Memo<Uint8Array>>> = {
  point: new Memo(256),
  signature: new Memo(256),
  verdict: new Memo(1024),
};

/** By function and inputs, while somebody records. */
let recorded: Map<string, CurveResult> | undefined;

/**
 * A result of the curve, computed once: each takes a millisecond, and in a script that runs for the first time several.
 * All depend on their inputs alone (nonces too: RFC 6979), so what one world or one process computed is true in all.
 */
export function curveResult(of: CurveFunction, inputs: readonly Uint8Array[], compute: () => Uint8Array): Uint8Array {
  const question = inputs.map(toByteString).join("");
  const output = known[of].get(question, compute);
  recorded?.set(`${of} ${question}`, { of, inputs: fromByteString(question), output });
  return output;
}

/** Does `work` and gives every result that was asked for meanwhile. */
export function recordCurveResults(work: () => void): readonly CurveResult[] {
  const results = new Map<string, CurveResult>();
  recorded = results;
  try {
    work();
  } finally {
    recorded = undefined;
  }
  return [...results.values()];
}

/**
 * Takes over results that were recorded elsewhere. They are believed: only those that were made together with this code
 * may come here, never what a person brings.
 */
export function supplyCurveResults(results: readonly CurveResult[]): void {
  for (const { of, inputs, output } of results) known[of].put(toByteString(inputs), output);
}
