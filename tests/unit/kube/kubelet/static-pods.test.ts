import { expect, test } from "vitest";
import { PODS } from "../../../../src/kube/client/resources.ts";
import { FakeCluster } from "../../../support/fake-cluster.ts";
import { newKernel } from "../../../support/machine.ts";
import { TestNode } from "../../../support/test-node.ts";

const MANIFEST = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: kube-system, labels: {tier: control-plane}}
spec:
  hostNetwork: true
  containers: [{name: web, image: nginx, imagePullPolicy: IfNotPresent}]
`;
const FILE = "/etc/kubernetes/manifests/web.yaml";

function newNode(down = false): TestNode {
  const cluster = new FakeCluster(newKernel());
  cluster.down = down;
  return new TestNode(cluster, "n1", { [FILE]: MANIFEST });
}

test("a static pod runs and has a mirror pod owned by the node", () => {
  const node = newNode();
  node.run(10_000);
  const mirror = node.pod("web-n1", "kube-system");
  expect(mirror?.status?.phase).toBe("Running");
  const annotations = mirror?.metadata.annotations ?? {};
  expect(annotations["kubernetes.io/config.source"]).toBe("file");
  expect(annotations["kubernetes.io/config.hash"]).toMatch(/^[0-9a-f]{32}$/);
  expect(annotations["kubernetes.io/config.mirror"]).toBe(annotations["kubernetes.io/config.hash"]);
  expect(mirror?.metadata.ownerReferences?.[0]).toMatchObject({
    apiVersion: "v1",
    kind: "Node",
    name: "n1",
    controller: true,
  });
});

test("static pods run while the API server is away; their mirrors follow when it is back", () => {
  const node = newNode(true);
  node.run(10_000);
  expect(node.machine.containerd.containers().map(({ state }) => state)).toEqual(["running"]);
  expect(node.pod("web-n1", "kube-system")).toBeUndefined();
  node.cluster.down = false;
  node.run(60_000);
  expect(node.pod("web-n1", "kube-system")?.status?.phase).toBe("Running");
});

test("a deleted mirror pod is back at once, and the container never noticed", () => {
  const node = newNode();
  node.run(10_000);
  const before = node.machine.containerd.containers().map(({ id }) => id);
  const uid = node.pod("web-n1", "kube-system")?.metadata.uid;
  node.cluster.drop(PODS, "kube-system", "web-n1");
  node.run(1000);
  expect(node.pod("web-n1", "kube-system")?.metadata.uid).not.toBe(uid);
  expect(node.pod("web-n1", "kube-system")?.status?.phase).toBe("Running");
  expect(node.machine.containerd.containers().map(({ id }) => id)).toEqual(before);
});

test("a manifest that goes takes pod and mirror with it; one that comes back brings them back", () => {
  const node = newNode();
  node.run(10_000);
  node.machine.fs.rename(FILE, "/root/web.yaml");
  node.run(3000);
  expect(node.pod("web-n1", "kube-system")).toBeUndefined();
  expect(node.machine.containerd.containers()).toEqual([]);
  node.machine.fs.rename("/root/web.yaml", FILE);
  node.run(3000);
  expect(node.pod("web-n1", "kube-system")?.status?.phase).toBe("Running");
});

test("a changed manifest ends the old pod before the new one starts", () => {
  const node = newNode();
  node.run(10_000);
  node.machine.fs.writeFile(FILE, MANIFEST.replace("tier: control-plane", "tier: changed"));
  node.run(8000);
  expect(node.pod("web-n1", "kube-system")?.metadata.labels).toEqual({ tier: "changed" });
  expect(node.machine.containerd.containers().map(({ state }) => state)).toEqual(["running"]);
  expect(node.pod("web-n1", "kube-system")?.status?.phase).toBe("Running");
});

test("a manifest that is back before its pod has ended brings the pod back", () => {
  const node = newNode();
  node.run(10_000);
  const before = node.machine.containerd.containers().map(({ id }) => id);
  node.machine.fs.rename(FILE, "/root/web.yaml");
  node.run(50);
  node.machine.fs.rename("/root/web.yaml", FILE);
  node.run(10_000);
  const after = node.machine.containerd.containers();
  expect(after.map(({ state }) => state)).toEqual(["running"]);
  expect(after.map(({ id }) => id)).not.toEqual(before);
  expect(node.pod("web-n1", "kube-system")?.status?.phase).toBe("Running");
});

/** What the kubelet said of its manifests since it was last asked. */
function said(node: TestNode): string[] {
  return node.lines
    .splice(0)
    .filter((line) => / file(_linux)?\.go:/.test(line))
    .map((line) => line.replace(/^.*?(file(_linux)?\.go)/, "$1").trim());
}

function containerIds(node: TestNode): string[] {
  return node.machine.containerd.containers().map(({ id }) => id);
}

test("a manifest that is broken leaves the pod until all are read again, and is told of each time", () => {
  const node = newNode();
  node.run(10_000);
  const before = containerIds(node);
  said(node);
  node.machine.fs.writeFile(FILE, MANIFEST.replace("  containers:", " containers:"));
  node.run(500);
  const wrong = `${FILE}: couldn't parse as pod(yaml: line 5: did not find expected key), please check config file`;
  expect(said(node)).toEqual([
    `file.go:108] "Unable to process watch event" err=${JSON.stringify(`can't process config file "${FILE}": ${wrong}`)}`,
  ]);
  expect(containerIds(node)).toEqual(before);
  node.run(45_000);
  const again = `file.go:187] "Could not process manifest file" err=${JSON.stringify(wrong)} path="${FILE}"`;
  expect(said(node)).toEqual([again, again]);
  node.machine.fs.writeFile("/etc/kubernetes/manifests/other.yaml", MANIFEST.replaceAll("web", "other"));
  node.run(25_000);
  expect(node.pod("web-n1", "kube-system")).toBeUndefined();
  node.machine.fs.writeFile(FILE, MANIFEST);
  node.run(5000);
  expect(node.pod("web-n1", "kube-system")?.status?.phase).toBe("Running");
});

