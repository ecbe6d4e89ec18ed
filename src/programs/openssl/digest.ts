import { md5, ripemd160, sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js";

/** Digests by the option that selects them, with the title that results carry. */
export const DIGESTS: Readonly<
  Record<string, { readonly title: string; readonly hash: (data: Uint8Array) => Uint8Array }>
> = {
  md5: { title: "MD5", hash: md5 },
  sha1: { title: "SHA1", hash: sha1 },
  sha224: { title: "SHA2-224", hash: sha224 },
  sha256: { title: "SHA2-256", hash: sha256 },
  sha384: { title: "SHA2-384", hash: sha384 },
  sha512: { title: "SHA2-512", hash: sha512 },
  rmd160: { title: "RIPEMD-160", hash: ripemd160 },
};
