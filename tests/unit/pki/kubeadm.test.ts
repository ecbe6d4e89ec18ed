import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkRequestSignature, parseRequest, signRequest } from "../../../src/pki/certificate-request.ts";
import { subjectName } from "../../../src/pki/distinguished-name.ts";
import { generateEcKey } from "../../../src/pki/ecdsa.ts";
import {
  certificatePem,
  makeClusterSecrets,
  makeControlPlaneFiles,
  makeWorkerFiles,
} from "../../../src/pki/kubeadm/files.ts";
import { signKubernetesRequest } from "../../../src/pki/kubeadm/sign-request.ts";
import { Random } from "../../../src/sim/random.ts";

const NOW = Date.UTC(2026, 10, 17, 10, 23, 0);
const NAMES = {
  nodeName: "ip-10-0-1-10",
  advertiseAddress: "10.0.1.10",
  serviceAddress: "10.96.0.1",
  dnsDomain: "cluster.local",
};
const made = (seed: number) => {
  const random = new Random(seed).fork("kubeadm");
  const making = { now: NOW, random, clusterName: "kubernetes", server: "https://10.0.1.10:6443" };
  const secrets = makeClusterSecrets(NOW, random);
  return {
    secrets,
    files: makeControlPlaneFiles(secrets, NAMES, making),
    worker: makeWorkerFiles(secrets, "ip-10-0-1-11", making),
  };
};
const { secrets, files, worker } = made(1);
const root = mkdtempSync(join(tmpdir(), "kubeadm-"));
for (const file of files) {
  if (file.linkTo !== undefined) continue;
  mkdirSync(dirname(root + file.path), { recursive: true });
  writeFileSync(root + file.path, file.bytes);
}
afterAll(() => rmSync(root, { recursive: true }));
const pki = `${root}/etc/kubernetes/pki`;
const openssl = (...args: string[]) =>
  execFileSync("openssl", args, { encoding: "utf8", cwd: pki, stdio: ["ignore", "pipe", "pipe"] });
const textOf = (path: string) => new TextDecoder().decode(files.find((file) => file.path === path)?.bytes);

