import { expect, test } from "vitest";
import { storedKeys } from "../../../../src/sandbox/history/diff/stored-keys.ts";
import { historyDiff } from "../../../../src/sandbox/history/diff/way-back.ts";
import type { WorldDiff } from "../../../../src/sandbox/history/diff/world-diff.ts";
import { decodeImage, encodeImage } from "../../../../src/sandbox/image-codec.ts";
import type { Sandbox, SandboxImage } from "../../../../src/sandbox/sandbox.ts";
import { freshWorld, typeLine, typist } from "../../../support/world.ts";

const PKI = "/etc/kubernetes/pki/etcd";
const ETCDCTL = `etcdctl --cacert=${PKI}/ca.crt --cert=${PKI}/server.crt --key=${PKI}/server.key`;

function diffOf(world: Sandbox, from?: string, to?: string): WorldDiff {
  const diff = historyDiff(world.history, from, to);
  if (typeof diff === "string") throw new Error(diff);
  return diff;
}

test("the keys of an image are those that etcd answers with, also before they are in its db", () => {
  const world = freshWorld();
  const runner = typist(world);
  typeLine(runner, "kubectl create configmap a --from-literal=b=c");
  for (const line of ["put x 1", "put y 2", "del x", "lease grant 60", "compact 20"])
    typeLine(runner, `${ETCDCTL} ${line}`);
  typeLine(runner, `${ETCDCTL} put fresh value`);
  const image = world.image();
  const { stdout } = typeLine(
    runner,
    `${ETCDCTL} get "" --from-key -w json | jq -r '.kvs[] | "\\(.key) \\(.mod_revision)"'`,
  );
  const stored = [...storedKeys(image).values()].map(
    ({ key, modRevision }) => `${Buffer.from(key, "latin1").toString("base64")} ${modRevision}`,
  );
  const answered = stdout.trimEnd().split("\n");
  // what the cluster renewed between the image and the answer
  expect(stored.filter((row) => !answered.includes(row)).length).toBeLessThan(5);
  expect(stored.length).toBe(answered.length);
  expect([...storedKeys(image).keys()]).toContain("fresh");
  expect([...storedKeys(image).keys()]).not.toContain("x");
  world.dispose();
});

test("says what differs in objects, keys, files and processes, and not what the cluster does by itself", () => {
  const world = freshWorld();
  const runner = typist(world);
  world.run(300_000);
  expect(diffOf(world, "start")).toMatchObject({ objects: [], keys: [], files: [], processes: [] });
  typeLine(runner, "kubectl create configmap a --from-literal=b=c; kubectl scale deployment nginx --replicas=2");
  typeLine(runner, `${ETCDCTL} put /mine value; echo note > note; sed -i 1d /etc/hosts; systemctl stop kubelet`);
  const diff = diffOf(world, "start");
  expect(diff.objects.map(({ change, kind, name }) => `${change} ${kind} ${name}`)).toContain("created ConfigMap a");
  const nginx = diff.objects.find(({ kind, name }) => kind === "Deployment" && name === "nginx");
  expect(nginx?.fields).toContainEqual({ path: "spec.replicas", from: "1", to: "2" });
  expect(diff.keys).toEqual([{ change: "created", key: "/mine", from: undefined, to: "value" }]);
  expect(diff.files).toEqual([
    {
      change: "changed",
      host: "ip-10-0-1-10",
      path: "/etc/hosts",
      patch: expect.stringContaining("\n-127.0.0.1 localhost\n"),
    },
    { change: "created", host: "ip-10-0-1-10", path: "/root/note", patch: "@@ -0,0 +1,1 @@\n+note\n" },
  ]);
  expect(diff.processes).toContainEqual({
    host: "ip-10-0-1-10",
    what: "service",
    name: "kubelet.service",
    from: "active",
    to: "inactive",
  });
  expect(diffOf(world, "now", "start").keys).toEqual([
    { change: "deleted", key: "/mine", from: "value", to: undefined },
  ]);
  expect(historyDiff(world.history, "nowhere")).toBe('there is no checkpoint "nowhere"; see lab list');
  world.dispose();
});

test("what booting hosts write anew is told as the cluster's own doing, and hides nothing else", () => {
  const world = freshWorld();
  typeLine(typist(world), "kubectl delete pod standalone");
  world.history.undo();
  world.run(60_000);
  const undone = diffOf(world, "start");
  expect(undone).toMatchObject({ objects: [], keys: [], files: [], processes: [], own: { booted: 0 } });
  typeLine(typist(world), "kubectl delete pod -n kube-system kube-scheduler-ip-10-0-1-10; sleep 20");
  const { objects } = diffOf(world, "start");
  expect(objects.map(({ name }) => name)).toEqual(["kube-scheduler-ip-10-0-1-10"]);
  expect(objects[0]?.fields.map(({ path }) => path)).toContain("metadata.uid");
  world.dispose();
});

test("a host that somebody boots is counted, hosts that a way back boots are not", () => {
  const world = freshWorld();
  typeLine(typist(world), "ssh ip-10-0-1-12 reboot");
  world.run(90_000);
  expect(diffOf(world, "start").own.booted).toBe(1);
  world.dispose();
});

test("works with a dead etcd and after its data is gone, and on images that were bytes", () => {
  const world = freshWorld();
  const runner = typist(world);
  typeLine(runner, "mv /etc/kubernetes/manifests/etcd.yaml /root; sleep 30");
  typeLine(runner, "rm -r /var/lib/etcd/member");
  expect(typeLine(runner, "lab diff").stdout).toMatch(/Objects\n(?: {2}- .*\n){50,}/);
  const image = world.history.find("start") as SandboxImage;
  const copy = decodeImage(encodeImage(image)) as SandboxImage;
  expect([...storedKeys(copy).keys()]).toEqual([...storedKeys(image).keys()]);
  world.dispose();
});
