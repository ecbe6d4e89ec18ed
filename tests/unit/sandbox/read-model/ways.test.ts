import { afterAll, beforeAll, expect, test } from "vitest";
import type { LineRunner } from "../../../../src/sandbox/line-runner.ts";
import type { Hop } from "../../../../src/sandbox/read-model/hop.ts";
import { WayReader } from "../../../../src/sandbox/read-model/way-reader.ts";
import type { Sandbox } from "../../../../src/sandbox/sandbox.ts";
import { freshWorld, typeLine, typist } from "../../../support/world.ts";

let world: Sandbox;
let runner: LineRunner;
let reader: WayReader;

beforeAll(() => {
  world = freshWorld();
  runner = typist(world);
  reader = new WayReader(world);
});

afterAll(() => {
  reader.dispose();
  world.dispose();
});

/** Types a line, lets time pass, gives the hops of the way in the order of time. */
function way(line: string, ms = 1000): Hop[] {
  reader.take();
  typeLine(runner, line);
  world.run(ms);
  const hops = [...reader.take()];
  const root = hops.find(({ kind, what }) => kind === "command" && what === line);
  expect(root).toBeDefined();
  return hops.filter(({ command }) => command === root?.id).sort((a, b) => a.uptime - b.uptime || a.id - b.id);
}

function drawn({ kind, from, to, what }: Hop): string {
  return `${kind} ${from.role}>${to.role} ${what}`;
}

test("kubectl get: a trusted handshake, a request, its answer", () => {
  typeLine(runner, "rm -rf ~/.kube/cache");
  const hops = way("kubectl get nodes");
  expect(hops.map(drawn)).toEqual([
    "command command>command kubectl get nodes",
    "handshake command>apiserver TLS handshake",
    "request command>apiserver GET /api?timeout=32s",
    "request command>apiserver GET /apis?timeout=32s",
    "request command>apiserver GET /api/v1/nodes?limit=500",
  ]);
  expect(hops.map(({ outcome }) => outcome)).toMatchObject([
    { ok: true, text: "exit code 0" },
    { ok: true, text: "trusted" },
    { ok: true, text: "200" },
    { ok: true, text: "200" },
    { ok: true, text: "200" },
  ]);
  expect(hops[1]).toMatchObject({
    clientCertificate: { subject: "kubernetes-admin", organizations: ["kubeadm:cluster-admins"], issuer: "kubernetes" },
    serverCertificate: { subject: "kube-apiserver", issuer: "kubernetes" },
  });
});

test("kubectl create deployment: every hop to the containers and back follows from one before it", () => {
  const hops = way("kubectl create deployment web --image=nginx", 5000);
  const byId = new Map(hops.map((hop) => [hop.id, hop]));
  for (const hop of hops.slice(1)) expect(byId.get(hop.cause ?? 0)?.at).toBeLessThanOrEqual(hop.at);
  const started = hops.find(({ kind }) => kind === "container");
  const chain: string[] = [];
  for (let hop = started; hop !== undefined; hop = byId.get(hop.cause ?? 0))
    chain.unshift(`${hop.from.role}>${hop.to.role}`);
  expect(chain.at(-1)).toBe("kubelet>container");
  expect(chain.slice(0, 14)).toEqual([
    "command>command",
    "command>apiserver",
    "command>apiserver",
    "apiserver>etcd",
    "apiserver>controller-manager",
    "controller-manager>apiserver",
    "apiserver>etcd",
    "apiserver>controller-manager",
    "controller-manager>apiserver",
    "apiserver>etcd",
    "apiserver>scheduler",
    "scheduler>apiserver",
    "apiserver>etcd",
    "apiserver>kubelet",
  ]);
  const running = hops.filter(({ from, request }) => from.role === "kubelet" && request.includes('"phase": "Running"'));
  expect(running.length).toBeGreaterThan(0);
});

test("etcdctl without certificates: no TLS, the server hangs up and logs why", () => {
  const hops = way("etcdctl get /", 2000);
  const failed = hops.find(({ kind }) => kind === "handshake");
  expect(failed).toMatchObject({ tls: false, refusedBy: "server", outcome: { ok: false }, to: { role: "etcd" } });
  expect(failed?.logLine).toContain("first record does not look like a TLS handshake");
});

