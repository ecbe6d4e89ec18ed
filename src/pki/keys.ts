/** A private key read from PEM or made here. */
export type PrivateKey =
  | { readonly algorithm: "ECDSA-P256"; readonly secret: Uint8Array; readonly publicKey: PublicKey }
  | {
      readonly algorithm: "RSA";
      readonly n: bigint;
      readonly e: bigint;
      readonly d: bigint;
      readonly p: bigint;
      readonly q: bigint;
      readonly publicKey: PublicKey;
    };

/** The public half, as it stands in a certificate. `point` is uncompressed: 04, x, y. */
export type PublicKey =
  | { readonly algorithm: "ECDSA-P256"; readonly point: Uint8Array }
  | { readonly algorithm: "RSA"; readonly n: bigint; readonly e: bigint };
