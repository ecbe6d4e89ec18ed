import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeClusterSecrets, makeControlPlaneFiles } from "../../../../src/pki/kubeadm/files.ts";
import { openssl } from "../../../../src/programs/openssl/main.ts";
import { Random } from "../../../../src/sim/random.ts";
import { newMachine, runProgram } from "../../../support/machine.ts";

const PKI = join(import.meta.dirname, "../../../transcripts/etcd/pki");
const folder = mkdtempSync(join(tmpdir(), "openssl-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What both the real and our openssl find in their working directory. */
const files: Record<string, Uint8Array> = {};
for (const name of readdirSync(PKI)) files[name] = readFileSync(join(PKI, name));
const random = new Random(5).fork("kubeadm");
const now = Date.UTC(2026, 10, 22);
const names = {
  nodeName: "cp",
  advertiseAddress: "10.0.1.10",
  serviceAddress: "10.96.0.1",
  dnsDomain: "cluster.local",
};
const making = { now, random, clusterName: "kubernetes", server: "https://10.0.1.10:6443" };
for (const { path, bytes, linkTo } of makeControlPlaneFiles(makeClusterSecrets(now, random), names, making)) {
  if (linkTo === undefined) files[path.replace("/etc/kubernetes/pki/", "k-").replaceAll("/", "-")] = bytes;
}
files["text"] = new TextEncoder().encode("hello, world\n".repeat(9));
files["names.cnf"] = new TextEncoder().encode(
  "# names\nsubjectAltName = @alt\nextendedKeyUsage=serverAuth,clientAuth\nkeyUsage=critical,digitalSignature,keyEncipherment\nbasicConstraints=critical,CA:FALSE\n\n[ alt ]\nDNS.1 = a.example\nIP.1 = 10.0.0.1\n",
);
for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);

const real = (args: string[], input: string | undefined) => {
  const { stdout, stderr, status } = spawnSync("openssl", args, { cwd: folder, input: input ?? "", encoding: "utf8" });
  return { stdout: withoutRelease(stdout), stderr: withoutThread(stderr), exitCode: status };
};
const machine = newMachine({
  programs: { openssl },
  files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`/work/${name}`, { bytes }])),
});
const ours = (args: string[], input: string | undefined) => {
  const result = runProgram({ machine, argv: ["openssl", ...args], cwd: "/work", stdin: input ?? "" });
  return {
    stdout: withoutRelease(result.stdout),
    stderr: withoutThread(result.stderr),
    exitCode: result.exitCode,
  };
};
/** Debian's security updates move the lines of openssl's own source that its errors name; nothing else may differ. */
const ofOurRelease =
  spawnSync("openssl", ["version"], { encoding: "utf8" }).stdout.split(" ")[1] ===
  runProgram({ machine, argv: ["openssl", "version"], cwd: "/work", stdin: "" }).stdout.split(" ")[1];
const withoutThread = (text: string) => {
  const plain = text.replace(/^[0-9A-F]{16}:error:/gm, "<THREAD>:error:");
  return ofOurRelease ? plain : plain.replace(/(\.c):\d+:/g, "$1:<LINE>:");
};
const withoutRelease = (text: string) =>
  ofOurRelease ? text : text.replace(/OpenSSL 3\.0\.\d+ \d+ \w{3} \d{4}/g, "OpenSSL 3.0.<RELEASE>");

const text = (name: string) => readFileSync(join(folder, name), "utf8");
const certificates = [
  "server.crt",
  "ca.crt",
  "ec-server.crt",
  "ec-ca.crt",
  "alice-client.crt",
  "cnonly-server.crt",
  "expired-ca.crt",
  "serverauth-only-peer.crt",
  "k-ca.crt",
  "k-apiserver.crt",
  "k-etcd-server.crt",
  "k-front-proxy-client.crt",
];