test("etcdctl with the CA alone: the server wants a certificate", () => {
  const hops = way("etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt get /", 2000);
  const failed = hops.find(({ outcome }) => outcome?.ok === false && outcome.text === "certificate required");
  expect(failed).toMatchObject({
    kind: "handshake",
    tls: true,
    refusedBy: "server",
    clientCertificate: undefined,
    serverCertificate: { issuer: "etcd-ca" },
  });
  expect(failed?.logLine).toContain("client didn't provide a certificate");
});

test("a client that does not trust the server refuses by itself", () => {
  const hops = way("etcdctl --endpoints=https://127.0.0.1:2379 get /", 2000);
  expect(hops.find(({ kind }) => kind === "handshake")).toMatchObject({
    tls: true,
    refusedBy: "client",
    outcome: { ok: false, text: "bad certificate" },
  });
});

test("a port where nobody listens", () => {
  const hops = way("kubectl --server=https://10.0.1.10:6444 get nodes");
  expect(hops.find(({ kind }) => kind === "connect")).toMatchObject({
    dialled: "10.0.1.10:6444",
    refusedBy: "network",
    outcome: { ok: false, text: "connection refused" },
  });
});

test("RBAC forbids: who asked stands in the certificate, why stands in the answer", () => {
  const hops = way("kubectl --as=system:serviceaccount:default:default get secrets");
  const asked = hops.find(({ outcome }) => outcome?.text.startsWith("403"));
  expect(asked).toMatchObject({ kind: "request", outcome: { ok: false } });
  expect(asked?.outcome?.text).toContain('cannot list resource "secrets"');
});

test.each(["+400 days", "-400 days"])("a command that sets the calendar by %s is followed further", (by) => {
  const line = `date -s "${by}"; kubectl get nodes`;
  const hops = way(line);
  expect(hops[0]).toMatchObject({ kind: "command", what: line, outcome: { ok: false } });
  expect(hops.filter(({ kind }) => kind === "handshake").map(({ outcome }) => outcome?.ok)).toContain(false);
  const undo = by.startsWith("+") ? "-400 days" : "+400 days";
  typeLine(runner, `date -s "${undo}"`);
});

test("a request that nobody answered is given up, and takes no later transaction for its own", () => {
  typeLine(runner, "pkill -STOP etcd");
  const hops = way("timeout -s KILL 3 kubectl create configmap late", 5000);
  const asked = hops.find(({ what }) => what.startsWith("POST /api/v1/namespaces/default/configmaps"));
  expect(asked).toMatchObject({ refusedBy: "client", outcome: { ok: false, text: "hung up" } });
  typeLine(runner, "pkill -CONT etcd");
  world.run(20_000);
  typeLine(runner, "kubectl delete configmap late --ignore-not-found");
  const again = way("kubectl create configmap late");
  expect(again.filter(({ kind }) => kind === "rpc").map(({ what }) => what)).toContain(
    "KV/Txn /registry/configmaps/default/late",
  );
  expect(again.every(({ outcome }) => outcome !== undefined)).toBe(true);
});

test("a watch that its command ends has come to its end", () => {
  const etcdctl = "etcdctl --cacert=$P/ca.crt --cert=$P/server.crt --key=$P/server.key";
  typeLine(runner, "P=/etc/kubernetes/pki/etcd");
  const hops = way(`timeout 2 ${etcdctl} watch /none`, 4000);
  expect(hops.find(({ what }) => what.startsWith("Watch/Watch"))?.outcome).toEqual({ ok: true, text: "ended" });
});

test("kubectl exec: the API server hands the request on to the kubelet of the pod's node", () => {
  const hops = way("kubectl exec standalone -- true");
  const asked = hops.find(({ what, from }) => from.role === "command" && what.includes("/exec?"));
  const handed = hops.find(({ kind, to }) => kind === "handshake" && to.role === "kubelet");
  expect(handed).toMatchObject({ from: { role: "apiserver" }, cause: asked?.id, outcome: { ok: true } });
  expect(handed?.clientCertificate?.subject).toBe("kube-apiserver-kubelet-client");
  expect(
    hops.filter(({ from, to }) => from.role === "apiserver" && to.role === "kubelet").map(({ kind }) => kind),
  ).toEqual(["handshake", "request"]);
});

test("nobody looks: nothing is read", () => {
  const other = freshWorld();
  const onlooker = new WayReader(other);
  expect(other.kernel.network.tap).toBeDefined();
  onlooker.dispose();
  expect(other.kernel.network.tap).toBeUndefined();
  other.dispose();
});
