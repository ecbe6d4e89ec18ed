/**
 * The only globals of the host that the core may use: pure conversions without clock, randomness or I/O.
 * Everything else (timers, Date.now, fetch, crypto) belongs to `worker/`, `ui/` and `embed/`.
 */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}
declare function structuredClone<T>(value: T): T;
