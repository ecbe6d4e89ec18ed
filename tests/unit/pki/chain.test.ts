import { describe, expect, it } from "vitest";
import type { Certificate } from "../../../src/pki/certificate.ts";
import { signCertificate } from "../../../src/pki/certificate-builder.ts";
import { type VerifyOptions, verifyCertificate, verifyHostname } from "../../../src/pki/chain.ts";
import { subjectName } from "../../../src/pki/distinguished-name.ts";
import { generateEcKey } from "../../../src/pki/ecdsa.ts";
import { basicConstraintsExtension, keyUsageExtension } from "../../../src/pki/extension-codec.ts";
import { canonicalIp, ipBytes } from "../../../src/pki/ip-address.ts";
import { type Authority, issueCertificate, newAuthority } from "../../../src/pki/kubeadm/authority.ts";
import { opensslVerify } from "../../../src/pki/openssl-chain.ts";
import { Random } from "../../../src/sim/random.ts";
import { resolveHost } from "../../../src/sim/resolver.ts";

const NOW = Date.UTC(2026, 10, 22);
const random = new Random(11).fork("chain");

function leafOf(
  authority: Authority,
  altNames: readonly string[] = ["a.example", "*.wild.example", "10.0.0.1"],
): Certificate {
  const { publicKey } = generateEcKey(random);
  const purposes = ["serverAuth" as const];
  const dates = { notBefore: NOW - 1000, notAfter: NOW + 1000 };
  return issueCertificate(authority, { subject: subjectName("leaf"), publicKey, purposes, altNames, ...dates }, random);
}

function intermediateOf(parent: Authority, isCa: boolean, pathLength?: number): Authority {
  const key = generateEcKey(random);
  const extensions = [keyUsageExtension(["keyCertSign"]), basicConstraintsExtension(isCa, pathLength)];
  const template = {
    serial: 7n,
    subject: subjectName("middle"),
    issuer: parent.certificate.subject,
    notBefore: NOW - 1000,
    notAfter: NOW + 1000,
    publicKey: key.publicKey,
    extensions,
  };
  return { certificate: signCertificate(template, parent.key), key };
}

function check(leaf: Certificate, changes: Partial<VerifyOptions>): string {
  const options = { roots: [], intermediates: [], usage: "serverAuth" as const, hostname: undefined, nowMs: NOW };
  return verifyCertificate(leaf, { ...options, ...changes })?.message ?? "ok";
}

const root = newAuthority("kubernetes", NOW, random);
const namesake = newAuthority("kubernetes", NOW, random);

