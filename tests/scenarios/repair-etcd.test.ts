import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LineRunner } from "../../src/sandbox/line-runner.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { freshWorld, typeLine, typist } from "../support/world.ts";

/** From a snapshot back to a cluster, in the two ways that operators know, and what goes wrong halfway. */
let world: Sandbox;
let terminal: LineRunner;

const type = (line: string) => typeLine(terminal, line);
const MANIFESTS = "/etc/kubernetes/manifests";
const BUMP = "--bump-revision 1000000000 --mark-compacted";
const MEMBER =
  "--name ip-10-0-1-10 --initial-cluster ip-10-0-1-10=https://10.0.1.10:2380 --initial-advertise-peer-urls https://10.0.1.10:2380";

beforeEach(() => {
  world = freshWorld();
  terminal = typist(world);
  type(
    "export ETCDCTL_ENDPOINTS=https://127.0.0.1:2379 ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key",
  );
});

afterEach(() => {
  expect(world.kernel.faults).toEqual([]);
  world.dispose();
});

function backUp(): void {
  expect(type("etcdctl snapshot save /root/backup.db 2>/dev/null").stdout).toContain(
    "Snapshot saved at /root/backup.db\n",
  );
  type("kubectl create deployment later --image=nginx && sleep 5");
}

function untilServed(): void {
  type("sleep 40; for i in $(seq 120); do kubectl get --raw /readyz >/dev/null 2>&1 && break; sleep 1; done; sleep 20");
}

const deployments = () => type("kubectl get deployments --no-headers -o custom-columns=N:.metadata.name").stdout;

describe("a snapshot restored into another directory", () => {
  test("is what the cluster goes on from when etcd's manifest points there", () => {
    backUp();
    type("etcdctl del /registry/deployments --prefix && sleep 5");
    expect(type("kubectl get deployments").stderr).toBe("No resources found in default namespace.\n");
    expect(
      type(`etcdutl snapshot restore /root/backup.db --data-dir /var/lib/etcd-restored ${MEMBER} ${BUMP} 2>/dev/null`)
        .exitCode,
    ).toBe(0);
    type(`sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-restored#' ${MANIFESTS}/etcd.yaml`);
    type("sleep 25");
    untilServed();
    expect(deployments()).toBe("nginx\n");
    expect(type("kubectl get pods -l app=nginx --no-headers | grep -c Running").stdout).toBe("1\n");
    expect(type("kubectl get pods -l app=later --no-headers").stdout).toBe("");
    expect(type("kubectl get nodes --no-headers | grep -c ' Ready '").stdout).toBe("3\n");
    const status = type("etcdctl endpoint status -w json").stdout;
    expect(Number(/"revision":(\d+)/.exec(status)?.[1])).toBeGreaterThan(1_000_000_000);
  });

  test("without raised revisions lets a running API server go on showing what is gone", () => {
    backUp();
    type("kubectl create configmap phantom --from-literal=a=b");
    // As kubeadm's tutorials do it: only etcd is started anew.
    type(`etcdutl snapshot restore /root/backup.db --data-dir /var/lib/etcd-restored ${MEMBER} 2>/dev/null`);
    type(`sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-restored#' ${MANIFESTS}/etcd.yaml`);
    type(
      "for i in $(seq 60); do etcdctl endpoint health >/dev/null 2>&1 && etcdctl get /registry/configmaps/default/phantom --keys-only | grep -q phantom || break; sleep 1; done; sleep 15",
    );
    expect(type("etcdctl get /registry/configmaps/default/phantom --keys-only").stdout).toBe("");
    expect(
      type(
        "kubectl get --raw '/api/v1/namespaces/default/configmaps?resourceVersion=0' | jq -r '.items[].metadata.name'",
      ).stdout,
    ).toContain("phantom\n");
    type(`mv ${MANIFESTS}/kube-apiserver.yaml /tmp/ && sleep 25 && mv /tmp/kube-apiserver.yaml ${MANIFESTS}/`);
    untilServed();
    expect(type("kubectl get configmaps -o name").stdout).not.toContain("phantom");
  });
});

describe("a snapshot restored in place", () => {
  test("with all static pods out of the way", () => {
    backUp();
    type("etcdctl del /registry --prefix >/dev/null; sleep 3");
    type(`mkdir /root/manifests && mv ${MANIFESTS}/*.yaml /root/manifests/ && sleep 30`);
    expect(type("crictl ps -q --name 'etcd|kube-apiserver'").stdout).toBe("");
    expect(type("kubectl get nodes").stderr).toContain("was refused");
    expect(type(`etcdutl snapshot restore /root/backup.db --data-dir /var/lib/etcd ${MEMBER}`).stderr).toContain(
      'data-dir "/var/lib/etcd" not empty or could not be read',
    );
    type("mv /var/lib/etcd /var/lib/etcd.broken");
    expect(
      type(`etcdutl snapshot restore /root/backup.db --data-dir /var/lib/etcd ${MEMBER} 2>/dev/null`).exitCode,
    ).toBe(0);
    type(`mv /root/manifests/*.yaml ${MANIFESTS}/`);
    untilServed();
    expect(deployments()).toBe("nginx\n");
    expect(type("kubectl get nodes --no-headers | grep -c ' Ready '").stdout).toBe("3\n");
    expect(
      type("kubectl create deployment after --image=nginx && sleep 10 && kubectl get deploy after --no-headers").stdout,
    ).toContain("1/1");
  });

  test("under the names that etcdutl assumes is a member all the same, with a peer URL of nowhere", () => {
    backUp();
    type(`etcdutl snapshot restore /root/backup.db --data-dir /var/lib/etcd-restored ${BUMP} 2>/dev/null`);
    type(`sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-restored#' ${MANIFESTS}/etcd.yaml && sleep 60`);
    // What the data directory says of the cluster counts; etcd only publishes its own name and client URL.
    expect(type("etcdctl member list").stdout).toBe(
      "8e9e05c52164694d, started, ip-10-0-1-10, http://localhost:2380, https://10.0.1.10:2379, false\n",
    );
  });
});

describe("what cannot be restored", () => {
  test("is refused, with what was copied left behind", () => {
    backUp();
    type("head -c 20000 /root/backup.db > cut.db; cp /var/lib/etcd/member/snap/db live.db");
    expect(type("etcdutl snapshot restore cut.db --data-dir /tmp/x").exitCode).toBe(1);
    expect(type("etcdutl snapshot restore live.db --data-dir /tmp/y").stderr).toContain(
      "snapshot missing hash but --skip-hash-check=false",
    );
    expect(type("etcdutl snapshot restore /root/none.db --data-dir /tmp/x").exitCode).toBe(1);
    expect(type("etcdutl snapshot restore /root/backup.db --data-dir /tmp/z --bump-revision 5")).toMatchObject({
      stderr: "Error: --mark-compacted required if --revision-bump > 0\n",
      exitCode: 128,
    });
    expect(type("find /tmp/y /tmp/z -type f 2>/dev/null").stdout).toBe("/tmp/y/member/snap/db\n");
    expect(type("etcdutl snapshot restore live.db --data-dir /tmp/w --skip-hash-check 2>/dev/null").exitCode).toBe(0);
  });
});
