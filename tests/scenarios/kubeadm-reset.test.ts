import { expect, test } from "vitest";
import { Operator } from "../support/operator.ts";

/** What `kubeadm reset` takes away, by what it learns from the cluster, the disk, its file and its flags. */

const FILES =
  "/etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf";

/** What a reset prints after its checks when nothing goes wrong, as recorded from kubeadm 1.35. */
const CLEANED = `[reset] Deleted contents of the etcd data directory: /var/lib/etcd
[reset] Stopping the kubelet service
[reset] Unmounting mounted directories in "/var/lib/kubelet"
[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki]
[reset] Deleting files: [${FILES}]
`;

test("without a cluster that answers, and without etcd's manifest, etcd's data goes too", () => {
  const at = new Operator();
  at.type("mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/manifests/kube-apiserver.yaml /root/; sleep 20");
  const said = at.type("kubeadm reset -f");
  expect(said).toMatch(
    /^W.* reset\.go:141\] \[reset\] Unable to fetch the kubeadm-config ConfigMap from cluster: failed to get config map: Get "https:\/\/10\.0\.1\.10:6443\/api\/v1\/namespaces\/kube-system\/configmaps\/kubeadm-config\?timeout=10s": dial tcp 10\.0\.1\.10:6443: connect: connection refused\n\[preflight\]/m,
  );
  expect(said).toMatch(
    /\[preflight\] Running pre-flight checks\nW.* \[reset\] No kubeadm config, using etcd pod spec to get data directory\n/,
  );
  expect(said).toContain(`data directory\n${CLEANED}`);
  expect(at.type("find /var/lib/etcd /etc/kubernetes /var/lib/kubelet -type f; crictl pods -q")).toBe("");
});

test("a dry run tells what the cluster's configuration names, and leaves it", () => {
  const at = new Operator();
  at.type(
    "kubectl get cm -n kube-system kubeadm-config -o yaml | sed 's|dataDir: .*|dataDir: /var/lib/other|; s|certificatesDir: .*|certificatesDir: /etc/other-pki|' | kubectl apply -f -",
  );
  const before = at.type("find /etc/kubernetes /var/lib/etcd /var/lib/kubelet | sort; crictl ps -q");
  const said = at.type("kubeadm reset --dry-run");
  expect(said).toContain(`[preflight] Running pre-flight checks
[reset] Would remove the etcd member on this node from the etcd cluster
[reset] Would delete contents of the etcd data directory: /var/lib/other
[reset] Would stop the kubelet service
[reset] Would unmount mounted directories in "/var/lib/kubelet"
[reset] Would remove Kubernetes-managed containers
`);
  expect(said).toContain('[reset] WARNING: Cleaning a non-default certificates directory: "/etc/other-pki"\n');
  expect(said).toContain("[reset] Would delete contents of directories: [/etc/kubernetes/manifests /etc/other-pki]\n");
  expect(at.type("find /etc/kubernetes /var/lib/etcd /var/lib/kubelet | sort; crictl ps -q")).toBe(before);
});

test("phases are skipped and run by name", () => {
  const at = new Operator();
  const said = at.type("kubeadm reset -f --skip-phases cleanup-node");
  expect(said).toContain(
    "checks\n[reset] Deleted contents of the etcd data directory: /var/lib/etcd\n\nThe reset process",
  );
  expect(at.type("ls /etc/kubernetes/manifests | wc -l; systemctl is-active kubelet")).toBe("4\nactive\n");
  expect(at.type("kubeadm reset -f --skip-phases cleanup")).toContain("error: invalid phase name: cleanup\n");
  expect(at.type("kubeadm reset phase cleanup-node --dry-run")).toContain("[reset] Would stop the kubelet service\n");
  expect(at.type("kubeadm reset phase cleanup-node")).toContain(
    `re-upload it.\n${CLEANED.slice(CLEANED.indexOf("\n") + 1)}`,
  );
  expect(at.type("systemctl is-active kubelet; rm -r /etc/kubernetes")).toBe("inactive\n");
  expect(at.type("kubeadm reset phase cleanup-node")).toBe(CLEANED.slice(CLEANED.indexOf("\n") + 1));
  expect(at.type("kubeadm reset -f --rootfs /mnt")).toBe("not simulated in this sandbox: kubeadm --rootfs\n");
});

test("where etcd can't be asked, that is told, and its data goes all the same", () => {
  const at = new Operator();
  at.type("rm /etc/kubernetes/pki/etcd/healthcheck-client.key");
  const said = at.type("kubeadm reset phase remove-etcd-member; echo exit $?");
  expect(said).toMatch(
    /\[reset\] Failed to remove etcd member: .*healthcheck-client\.key.*, please manually remove this etcd member using etcdctl\n/,
  );
  expect(said).toContain("[reset] Deleted contents of the etcd data directory: /var/lib/etcd\nexit 0\n");
});

test("the only member that votes is not let go by its learner", () => {
  const at = new Operator();
  at.type("etcdctl member add second --learner --peer-urls=https://10.0.1.10:3380");
  const members = at.type("etcdctl member list");
  const before = at.seconds;
  expect(at.type("kubeadm reset phase remove-etcd-member")).toContain(
    "[reset] Failed to remove etcd member: etcdserver: re-configuration failed due to not enough started members, please manually remove this etcd member using etcdctl\n[reset] Deleted contents of the etcd data directory: /var/lib/etcd\n",
  );
  expect(Math.round(at.seconds - before)).toBe(120);
  expect(at.type("etcdctl member list")).toBe(members);
});

test("its file is read; a runtime that is away is told, and the rest is done", () => {
  const at = new Operator();
  at.type(`cat > reset.yaml <<'EOF'
apiVersion: kubeadm.k8s.io/v1beta4
kind: ResetConfiguration
force: true
cleanupTmpDir: true
certificatesDir: /etc/kubernetes/pki/etcd
skipPhases: [remove-etcd-member]
EOF`);
  at.type("systemctl stop containerd; mkdir -p /etc/kubernetes/tmp/kubeadm-backup");
  const said = at.type("kubeadm reset --config reset.yaml");
  expect(said).toContain(
    '[reset] Failed to remove containers: failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "unix:///var/run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /var/run/containerd/containerd.sock: connect: no such file or directory"\n',
  );
  expect(said).toContain("[/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki/etcd /etc/kubernetes/tmp]\n");
  expect(said).not.toContain("etcd data directory");
  expect(at.type("ls /etc/kubernetes/pki/etcd /etc/kubernetes/tmp | wc -w; ls /etc/kubernetes/pki/ca.crt")).toBe(
    "2\n/etc/kubernetes/pki/ca.crt\n",
  );
  expect(at.type("kubeadm reset --config /etc/hostname")).toMatch(/^error: /);
});