describe("Go's chain rules", () => {
  it("finds a way over intermediates, and says when one is no CA or too far away", () => {
    const middle = intermediateOf(root, true);
    const leaf = leafOf(middle);
    expect(check(leaf, { roots: [root.certificate], intermediates: [middle.certificate] })).toBe("ok");
    expect(check(leaf, { roots: [root.certificate] })).toBe("x509: certificate signed by unknown authority");
    const fake = intermediateOf(root, false);
    expect(check(leafOf(fake), { roots: [root.certificate], intermediates: [fake.certificate] })).toBe(
      'x509: certificate signed by unknown authority (possibly because of "x509: invalid signature: parent certificate cannot sign this kind of certificate" while trying to verify candidate authority certificate "middle")',
    );
    const short = intermediateOf(root, true, 0);
    const below = intermediateOf(short, true);
    const intermediates = [short.certificate, below.certificate];
    expect(check(leafOf(below), { roots: [root.certificate], intermediates })).toContain(
      "x509: too many intermediates for path length constraint",
    );
  });

  it("names the CA whose key does not fit, as after a CA was made anew", () => {
    expect(check(leafOf(root), { roots: [namesake.certificate] })).toBe(
      'x509: certificate signed by unknown authority (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority certificate "kubernetes")',
    );
    expect(check(leafOf(root), { roots: [namesake.certificate, root.certificate] })).toBe("ok");
  });

  it("looks at dates before names, at names before the chain, at purposes last", () => {
    const leaf = leafOf(root);
    const late = { roots: [root.certificate], nowMs: NOW + 2000, hostname: "b.example" };
    expect(check(leaf, late)).toBe(
      "x509: certificate has expired or is not yet valid: current time 2026-11-22T00:00:02Z is after 2026-11-22T00:00:01Z",
    );
    expect(check(leaf, { hostname: "b.example" })).toBe(
      "x509: certificate is valid for a.example, *.wild.example, not b.example",
    );
    expect(check(leaf, { usage: "clientAuth" })).toBe("x509: certificate signed by unknown authority");
    expect(check(leaf, { usage: "clientAuth", roots: [root.certificate] })).toBe(
      "x509: certificate specifies an incompatible key usage",
    );
  });

  it("an expired root is the answer when it was the only way", () => {
    const nowMs = root.certificate.notAfter + 1000;
    const { publicKey } = generateEcKey(random);
    const dates = { notBefore: NOW, notAfter: nowMs + 1000 };
    const leaf = issueCertificate(root, { subject: subjectName("x"), publicKey, purposes: [], ...dates }, random);
    expect(check(leaf, { roots: [root.certificate], nowMs })).toContain(
      "x509: certificate has expired or is not yet valid",
    );
  });

  it.each([
    ["a.example", true],
    ["A.EXAMPLE.", true],
    ["x.wild.example", true],
    ["wild.example", false],
    ["x.y.wild.example", false],
    ["10.0.0.1", true],
    ["[10.0.0.1]", true],
    ["10.0.0.2", false],
    ["leaf", false],
  ])("name %s: %s", (name, good) => {
    expect(verifyHostname(leafOf(root), name) === undefined).toBe(good);
  });
});

describe("OpenSSL's chain rules", () => {
  const ask = (leaf: Certificate, trusted: Certificate[], untrusted: Certificate[] = []) =>
    opensslVerify({
      leaf,
      trusted,
      untrusted,
      purpose: "sslserver",
      hostname: undefined,
      nowMs: NOW,
      goOn: () => true,
    }).problems.map(({ code, depth }) => `${code}@${depth}`);

  it("tells by key identifiers that a namesake is not the issuer", () => {
    expect(ask(leafOf(root), [root.certificate])).toEqual([]);
    expect(ask(leafOf(root), [namesake.certificate])).toEqual(["20@0", "21@0"]);
    expect(ask(leafOf(root), [], [root.certificate])).toEqual(["19@1"]);
    expect(ask(root.certificate, [])).toEqual(["18@0"]);
  });

  it("checks signatures where no identifier speaks against an issuer", () => {
    const middle = intermediateOf(root, true);
    const other = intermediateOf(root, true);
    expect(ask(leafOf(middle), [root.certificate], [middle.certificate])).toEqual([]);
    expect(ask(leafOf(middle), [root.certificate], [other.certificate])).toEqual(["7@0"]);
  });
});

describe("addresses and names of hosts", () => {
  it.each([
    ["::1", "::1"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["2001:DB8::0001:0", "2001:db8::1:0"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["fe80::", "fe80::"],
    ["10.0.0.1", "10.0.0.1"],
  ])("%s is %s", (written, canonical) => {
    expect(canonicalIp(written)).toBe(canonical);
  });

  it("knows what is no address", () => {
    expect(
      ["", "1.2.3", "1.2.3.256", ":::", "1::2::3", "1:2:3:4:5:6:7", "g::", "1:2:3:4:5:6:7:8:9"].map(ipBytes),
    ).toEqual(new Array(8).fill(undefined));
  });

  it("resolves by /etc/hosts alone", () => {
    const hosts = "# names\n127.0.0.1 localhost\n::1 localhost six\n10.0.1.10\tip-10-0-1-10 cp # node\n";
    const resolved = ["localhost", "CP", "cp.", "six", "10.9.9.9", "[::1]", "nohost", ""].map((name) =>
      resolveHost(hosts, name),
    );
    expect(resolved).toEqual(["127.0.0.1", "10.0.1.10", "10.0.1.10", "::1", "10.9.9.9", "::1", undefined, undefined]);
    expect(resolveHost("", "localhost")).toBe("127.0.0.1");
  });
});
