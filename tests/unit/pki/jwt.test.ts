import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fromBase64Url } from "../../../src/pki/base64-url.ts";
import { generateEcKey } from "../../../src/pki/ecdsa.ts";
import { parseJwt, signJwt, verifyJwt } from "../../../src/pki/jwt.ts";
import { privateKeyFromPem } from "../../../src/pki/private-key.ts";
import { publicKeyToPem } from "../../../src/pki/public-key.ts";
import { Random } from "../../../src/sim/random.ts";

const CLAIMS = { iss: "https://kubernetes.default.svc.cluster.local", sub: "system:serviceaccount:default:default" };
const ecKey = generateEcKey(new Random(7).fork("jwt"));
const rsaKey = privateKeyFromPem(
  readFileSync(join(import.meta.dirname, "../../transcripts/etcd/pki/server.key"), "utf8"),
);

describe("service account tokens", () => {
  it.each([
    ["ES256", ecKey],
    ["RS256", rsaKey],
  ])("%s tokens are accepted by Node's crypto and by us, and not when changed", (alg, key) => {
    if (key === undefined) throw new Error("no key");
    const token = signJwt(key, CLAIMS);
    const [head = "", body = "", signature = ""] = token.split(".");
    const publicKey = createPublicKey(publicKeyToPem(key.publicKey));
    const raw = fromBase64Url(signature) ?? new Uint8Array(0);
    const signed = new TextEncoder().encode(`${head}.${body}`);
    expect(verify("sha256", signed, { key: publicKey, dsaEncoding: "ieee-p1363" }, raw)).toBe(true);
    const parsed = parseJwt(token);
    expect(parsed).toMatchObject({ header: { alg }, claims: CLAIMS });
    expect(parsed !== undefined && verifyJwt(parsed, [key.publicKey])).toBe(true);
    const changed = parseJwt(`${head}.${body}.${signature.replace(/^./, (char) => (char === "A" ? "B" : "A"))}`);
    expect(changed !== undefined && verifyJwt(changed, [key.publicKey])).toBe(false);
  });

  it("refuses a token of another key or algorithm, and what is no token", () => {
    const parsed = parseJwt(signJwt(ecKey, CLAIMS));
    const other = generateEcKey(new Random(8).fork("jwt"));
    expect(parsed !== undefined && verifyJwt(parsed, [other.publicKey])).toBe(false);
    expect(["", "a.b", "a.b.c", "e30.e30", "e30.W10.AAAA", "e30.e30.AA.AA", "e30.e3 0.AA"].map(parseJwt)).toEqual(
      new Array(7).fill(undefined),
    );
  });
});
