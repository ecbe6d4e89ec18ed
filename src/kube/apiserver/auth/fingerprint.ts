import { sha256 } from "@noble/hashes/sha2.js";
import { hex } from "../../../base/bytes.ts";

/** SHA-256 in hexadecimal, as credential ids and leases' names use it. */
export function fingerprint(bytes: Uint8Array): string {
  return hex(sha256(bytes));
}
