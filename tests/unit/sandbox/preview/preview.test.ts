import { expect, test } from "vitest";
import type { Consequences } from "../../../../src/sandbox/preview/consequences.ts";
import { consequencesText } from "../../../../src/sandbox/preview/consequences-text.ts";
import { PreviewRun } from "../../../../src/sandbox/preview/preview-run.ts";
import { WarmFork } from "../../../../src/sandbox/preview/warm-fork.ts";
import type { Sandbox } from "../../../../src/sandbox/sandbox.ts";
import { freshWorld, typeLine, typist } from "../../../support/world.ts";

const PKI = "/etc/kubernetes/pki/etcd";
const ETCDCTL = `etcdctl --cacert=${PKI}/ca.crt --cert=${PKI}/server.crt --key=${PKI}/server.key`;
const HOST = "ip-10-0-1-10";

function ahead(world: Sandbox, line: string): Consequences {
  const run = new PreviewRun(new WarmFork(world), { line, host: HOST });
  while (run.step());
  const { consequences } = run;
  run.dispose();
  if (consequences === undefined) throw new Error("no consequences");
  return consequences;
}

const podNames = (world: Sandbox) =>
  typeLine(typist(world), "kubectl get pods -A --no-headers -o custom-columns=NS:.metadata.namespace,N:.metadata.name")
    .stdout.trim()
    .split("\n")
    .map((row) => row.split(/\s+/).join("/"));

test("what a preview of the dangerous delete tells is what comes when it is done", () => {
  const world = freshWorld();
  const before = podNames(world);
  const hash = world.kernel.trace.hash;
  const line = `${ETCDCTL} del /registry/pods --prefix`;
  const seen = ahead(world, line);
  expect(world.kernel.trace.hash).toBe(hash);
  expect(podNames(world)).toEqual(before);
  expect(seen).toMatchObject({ exitCode: 0, output: `${before.length}\n`, complete: true, quiet: true, apiErrors: [] });
  expect(seen.straight?.clients).toEqual([HOST]);
  expect(seen.straight?.deletedKeys.map((key) => key.replace("/registry/pods/", ""))).toEqual(before);
  expect(seen.pods.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(before);

  typeLine(typist(world), line);
  world.run(seen.horizonSeconds * 1000);
  const after = podNames(world);
  const lost = seen.lost.map(({ resource, namespace, name }) => `${resource} ${namespace}/${name}`);
  expect(lost).toEqual(["pods default/standalone"]);
  expect(after).toHaveLength(before.length - lost.length);
  for (const { namespace, name, diesAt, successor } of seen.pods) {
    expect(after.includes(`${namespace}/${name}`)).toBe(successor?.name === name);
    expect(diesAt === undefined).toBe(name.endsWith(HOST)); // mirror pods: only their record goes
    if (name !== "standalone") expect(successor?.readyAt).toBeGreaterThan(0);
  }
  expect(seen.services.map(({ name }) => name).sort()).toEqual(["kube-dns", "nginx"]);
  for (const { from, to } of seen.services) expect(to).toBeGreaterThan(from);
  const commands = seen.advice.map(({ command }) => command);
  expect(commands).toContain("kubectl delete pods -n default --all");
  expect(commands).toContain(`${ETCDCTL} snapshot save /root/before.db`);
  world.dispose();
});

test("through the API: what goes with its owner, what does not come back, how to keep it", () => {
  const world = freshWorld();
  const seen = ahead(world, "kubectl delete deployment nginx");
  expect(seen.straight).toBeUndefined();
  expect(seen.lost.map(({ resource, owned }) => [resource, owned])).toEqual([
    ["deployments", false],
    ["replicasets", true],
    ["pods", true],
  ]);
  expect(seen.services).toMatchObject([{ name: "nginx", to: undefined }]);
  expect(seen.advice.map(({ command }) => command)).toEqual([
    "kubectl get deployments -n default nginx -o yaml > deployments-before.yaml",
    "lab checkpoint before",
  ]);
  expect(consequencesText(seen)).toContain(
    "Gone for good\n  deployments/nginx in default\n  replicasets/nginx-865b59fb76 in default\n",
  );
  world.dispose();
});

test("a kubelet that is stopped: the node is not ready after the grace period, seen from the store", () => {
  const world = freshWorld();
  const seen = ahead(world, "ssh ip-10-0-1-11 systemctl stop kubelet");
  expect(seen.nodes).toMatchObject([{ name: "ip-10-0-1-11", to: undefined }]);
  expect(seen.nodes[0]?.from).toBeGreaterThan(35);
  expect(seen.lost).toEqual([]);
  world.dispose();
});

test("etcd's manifest away: no store, no API, told in the client's words", () => {
  const world = freshWorld();
  const seen = ahead(world, "mv /etc/kubernetes/manifests/etcd.yaml /root/");
  expect(seen.etcdAway).toMatchObject([{ to: undefined }]);
  expect(seen.apiErrors.at(-1)).toMatchObject({ to: undefined });
  expect(seen.apiErrors.at(-1)?.text).toContain("https://10.0.1.10:6443/");
  expect(seen.quiet).toBe(false);
  world.dispose();
});

test("lines that do nothing, never end or are not complete", () => {
  const world = freshWorld();
  expect(consequencesText(ahead(world, "echo hi; false"))).toBe(
    "Looked 12 s ahead on a copy; nothing has happened here.\nNothing in the cluster would change.\n\nThe command\n  exit code 1 at once\n  | hi\n",
  );
  const watching = ahead(world, "kubectl get pods -w");
  expect(watching.exitCode).toBeUndefined();
  expect(watching.seconds).toBeLessThan(60);
  const unfinished = ahead(world, 'echo "unfinished');
  expect(unfinished.complete).toBe(false);
  expect(consequencesText(unfinished)).toContain("the shell waits for the rest of the line");
  world.dispose();
});

test("lab preview runs ahead from where it is typed, with the shell's own variables, and a copy makes no copies", () => {
  const world = freshWorld();
  const runner = typist(world);
  typeLine(runner, "cd /tmp; greeting=hello; pods() { kubectl delete pod standalone; }");
  expect(typeLine(runner, "lab preview 'echo $greeting from $PWD'").stdout).toContain("  | hello from /tmp\n");
  expect(typeLine(runner, "lab preview pods").stdout).toContain("default/standalone on ip-10-0-1-12: dies");
  expect(typeLine(runner, "kubectl get pod standalone -o name").stdout).toBe("pod/standalone\n");
  expect(typeLine(runner, "lab preview 'lab preview ls'").stdout).toContain("it makes no copies");
  expect(typeLine(runner, "lab preview").exitCode).toBe(2);
  world.dispose();
});
