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
  const [host = ""] = world.machines.keys();
  const run = new PreviewRun(new WarmFork(world), { line, host });
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
  expect(commands).toContain("kubectl delete pods --all-namespaces --all");
  expect(commands.join("\n")).not.toContain("-n default");
  expect(commands).toContain(`${ETCDCTL} snapshot save /root/before.db`);
  world.dispose();
});

test("a transaction straight to etcd: everything that it deletes and puts is told, nothing that it only would have", () => {
  const world = freshWorld();
  const dangers: (string | undefined)[] = [];
  world.history.onCommand(({ phase, danger }) => phase === "end" && dangers.push(danger));
  const pod = "/registry/pods/default/standalone";
  const line = `printf '%s\\n' 'version("${pod}") > "0"' '' 'del ${pod}' 'del /registry/configmaps/default/k --prefix' 'put /mine 1' '' 'del /registry/pods --prefix' '' | ${ETCDCTL} txn`;
  const seen = ahead(world, line);
  expect(seen.straight).toEqual({
    clients: [HOST],
    deletedKeys: ["/registry/configmaps/default/kube-root-ca.crt", pod],
    putKeys: ["/mine"],
  });
  expect(seen.lost).toMatchObject([{ resource: "pods", name: "standalone" }]);
  expect(typeLine(typist(world), line).stdout).toContain("SUCCESS");
  expect(dangers).toEqual(["2 keys deleted straight from etcd"]);
  world.dispose();
});

test("two objects of one kind in two namespaces are kept in two files", () => {
  const world = freshWorld();
  typeLine(typist(world), "kubectl create configmap a; kubectl create ns other; kubectl -n other create configmap a");
  const seen = ahead(world, "kubectl delete configmap a; kubectl -n other delete configmap a");
  const files = seen.advice.flatMap(({ command }) => />\s*(\S+)/.exec(command ?? "")?.[1] ?? []);
  expect(files).toEqual(["configmaps-default-before.yaml", "configmaps-other-before.yaml"]);
  world.dispose();
});

test("in a world without a cluster nothing is advised that only a cluster has", () => {
  const world = freshWorld({ topology: "bare" });
  const run = "etcd --data-dir=/tmp/d >/dev/null 2>&1 & sleep 3; etcdctl put /registry/pods/default/a 1";
  const seen = ahead(world, `${run}; etcdctl del /registry/pods --prefix`);
  expect(seen.straight?.putKeys).toEqual(["/registry/pods/default/a"]);
  const commands = seen.advice.map(({ command }) => command);
  expect(commands).toContain("etcdctl snapshot save /root/before.db");
  for (const command of commands) expect(command).not.toMatch(/kubectl|cacert/);
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
    "kubectl get deployments -n default nginx -o yaml > deployments-default-before.yaml",
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