describe("our openssl says byte for byte what Debian's says", () => {
  it.each(
    certificates
      .flatMap((name) => [
        ["x509", "-in", name, "-noout", "-text"],
        ["x509", "-in", name, "-noout", "-dates", "-subject", "-issuer", "-serial", "-fingerprint"],
        ["x509", "-in", name, "-noout", "-purpose", "-pubkey", "-modulus"],
        ["x509", "-in", name],
        ["asn1parse", "-in", name],
      ])
      .map((args) => [args.join(" "), args] as const),
  )("%s", (_, args) => {
    expect(ours(args, undefined)).toEqual(real(args, undefined));
  });

  const lines: [string, string?][] = [
    ["x509 -in server.crt -noout -fingerprint -sha256"],
    ["x509 -in server.crt -noout -ext subjectAltName"],
    ["x509 -in server.crt -noout -ext keyUsage,extendedKeyUsage"],
    ["x509 -in alice-client.crt -noout -ext subjectAltName"],
    ["x509 -in server.crt -noout -enddate -subject -startdate"],
    ["x509 -in server.crt -noout -subject -nameopt RFC2253"],
    ["x509 -in server.crt -noout -issuer -nameopt multiline"],
    ["x509 -in server.crt -noout -text -certopt no_pubkey,no_sigdump"],
    ["x509 -in server.crt -noout -startdate -dateopt iso_8601"],
    ["x509 -in server.crt -noout -checkend 86400"],
    ["x509 -in expired-server.crt -noout -checkend 0"],
    ["x509 -in server.crt -noout -checkhost localhost"],
    ["x509 -in server.crt -noout -checkip 10.9.9.9"],
    ["x509 -noout -subject", "server.crt"],
    ["x509 -in nofile -noout"],
    ["x509 -in garbage.crt -noout -dates"],
    ["x509 -in empty.crt -noout -dates"],
    ["x509 -in server.key -noout -dates"],
    ["x509 -noout -dates"],
    ["x509 -in server.crt extra"],
    ["x509 -in"],
    ["x509 -in server.crt -checkend x"],
    ["verify -CAfile ca.crt server.crt"],
    ["verify -CAfile ec-ca.crt ec-server.crt ec-peer.crt"],
    ["verify -CAfile rogue-ca.crt server.crt rogue-server.crt"],
    ["verify server.crt"],
    ["verify ca.crt"],
    ["verify -CAfile ca.crt ca.crt"],
    ["verify -CAfile ca.crt expired-server.crt"],
    ["verify -CAfile ca.crt notyet-server.crt"],
    ["verify -CAfile expired-ca.crt expired-ca.crt"],
    ["verify -CAfile ca.crt -purpose sslserver clientauth-only-server.crt"],
    ["verify -CAfile ca.crt -purpose sslclient serverauth-only-client.crt"],
    ["verify -CAfile ca.crt -purpose sslserver server.crt"],
    ["verify -CAfile ca.crt -purpose bogus server.crt"],
    ["verify -untrusted ca.crt server.crt"],
    ["verify -CAfile ca.crt -show_chain server.crt"],
    ["verify -CAfile ca.crt -verify_ip 10.9.9.9 server.crt"],
    ["verify -CAfile ca.crt -verify_hostname localhost server.crt"],
    ["verify -CAfile nofile server.crt"],
    ["verify -CAfile garbage.crt server.crt"],
    ["verify -CAfile ca.crt nofile"],
    ["verify -CAfile ca.crt garbage.crt"],
    ["verify -CAfile ca.crt", "server.crt"],
    ["verify -bogus"],
    ["rsa -in server.key -check -noout"],
    ["rsa -in server.key -noout -modulus"],
    ["rsa -in server.key -pubout"],
    ["rsa -in ec-server.key -noout"],
    ["rsa -in nofile -check"],
    ["ec -in ec-server.key -noout -text"],
    ["ec -in ec-server.key -pubout"],
    ["ec -in ec-server.key -check -noout"],
    ["pkey -in ec-server.key -noout -text"],
    ["pkey -in server.key -noout -text"],
    ["pkey -in server.key"],
    ["pkey -in ec-server.key -pubout -check"],
    ["pkey -in nofile"],
    ["pkey -in garbage.key"],
    ["pkey -pubin -in k-sa.pub -noout -text"],
    ["dgst -sha256 text"],
    ["dgst text"],
    ["sha256 text nofile"],
    ["dgst -sha1 -r text"],
    ["md5", "text"],
    ["dgst -sha512 -c text"],
    ["base64 -in text"],
    ["enc -base64 -A -in text"],
    ["enc -base64 -d", "ca.crt"],
    ["rand 4x"],
    ["rand"],
    ["genrsa 1x"],
    ["version"],
    ["bogus"],
    ["req -in nofile"],
    ["req -new -key nofile -subj /CN=a"],
    ["req -new -key ec-server.key -subj CN=a"],
    ["x509 -req -in nofile -CA ca.crt"],
    ["req -x509 -bogus"],
  ];
  it.each(lines)("%s %s", (line, input) => {
    const content = input === undefined ? undefined : input === "ca.crt" ? "aGVsbG8sIHdvcmxkCg==\n" : text(input);
    const args = line.split(" ");
    expect(ours(args, content)).toEqual(real(args, content));
  });
});

