import { type RsaPrivateKey, searchRsaKey } from "../../pki/rsa.ts";
import type { Task } from "../../sim/task.ts";
import { Failure, type Run } from "./run.ts";

/** Simulated processor time that one candidate prime costs. */
const CANDIDATE_MS = 2;
const BITS_MIN = 512;
/** Larger keys would hold up the page for minutes. */
const BITS_MAX = 4096;

/** A new RSA key; the search is a real one and gives way to the rest of the world between candidates. */
export function* makeRsaKey(run: Run, bits: number): Task<RsaPrivateKey> {
  if (bits < BITS_MIN) {
    throw new Failure(
      `${run.name}: Error generating RSA key\n${run.queue(
        "020000AE:rsa routines:rsa_multiprime_keygen:key size too small:../crypto/rsa/rsa_gen.c:83:",
      )}`,
    );
  }
  if (bits > BITS_MAX) throw new Failure(`not simulated in this sandbox: RSA keys of more than ${BITS_MAX} bits\n`);
  const search = searchRsaKey(run.process.random, bits);
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
    yield* run.process.compute(CANDIDATE_MS);
  }
}
