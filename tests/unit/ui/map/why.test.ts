import { expect, test } from "vitest";
import { explain } from "../../../../src/ui/map/why.ts";
import type { Hop } from "../../../../src/worker/protocol.ts";

const command = { role: "command", host: "a", name: "etcdctl" } as const;
const etcd = { role: "etcd", host: "a", name: "etcd" } as const;

function hop(part: Partial<Hop>): Hop {
  return {
    id: 2,
    cause: 1,
    command: 1,
    at: Date.UTC(2026, 5, 1),
    uptime: 0,
    kind: "handshake",
    from: command,
    to: etcd,
    what: "TLS handshake",
    outcome: { ok: false, text: "bad certificate" },
    revision: undefined,
    request: "",
    answer: "",
    dialler: "127.0.0.1:4000",
    dialled: "127.0.0.1:2379",
    clientCertificate: undefined,
    serverCertificate: undefined,
    tls: true,
    refusedBy: "server",
    logLine: "",
    times: 1,
    ...part,
  };
}

const root = hop({ id: 1, kind: "command", to: command, outcome: { ok: false, text: "exit code 1" } });
const old = {
  subject: "admin",
  organizations: [],
  issuer: "etcd-ca",
  notBefore: Date.UTC(2024, 0, 1),
  notAfter: Date.UTC(2025, 0, 1),
};

test("a certificate whose days are over is named with its end", () => {
  const failed = hop({ clientCertificate: old, outcome: { ok: false, text: "expired certificate" }, times: 3 });
  const { sentences } = explain([root, failed]);
  expect(sentences.join(" ")).toContain("“admin”, issued by “etcd-ca”, valid 2024-01-01 to 2025-01-01");
  expect(sentences.join(" ")).toContain("it ended on 2025-01-01");
  expect(sentences.at(-1)).toContain("3 times");
});

test("who broke off is told apart: the client by itself, or the server", () => {
  const byClient = explain([root, hop({ refusedBy: "client", serverCertificate: old })]).sentences.join(" ");
  expect(byClient).toContain("The program itself broke off");
  expect(byClient).toContain("no longer valid");
  expect(byClient).not.toContain("did nothing wrong");
  const valid = { ...old, notAfter: root.at + 1 };
  const strange = explain([root, hop({ refusedBy: "client", serverCertificate: valid })]).sentences.join(" ");
  expect(strange).toContain("did nothing wrong");
  const byServer = explain([root, hop({ outcome: { ok: false, text: "certificate required" } })]).sentences.join(" ");
  expect(byServer).toContain("“certificate required”");
  expect(byServer).toContain("no certificate of its own");
});

test("where nothing on the wire failed it says so, and blames nobody", () => {
  const fine = hop({ outcome: { ok: true, text: "trusted" } });
  expect(explain([root, fine])).toMatchObject({ hop: undefined, log: undefined });
});

test("failures of the cluster's own programs are not the command's", () => {
  const theirs = hop({ kind: "request", from: { role: "kubelet", host: "a", name: "kubelet" } });
  expect(explain([root, theirs]).hop).toBeUndefined();
});
