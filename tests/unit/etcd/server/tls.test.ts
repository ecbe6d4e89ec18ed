import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RpcError } from "../../../../src/etcd/rpc/client.ts";
import { dialEtcd } from "../../../../src/etcd/rpc/dial.ts";
import { parseCertPool } from "../../../../src/pki/certificate-parser.ts";
import { loadKeyPair } from "../../../../src/pki/key-pair.ts";
import type { TlsClientConfig } from "../../../../src/pki/tls-config.ts";
import { PKI_FOLDER } from "../../../support/transcript.ts";
import { Bench } from "./fixture.ts";

const pem = (name: string) => readFileSync(join(PKI_FOLDER, name), "utf8");

function secured(server: string): Bench {
  const bench = new Bench(1, "https://127.0.0.1:2379");
  for (const name of [`${server}.crt`, `${server}.key`, "ca.crt"])
    bench.machine.fs.writeFile(`/root/${name}`, pem(name));
  bench.start(
    "--listen-client-urls=https://127.0.0.1:2379",
    "--advertise-client-urls=https://127.0.0.1:2379",
    `--cert-file=${server}.crt`,
    `--key-file=${server}.key`,
    "--client-cert-auth",
    "--trusted-ca-file=ca.crt",
    "--name=m",
    "--initial-cluster=m=http://localhost:2380",
  );
  bench.advance(3000);
  return bench;
}

/** What a get ends with, and what the server said of the connection. */
function attempt(
  bench: Bench,
  scheme: "http" | "https",
  client: string | undefined,
  ca: string | undefined = "ca.crt",
): { client: string; server: unknown } {
  const tls: Omit<TlsClientConfig, "serverName"> = {
    rootCas: ca === undefined ? undefined : parseCertPool(pem(ca)),
    certificate: client === undefined ? undefined : loadKeyPair(pem(`${client}.crt`), pem(`${client}.key`)),
    insecureSkipVerify: false,
  };
  const { kernel, station } = bench.machine;
  const random = kernel.random.fork("tls");
  const connection = dialEtcd({
    ...{ net: station, clock: kernel.clock, tasks: kernel.tasks, random, tls },
    endpoints: [`${scheme}://127.0.0.1:2379`],
  });
  try {
    bench.run(connection.call("etcdserverpb.KV/Range", { key: "a" }, { timeoutMs: 5000 }));
    return { client: "fine", server: undefined };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const server = bench.logged("rejected connection on client endpoint").at(-1)?.["error"];
    return { client: error.desc.replace("latest balancer error: connection error: desc = ", ""), server };
  } finally {
    connection.close();
  }
}

test("clients and the server say what Go says of each other's certificates", () => {
  const bench = secured("server");
  expect(attempt(bench, "https", "healthcheck-client")).toEqual({ client: "fine", server: undefined });
  expect(attempt(bench, "http", undefined)).toEqual({
    client: '"error reading server preface: EOF"',
    server: "tls: first record does not look like a TLS handshake",
  });
  expect(attempt(bench, "https", undefined)).toEqual({
    client: '"error reading server preface: remote error: tls: certificate required"',
    server: "tls: client didn't provide a certificate",
  });
  expect(attempt(bench, "https", "healthcheck-client", "rogue-ca.crt")).toEqual({
    client:
      '"transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"',
    server: "remote error: tls: bad certificate",
  });
  expect(attempt(bench, "https", "rogue-client")).toEqual({
    client: '"error reading server preface: remote error: tls: unknown certificate authority"',
    server: "tls: failed to verify certificate: x509: certificate signed by unknown authority",
  });
  expect(attempt(bench, "https", "expired-client").client).toBe(
    '"error reading server preface: remote error: tls: expired certificate"',
  );
});

test("renewed certificates count from the next handshake on", () => {
  const bench = secured("expired-server");
  expect(attempt(bench, "https", "healthcheck-client").client).toContain("certificate has expired or is not yet valid");
  bench.machine.fs.writeFile("/root/expired-server.crt", pem("server.crt"));
  bench.machine.fs.writeFile("/root/expired-server.key", pem("server.key"));
  expect(attempt(bench, "https", "healthcheck-client").client).toBe("fine");
});

test("a server whose key does not match joins raft, then fails to listen", () => {
  const bench = new Bench();
  for (const name of ["server.crt", "peer.key", "ca.crt"]) bench.machine.fs.writeFile(`/root/${name}`, pem(name));
  bench.start(
    "--listen-client-urls=https://127.0.0.1:2379",
    "--advertise-client-urls=https://127.0.0.1:2379",
    "--cert-file=server.crt",
    "--key-file=peer.key",
  );
  bench.advance(5000);
  expect(bench.process?.exitCode).toBe(1);
  expect(bench.logged("listener failed")[0]).toMatchObject({
    level: "fatal",
    error: "tls: private key does not match public key",
  });
});