describe("what our openssl makes, Debian's takes", () => {
  const take = (path: string) => {
    const bytes = machine.fs.readFile(`/work/${path}`);
    writeFileSync(join(folder, path), bytes);
  };
  const make = (line: string) => {
    const result = ours(line.split(" "), undefined);
    expect(result.exitCode, result.stderr).toBe(0);
    return result;
  };

  it("a key, a request and a certificate signed by a CA, with a serial file", () => {
    make("ecparam -name prime256v1 -genkey -noout -out new.key");
    make("req -new -key new.key -subj /CN=jane/O=devs -addext subjectAltName=DNS:a.b,IP:1.2.3.4 -out new.csr");
    const signed = make(
      "x509 -req -in new.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 7300 -extfile names.cnf -out new.crt",
    );
    expect(signed.stderr).toBe("Certificate request self-signature ok\nsubject=CN = jane, O = devs\n");
    for (const name of ["new.key", "new.csr", "new.crt"]) take(name);
    for (const line of [
      "req -in new.csr -noout -text -verify",
      "x509 -in new.crt -noout -text",
      "pkey -in new.key -noout -text",
    ]) {
      expect(ours(line.split(" "), undefined)).toEqual(real(line.split(" "), undefined));
    }
    expect(real(["verify", "-CAfile", "ca.crt", "new.crt"], undefined).stdout).toBe("new.crt: OK\n");
    const serial = real(["x509", "-in", "new.crt", "-noout", "-serial"], undefined).stdout.trim();
    expect(`serial=${machine.fs.readText("/work/ca.srl").trim()}`).toBe(serial);
  });

  it("an RSA key, found by a real search", () => {
    make("genrsa -out rsa.key 1024");
    take("rsa.key");
    expect(real(["rsa", "-in", "rsa.key", "-check", "-noout"], undefined).stdout).toBe("RSA key ok\n");
  });

  it("a certificate without extensions is of version 1; one that is self-signed by req is a CA", () => {
    make("req -new -key k-apiserver.key -subj /CN=x -out x.csr");
    make("x509 -req -in x.csr -CA k-ca.crt -CAkey k-ca.key -set_serial 0x10 -days -1 -out x.crt");
    make("req -x509 -new -key k-apiserver.key -subj /CN=x -days 3650 -out self.crt");
    for (const name of ["x.crt", "self.crt"]) {
      take(name);
      const line = `x509 -in ${name} -noout -text`;
      expect(ours(line.split(" "), undefined)).toEqual(real(line.split(" "), undefined));
    }
    expect(real(["x509", "-in", "x.crt", "-noout", "-text"], undefined).stdout).toContain("Version: 1 (0x0)");
  });

  it("a CA's certificate with another's key is refused", () => {
    make("req -new -key k-apiserver.key -subj /CN=x -out y.csr");
    take("y.csr");
    const args = "x509 -req -in y.csr -CA k-ca.crt -CAkey k-etcd-ca.key -days 1".split(" ");
    expect(ours(args, undefined)).toEqual(real(args, undefined));
  });
});
