import { p256 } from "@noble/curves/nist.js";
import { expect, test } from "vitest";
import { utf8 } from "../../../src/base/bytes.ts";
import { curveResult, recordCurveResults, supplyCurveResults } from "../../../src/pki/curve-results.ts";
import { ecSignRaw, ecVerifyRaw, generateEcKey } from "../../../src/pki/ecdsa.ts";
import { Random } from "../../../src/sim/random.ts";

const MESSAGE = utf8("what was signed");

test("what the curve was asked is recorded with its answers, and what it was asked before too", () => {
  const key = generateEcKey(new Random(1).fork("keys"));
  const work = () => {
    const signature = ecSignRaw(key, MESSAGE);
    if (key.publicKey.algorithm === "RSA") throw new Error("no P-256 key");
    expect(ecVerifyRaw(key.publicKey, MESSAGE, signature)).toBe(true);
    expect(ecVerifyRaw(key.publicKey, utf8("something else"), signature)).toBe(false);
  };
  const first = recordCurveResults(work);
  expect(first.map(({ of }) => of).sort()).toEqual(["point", "signature", "verdict", "verdict"]);
  expect(recordCurveResults(work)).toEqual(first.filter(({ of }) => of !== "point"));
  expect(recordCurveResults(() => undefined)).toEqual([]);

  for (const { of, inputs, output } of first) {
    if (of === "point") expect(output).toEqual(p256.getPublicKey(inputs, false));
    else if (of === "signature") expect(output).toEqual(p256.sign(MESSAGE, inputs.subarray(0, 32), { lowS: false }));
    else expect(inputs.length).toBe(65 + 32 + 64);
  }
});

test("nothing is computed that was supplied", () => {
  const inputs = [Uint8Array.of(1, 2), Uint8Array.of(3)];
  supplyCurveResults([{ of: "signature", inputs: Uint8Array.of(1, 2, 3), output: Uint8Array.of(9) }]);
  const never = (): Uint8Array => {
    throw new Error("computed");
  };
  expect(curveResult("signature", inputs, never)).toEqual(Uint8Array.of(9));
  expect(() => curveResult("point", inputs, never)).toThrow("computed");
});
