import { concat, utf8 } from "../../../base/bytes.ts";

/** A stored value that can't be brought back to plain; `message` is upstream's. */
export class TransformError extends Error {}

/** What a stored value holds. */
export interface Plain {
  readonly bytes: Uint8Array;
  /** Whether it would be written otherwise now: a write is due even when nothing else changes. */
  readonly stale: boolean;
}

/** Turns values into what etcd holds, and back (apiserver storage/value Transformer). */
export interface ValueTransformer {
  /** `key` is the etcd key, which some ciphers authenticate. */
  toStorage(plain: Uint8Array, key: string): Uint8Array;
  /** Throws `TransformError`. */
  fromStorage(stored: Uint8Array, key: string): Plain;
}

/** A transformer and the text that marks its values. */
export interface MarkedTransformer {
  /** `k8s:enc:aescbc:v1:`, or a key's name and colon; empty for plain values. */
  readonly prefix: string;
  readonly transformer: ValueTransformer;
}

const ENCRYPTED_MARK = utf8("k8s:enc:");

/** Plain values; what looks encrypted is refused (storage/value/encrypt/identity). */
export const IDENTITY: ValueTransformer = {
  toStorage: (plain) => plain,
  fromStorage(stored) {
    if (startsWith(stored, ENCRYPTED_MARK))
      throw new TransformError("identity transformer tried to read encrypted data");
    return { bytes: stored, stale: false };
  },
};

/**
 * Writes with the first transformer and reads with whichever has the value's mark; several may have the same one, while
 * a key is being replaced.
 *
 *     k8s:enc:aescbc:v1: ─┬─ key2: ── AES-CBC      written from now on
 *                         └─ key1: ── AES-CBC      still read; then the value is stale
 *     (no mark) ──────────── identity
 */
export class PrefixTransformers implements ValueTransformer {
  private readonly noMatch: string;
  private readonly choices: readonly (MarkedTransformer & { readonly mark: Uint8Array })[];

  constructor(noMatch: string, choices: readonly MarkedTransformer[]) {
    this.noMatch = noMatch;
    this.choices = choices.map((choice) => ({ ...choice, mark: utf8(choice.prefix) }));
  }

  toStorage(plain: Uint8Array, key: string): Uint8Array {
    const first = this.choices[0];
    if (first === undefined) return plain;
    const inner = first.transformer.toStorage(plain, key);
    return first.mark.length === 0 ? inner : concat([first.mark, inner]);
  }

  fromStorage(stored: Uint8Array, key: string): Plain {
    const errors = new Set<string>();
    for (const [index, { mark, transformer }] of this.choices.entries()) {
      if (!startsWith(stored, mark)) continue;
      try {
        const plain = transformer.fromStorage(stored.subarray(mark.length), key);
        return { bytes: plain.bytes, stale: plain.stale || index > 0 };
      } catch (error) {
        if (!(error instanceof TransformError)) throw error;
        // What looks encrypted to the identity may still belong to a later provider.
        if (mark.length > 0) errors.add(error.message);
      }
    }
    const [first, ...others] = errors;
    if (first === undefined) throw new TransformError(this.noMatch);
    throw new TransformError(others.length === 0 ? first : `[${[...errors].join(", ")}]`);
  }
}

function startsWith(bytes: Uint8Array, mark: Uint8Array): boolean {
  return bytes.length >= mark.length && mark.every((byte, index) => bytes[index] === byte);
}
