import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCertificate, parseCertificates, parseCertPool } from "../../../src/pki/certificate-parser.ts";
import { DerError } from "../../../src/pki/der.ts";
import { certificatePem } from "../../../src/pki/kubeadm/files.ts";
import { decodePem, encodePem } from "../../../src/pki/pem.ts";
import { certificateText } from "../../../src/programs/openssl/certificate-text.ts";

const PKI = join(import.meta.dirname, "../../transcripts/etcd/pki");
const pem = (name: string) => readFileSync(join(PKI, name), "utf8");

describe("PEM", () => {
  it("gives back what was written, whatever stands around it", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom("", "subject=x\n", "-----BEGIN A-----\n"),
        (bytes, before) => {
          const written = encodePem("CERTIFICATE", bytes);
          const blocks = decodePem(`${before}${written}rest`);
          expect(blocks.map(({ label, text }) => [label, text])).toEqual([["CERTIFICATE", written]]);
          expect(blocks[0]?.bytes).toEqual(bytes);
        },
      ),
    );
  });

  it("skips headers, damaged blocks and other endings", () => {
    expect(decodePem("-----BEGIN A-----\nProc-Type: 4\n\naGk=\n-----END A-----\n")[0]?.bytes).toEqual(
      Uint8Array.of(104, 105),
    );
    expect(
      decodePem("-----BEGIN A-----\na!\n-----END A-----\n-----BEGIN A-----\r\naGk=\r\n-----END A-----"),
    ).toHaveLength(1);
    expect(decodePem(pem("truncated.crt"))).toEqual([]);
  });

  it("takes no time for a megabyte of beginnings or of headers", () => {
    expect(decodePem("-----BEGIN A-----\n".repeat(60_000))).toEqual([]);
    expect(decodePem(`-----BEGIN A-----\n${"a:b\r\n".repeat(200_000)}!\n-----END A-----\n`)).toEqual([]);
  });
});

describe("certificates", () => {
  const certificates = readdirSync(PKI)
    .filter((name) => name.endsWith(".crt"))
    .flatMap((name) => parseCertPool(pem(name)));

  it("reads all that were recorded, and writes them back", () => {
    expect(certificates.length).toBeGreaterThan(25);
    for (const certificate of certificates) {
      expect(parseCertificates(certificatePem(certificate))[0]).toBe(certificate);
    }
  });

  it("a damaged one is an error in Go's words or another certificate, never a crash", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...certificates),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat()),
        (certificate, changes, cut) => {
          let bytes = Uint8Array.from(certificate.der);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          if (cut !== null) bytes = bytes.slice(0, cut % bytes.length);
          try {
            certificateText(parseCertificate(bytes));
          } catch (error) {
            expect(error).toBeInstanceOf(DerError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