describe("kubeadm's PKI, judged by OpenSSL", () => {
  it("has the files and modes that kubeadm 1.35 leaves behind", () => {
    const modes = files.map(({ path, mode }) => `${mode.toString(8)} ${path.replace("/etc/kubernetes/", "")}`).sort();
    expect(modes).toEqual(
      [
        "600 admin.conf",
        "600 controller-manager.conf",
        "600 kubelet.conf",
        "600 pki/apiserver-etcd-client.key",
        "600 pki/apiserver-kubelet-client.key",
        "600 pki/apiserver.key",
        "600 pki/ca.key",
        "600 pki/etcd/ca.key",
        "600 pki/etcd/healthcheck-client.key",
        "600 pki/etcd/peer.key",
        "600 pki/etcd/server.key",
        "600 pki/front-proxy-ca.key",
        "600 pki/front-proxy-client.key",
        "600 pki/sa.key",
        "600 pki/sa.pub",
        "600 scheduler.conf",
        "600 super-admin.conf",
        "600 /var/lib/kubelet/pki/kubelet-client-2026-11-17-10-23-00.pem",
        "600 /var/lib/kubelet/pki/kubelet.key",
        "644 pki/apiserver-etcd-client.crt",
        "644 pki/apiserver-kubelet-client.crt",
        "644 pki/apiserver.crt",
        "644 pki/ca.crt",
        "644 pki/etcd/ca.crt",
        "644 pki/etcd/healthcheck-client.crt",
        "644 pki/etcd/peer.crt",
        "644 pki/etcd/server.crt",
        "644 pki/front-proxy-ca.crt",
        "644 pki/front-proxy-client.crt",
        "644 /var/lib/kubelet/pki/kubelet.crt",
        "777 /var/lib/kubelet/pki/kubelet-client-current.pem",
      ].sort(),
    );
  });

  it.each([
    ["ca.crt", "apiserver", "sslserver"],
    ["ca.crt", "apiserver-kubelet-client", "sslclient"],
    ["etcd/ca.crt", "etcd/server", "sslserver"],
    ["etcd/ca.crt", "etcd/peer", "sslclient"],
    ["etcd/ca.crt", "etcd/healthcheck-client", "sslclient"],
    ["etcd/ca.crt", "apiserver-etcd-client", "sslclient"],
    ["front-proxy-ca.crt", "front-proxy-client", "sslclient"],
  ])("%s vouches for %s, whose key is its own", (ca, name, purpose) => {
    const at = String(NOW / 1000);
    expect(openssl("verify", "-attime", at, "-purpose", purpose, "-CAfile", ca, `${name}.crt`)).toBe(
      `${name}.crt: OK\n`,
    );
    const shown = openssl("x509", "-in", `${name}.crt`, "-noout", "-pubkey");
    expect(openssl("pkey", "-in", `${name}.key`, "-pubout")).toBe(shown);
  });

  it("says in its certificates what kubeadm's say", () => {
    const facts = (file: string) =>
      openssl(
        "x509",
        "-in",
        file,
        "-noout",
        "-subject",
        "-issuer",
        "-dates",
        "-ext",
        "keyUsage,extendedKeyUsage,basicConstraints,subjectAltName",
      );
    expect(facts("etcd/server.crt")).toMatchInlineSnapshot(`
      "subject=CN = ip-10-0-1-10
      issuer=CN = etcd-ca
      notBefore=Nov 17 10:18:00 2026 GMT
      notAfter=Nov 17 10:23:00 2027 GMT
      X509v3 Key Usage: critical
          Digital Signature, Key Encipherment
      X509v3 Extended Key Usage: 
          TLS Web Server Authentication, TLS Web Client Authentication
      X509v3 Basic Constraints: critical
          CA:FALSE
      X509v3 Subject Alternative Name: 
          DNS:ip-10-0-1-10, DNS:localhost, IP Address:10.0.1.10, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1
      "
    `);
    expect(facts("ca.crt")).toMatchInlineSnapshot(`
      "subject=CN = kubernetes
      issuer=CN = kubernetes
      notBefore=Nov 17 10:18:00 2026 GMT
      notAfter=Nov 14 10:23:00 2036 GMT
      X509v3 Key Usage: critical
          Digital Signature, Key Encipherment, Certificate Sign
      X509v3 Basic Constraints: critical
          CA:TRUE
      X509v3 Subject Alternative Name: 
          DNS:kubernetes
      "
    `);
    expect(facts("apiserver.crt")).toMatchInlineSnapshot(`
      "subject=CN = kube-apiserver
      issuer=CN = kubernetes
      notBefore=Nov 17 10:18:00 2026 GMT
      notAfter=Nov 17 10:23:00 2027 GMT
      X509v3 Key Usage: critical
          Digital Signature, Key Encipherment
      X509v3 Extended Key Usage: 
          TLS Web Server Authentication
      X509v3 Basic Constraints: critical
          CA:FALSE
      X509v3 Subject Alternative Name: 
          DNS:ip-10-0-1-10, DNS:kubernetes, DNS:kubernetes.default, DNS:kubernetes.default.svc, DNS:kubernetes.default.svc.cluster.local, IP Address:10.96.0.1, IP Address:10.0.1.10
      "
    `);
  });

  it("writes kubeconfigs whose certificates OpenSSL reads", () => {
    const admin = textOf("/etc/kubernetes/admin.conf");
    expect(admin.replaceAll(/-data: [A-Za-z0-9+/=]+/g, "-data: <DATA>")).toMatchInlineSnapshot(`
      "apiVersion: v1
      clusters:
      - cluster:
          certificate-authority-data: <DATA>
          server: https://10.0.1.10:6443
        name: kubernetes
      contexts:
      - context:
          cluster: kubernetes
          user: kubernetes-admin
        name: kubernetes-admin@kubernetes
      current-context: kubernetes-admin@kubernetes
      kind: Config
      users:
      - name: kubernetes-admin
        user:
          client-certificate-data: <DATA>
          client-key-data: <DATA>
      "
    `);
    const data = /client-certificate-data: (.*)/.exec(admin)?.[1] ?? "";
    const subject = execFileSync("openssl", ["x509", "-noout", "-subject"], {
      input: Buffer.from(data, "base64"),
      encoding: "utf8",
    });
    expect(subject).toBe("subject=O = kubeadm:cluster-admins, CN = kubernetes-admin\n");
  });

  it("gives a worker its CA and its own name only", () => {
    expect(worker.map(({ path }) => path)).toContain("/etc/kubernetes/pki/ca.crt");
    expect(worker.some(({ path }) => path.endsWith("ca.key"))).toBe(false);
  });

  it("is the same for the same seed, and different for another", () => {
    expect(made(1).files).toEqual(files);
    expect(made(2).files[0]?.bytes).not.toEqual(files[0]?.bytes);
  });
});

describe("a signing request", () => {
  const random = new Random(3).fork("csr");
  const key = generateEcKey(random);
  const request = signRequest(subjectName("jane", ["devs"]), key);

  it("is accepted by OpenSSL and carries its own proof", () => {
    const bytes = Buffer.from(request.der);
    const said = execFileSync("openssl", ["req", "-inform", "DER", "-noout", "-subject", "-verify"], {
      input: bytes,
      encoding: "utf8",
    });
    expect(said).toContain("subject=O = devs, CN = jane");
    expect(checkRequestSignature(parseRequest(request.der))).toBe(true);
    const broken = Uint8Array.from(request.der);
    broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1;
    expect(checkRequestSignature(parseRequest(broken))).toBe(false);
  });

  it("becomes a certificate that lives no longer than its CA", () => {
    const options = { usages: ["client auth"], now: NOW, lifetimeMs: 20 * 365 * 86_400_000, random };
    const certificate = signKubernetesRequest(secrets.authorities.ca, request, options);
    expect(certificate.notAfter).toBe(secrets.authorities.ca.certificate.notAfter);
    expect(certificate.extendedKeyUsage).toEqual(["clientAuth"]);
    writeFileSync(`${pki}/jane.crt`, certificatePem(certificate));
    expect(openssl("verify", "-attime", String(NOW / 1000), "-CAfile", "ca.crt", "jane.crt")).toBe("jane.crt: OK\n");
  });
});