test("the only manifest, once broken, leaves the kubelet's store as it was, which the next file shows", () => {
  const node = newNode();
  node.run(10_000);
  node.machine.fs.writeFile(FILE, "kind: Pod\n");
  node.run(25_000);
  expect(node.pod("web-n1", "kube-system")).toBeUndefined();
  node.machine.fs.writeFile("/etc/kubernetes/manifests/other.yaml", MANIFEST.replaceAll("web", "other"));
  node.run(3000);
  expect(node.pod("web-n1", "kube-system")?.status?.phase).toBe("Running");
});

test("what a comment or another order of keys changes is no change", () => {
  const node = newNode();
  node.run(10_000);
  const before = containerIds(node);
  node.machine.fs.writeFile(FILE, `# as it was\nkind: Pod\n${MANIFEST.replace("kind: Pod\n", "")}\n\n`);
  node.run(25_000);
  expect(containerIds(node)).toEqual(before);
});

test.each([
  ["", "couldn't parse as pod(Object 'Kind' is missing in 'null'), please check config file"],
  ["kind: Pod", `couldn't parse as pod(Object 'apiVersion' is missing in '{"kind":"Pod"}'), please check config file`],
  [
    "apiVersion: v1\nkind: Podd",
    'couldn\'t parse as pod(no kind "Podd" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"), please check config file',
  ],
  [
    MANIFEST.replace("image: nginx", "image: 5"),
    "couldn't parse as pod(json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string), please check config file",
  ],
])("a file that is no pod is refused as the API's decoder refuses it: %j", (content, problem) => {
  const node = newNode();
  node.run(10_000);
  node.machine.fs.writeFile(FILE, content);
  said(node);
  node.run(20_000);
  expect(said(node).at(-1)).toBe(
    `file.go:187] "Could not process manifest file" err=${JSON.stringify(`${FILE}: ${problem}`)} path="${FILE}"`,
  );
});

test.each([
  [
    MANIFEST.replace("name: web, image", "name: W, image"),
    /^invalid pod: \[spec\.containers\[0\]\.name: Invalid value/,
  ],
  [MANIFEST.replace("name: web, namespace", "namespace"), /^invalid pod: name is needed for the pod$/],
  [`${MANIFEST}  serviceAccountName: x\n`, /^static pods may not reference serviceaccounts$/],
])("a pod that the API would refuse does not run", (content, problem) => {
  const node = newNode();
  node.run(10_000);
  node.machine.fs.writeFile(FILE, content);
  said(node);
  node.run(20_000);
  const error = JSON.parse(/err=(".*") path=/.exec(said(node).at(-1) ?? "")?.[1] ?? '""') as string;
  expect(error).toMatch(problem);
  expect(containerIds(node)).toEqual([]);
});

test("a directory among the manifests is told of, and one that has gone is no more watched", () => {
  const node = newNode();
  const { fs } = node.machine;
  node.run(10_000);
  said(node);
  fs.mkdir("/etc/kubernetes/manifests/d");
  node.run(20_000);
  expect(said(node)).toEqual([
    'file.go:108] "Unable to process watch event" err="can\'t process config file \\"/etc/kubernetes/manifests/d\\": read /etc/kubernetes/manifests/d: is a directory"',
    'file.go:182] "Provided manifest path is a directory, not recursing into manifest path" path="/etc/kubernetes/manifests/d"',
  ]);
  fs.rename("/etc/kubernetes/manifests", "/etc/kubernetes/away");
  node.run(20_000);
  expect(said(node)).toEqual([
    'file.go:104] "Unable to read config path" err="path does not exist, ignoring" path="/etc/kubernetes/manifests"',
  ]);
  expect(containerIds(node)).toEqual([]);
  fs.rename("/etc/kubernetes/away", "/etc/kubernetes/manifests");
  node.run(5000);
  expect(containerIds(node)).toEqual([]);
  node.run(25_000);
  expect(containerIds(node)).toHaveLength(1);
});

test("what can't be started is logged: the pull once a try, the wait by one line", () => {
  const node = new TestNode(new FakeCluster(newKernel()), "n1", {
    [FILE]: MANIFEST.replace("image: nginx", "image: 'nope:1'"),
  });
  node.run(5000);
  const lines = node.lines.flatMap((text) => text.split("\n")).filter((line) => line.includes("nope"));
  const sources = lines.map((line) => / ([a-z_]+\.go:\d+)\] /.exec(line)?.[1]);
  expect(sources.slice(0, 4)).toEqual([
    "log.go:32",
    "kuberuntime_image.go:42",
    "kuberuntime_manager.go:1449",
    "pod_workers.go:1324",
  ]);
  expect(lines[3]).toMatch(
    /"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"web\\" with ErrImagePull: \\"failed to pull and unpack image .*" pod="kube-system\/web-n1" podUID="[0-9a-f]{32}"$/,
  );
  expect(lines.find((line) => line.includes("ImagePullBackOff"))).toMatch(/ pod_workers\.go:1324\] /);
});
