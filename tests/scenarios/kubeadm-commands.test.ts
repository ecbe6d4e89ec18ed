import { describe, expect, test } from "vitest";
import { Operator } from "../support/operator.ts";

/** kubeadm's commands against a cluster, where a small world without one would not do. */

describe("init phase wait-control-plane", () => {
  test("what the API server refuses is told, and is no defect of the sandbox", () => {
    const at = new Operator();
    at.type("cp /etc/kubernetes/kubelet.conf /etc/kubernetes/super-admin.conf");
    const said = at.type("kubeadm init phase wait-control-plane; echo exit $?");
    expect(said).toContain("[control-plane-check] kube-apiserver is healthy after ");
    expect(said).toContain(
      "error: error execution phase wait-control-plane: could not bootstrap the admin user in file admin.conf: unable to create the kubeadm:cluster-admins ClusterRoleBinding by using super-admin.conf: clusterrolebindings.rbac.authorization.k8s.io is forbidden: ",
    );
    expect(said).toContain("exit 1\n");
  });

  test("it waits by a clock that nobody sets", () => {
    const at = new Operator();
    at.type("mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/; sleep 5");
    at.type("kubeadm init phase wait-control-plane > waiting.log 2>&1 &");
    at.type("sleep 2; date -s '+10 minutes'; mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/; wait");
    const [, seconds] = /kube-apiserver is healthy after ([\d.]+)s/.exec(at.type("cat waiting.log")) ?? [];
    expect(Number(seconds)).toBeGreaterThan(2);
    expect(Number(seconds)).toBeLessThan(120);
  });
});

test("init phase bootstrap-token sends the token's Secret once", () => {
  const at = new Operator();
  at.type(`cat > init.yaml <<'EOF'
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens:
- token: mended.0123456789abcdef
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.35.2
EOF`);
  expect(at.type("kubeadm init phase bootstrap-token --config init.yaml")).toMatch(
    /^\[bootstrap-token\] Using token: mended\.0123456789abcdef\n/,
  );
  const key = "/registry/secrets/kube-system/bootstrap-token-mended";
  expect(at.type(`etcdctl get ${key} -w json | jq -M '.kvs[0].version'`)).toBe("1\n");
  expect(at.type("kubeadm init phase bootstrap-token --config init.yaml --skip-token-print")).not.toContain(
    "Using token",
  );
});

test("init phase upload-config keeps validities to the second", () => {
  const at = new Operator();
  at.type(`cat > cluster.yaml <<'EOF'
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.35.2
certificateValidityPeriod: 20m
caCertificateValidityPeriod: 90m30s
EOF`);
  at.type("kubeadm init phase upload-config kubeadm --config cluster.yaml");
  const kept = at.type("kubectl get cm -n kube-system kubeadm-config -o jsonpath='{.data.ClusterConfiguration}'");
  expect(kept).toContain("caCertificateValidityPeriod: 1h30m30s\ncertificateValidityPeriod: 20m0s\n");
});

describe("token create --print-join-command", () => {
  const join = "kubeadm token create --dry-run --print-join-command --kubeconfig k.conf; echo exit $?";

  test("a damaged CA in the kubeconfig is told", () => {
    const at = new Operator();
    at.type(
      `sed "s|certificate-authority-data: .*|certificate-authority-data: $(printf -- '-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n' | base64 -w0)|" /etc/kubernetes/admin.conf > k.conf`,
    );
    expect(at.type(join)).toMatch(
      /^error: failed to get join command: failed to parse CA certificate from kubeconfig: .+\nTo see the stack trace .*\nexit 1\n$/,
    );
  });

  test("a CA that the kubeconfig only names gives the hash of that file", () => {
    const at = new Operator();
    at.type(
      'sed "s|certificate-authority-data: .*|certificate-authority: /etc/kubernetes/pki/ca.crt|" /etc/kubernetes/admin.conf > k.conf',
    );
    const hash = at.type(
      "openssl x509 -pubkey -noout -in /etc/kubernetes/pki/ca.crt | openssl pkey -pubin -outform der | sha256sum | cut -d' ' -f1",
    );
    expect(at.type(join)).toContain(`--discovery-token-ca-cert-hash sha256:${hash.trim()} \nexit 0\n`);
    at.type("sed -i '/certificate-authority/d' k.conf");
    expect(at.type(join)).toMatch(/^error: failed to get join command: no CA certificates found in kubeconfig\n/);
  });
});

describe("phases", () => {
  test("those below a phase are skipped by their paths, unknown ones are told", () => {
    const at = new Operator();
    at.type("kubeadm reset -f");
    expect(at.type("kubeadm init phase etcd local --patches /root")).toBe(
      "not simulated in this sandbox: kubeadm init --patches\n",
    );
    expect(at.type("kubeadm init --token short --kubernetes-version v1.35.2")).toContain("was not of the form");
    const said = at.type(
      "kubeadm init --kubernetes-version v1.35.2 --skip-phases addon/coredns,kubelet-finalize,nothing",
    );
    expect(said).toMatch(/^\[init\] Using Kubernetes version: v1.35.2\nerror: invalid phase name: nothing\n/);
    const made = at.type(
      "kubeadm init --kubernetes-version v1.35.2 --token mended.0123456789abcdef --token-ttl 0 --skip-phases addon/coredns,show-join-command",
    );
    expect(made).toContain("[addons] Applied essential addon: kube-proxy\n");
    expect(made).toContain("[upload-certs] Skipping phase. Please see --upload-certs\n");
    expect(made).toContain("[bootstrap-token] Using token: mended.0123456789abcdef\n");
    expect(at.type("kubeadm token list --kubeconfig /etc/kubernetes/admin.conf")).toMatch(
      /^mended\.0123456789abcdef +<forever> /m,
    );
    expect(made).not.toContain("CoreDNS");
    expect(made).not.toContain("initialized successfully");
    const conf = "--kubeconfig /etc/kubernetes/admin.conf";
    expect(at.type(`kubectl ${conf} get deployments -n kube-system -o name`)).toBe("");
    expect(at.type("kubeadm init phase show-join-command")).toMatch(
      /kubeadm join 10\.0\.1\.10:6443 --token [a-z0-9]{6}\.[a-z0-9]{16} \\\n\t--discovery-token-ca-cert-hash sha256:[0-9a-f]{64} \n$/,
    );
  });

  test("the certificates are not kept in the cluster, and that is said before anything is made", () => {
    const at = new Operator();
    at.type("kubeadm reset -f");
    for (const line of ["kubeadm init --upload-certs", "kubeadm init phase upload-certs --upload-certs"])
      expect(at.type(`${line}; echo exit $?`)).toMatch(
        /^not simulated in this sandbox: kubeadm init --upload-certs; .*\nexit 1\n$/,
      );
    expect(at.type("ls /etc/kubernetes/pki")).toBe("");
  });
});

test("token create takes the tokens of a file; a dry run creates and deletes none", () => {
  const at = new Operator();
  at.type(`cat > tokens.yaml <<'EOF'
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens:
- token: first0.0123456789abcdef
  ttl: 2h
  description: of a file
  usages: [signing]
- token: second.0123456789abcdef
  ttl: "0"
EOF`);
  expect(at.type("kubeadm token create --config tokens.yaml --ttl 1h")).toMatch(
    /^error: can not mix '--config' with arguments \[ttl\]\n/,
  );
  expect(at.type("kubeadm token create --config tokens.yaml")).toBe("first0.0123456789abcdef\n");
  expect(at.type("kubeadm token delete second --dry-run")).toBe('bootstrap token "second" deleted\n');
  const listed = at.type("kubeadm token list");
  expect(listed).toMatch(/^first0\.0123456789abcdef +1h +\S+ +signing +of a file /m);
  expect(listed).toMatch(/^second\.0123456789abcdef +<forever> +<never> +authentication,signing +<none> /m);
  at.type("kubeadm token create third0.0123456789abcdef --dry-run");
  expect(at.type("kubeadm token list")).toBe(listed);
});

describe("images and releases", () => {
  test("config images pull fetches what a registry has, through the runtime", () => {
    const at = new Operator();
    at.type("crictl rmi registry.k8s.io/coredns/coredns:v1.13.1 > /dev/null");
    expect(at.type("crictl images | grep -c coredns")).toBe("0\n");
    expect(at.lines("kubeadm config images pull --kubernetes-version v1.35.2")).toEqual(
      at.lines("kubeadm config images list --kubernetes-version v1.35.2 | sed 's/^/[config\\/images] Pulled /'"),
    );
    expect(at.type("crictl images | grep -c coredns")).toBe("1\n");
    expect(at.type("kubeadm config images pull --kubernetes-version v1.34.9; echo exit $?")).toMatch(
      /^error: failed to pull image "registry\.k8s\.io\/kube-apiserver:v1\.34\.9": failed to pull image registry\.k8s\.io\/kube-apiserver:v1\.34\.9: rpc error: code = NotFound desc = failed to pull and unpack image .*\n.*\nexit 1\n$/,
    );
    at.type("systemctl stop containerd");
    expect(at.type("kubeadm config images pull --kubernetes-version v1.35.2")).toMatch(
      /^error: failed to create new CRI runtime service: .* dial unix \/var\/run\/containerd\/containerd\.sock: connect: no such file or directory"\n/,
    );
  });

  test("init's checks tell their errors on stderr, what can't be pulled too, and ignore what they are told to", () => {
    const at = new Operator();
    at.type(
      "kubeadm init phase preflight --config none.yaml; kubeadm init phase preflight > out.log 2> err.log; echo $? > code",
    );
    expect(at.type("cat code out.log")).toBe("2\n[preflight] Running pre-flight checks\n");
    expect(at.type("cat err.log")).toMatch(
      /^W.*\nW.*\n\[preflight\] Some fatal errors occurred:\n\t\[ERROR Port-6443\]: Port 6443 is in use\n/,
    );
    at.type("kubeadm reset -f; systemctl stop containerd");
    expect(at.type("kubeadm init")).toMatch(
      /\[preflight\] Some fatal errors occurred:\n\t\[ERROR CRI\]: could not connect to the container runtime: failed to .*\n\t\[ERROR ContainerRuntimeVersion\]: /,
    );
    at.type("systemctl start containerd");
    const version = "--kubernetes-version 1.34.9";
    const said = at.type(`kubeadm init ${version}; echo exit $?`);
    expect(said).toContain(
      "\t[ERROR ImagePull]: failed to pull image registry.k8s.io/kube-apiserver:v1.34.9: failed to pull image ",
    );
    expect(said).toMatch(/error: error execution phase preflight: preflight checks failed\n.*\nexit 2\n$/);
    const ignoring = at.type(`kubeadm init phase preflight --ignore-preflight-errors=imagepull; echo exit $?`);
    expect(ignoring).toMatch(/'kubeadm config images pull'\nexit 0\n$/);
  });

  test("a release's label is looked up like any name", () => {
    const at = new Operator();
    expect(at.type("kubeadm config images list --kubernetes-version latest-1.34 2>&1 >/dev/null")).toMatch(
      /unable to get URL "https:\/\/dl\.k8s\.io\/release\/latest-1\.34\.txt": Get "https:\/\/dl\.k8s\.io\/release\/latest-1\.34\.txt": dial tcp: lookup dl\.k8s\.io on \S+:53: no such host\nW.* falling back to the local client version: v1\.35\.2\n$/,
    );
    at.type("echo 10.0.1.11 dl.k8s.io >> /etc/hosts");
    expect(at.type("kubeadm config images list 2>&1 >/dev/null")).toContain(
      'Get "https://dl.k8s.io/release/stable-1.txt": dial tcp 10.0.1.11:443: connect: connection refused\n',
    );
    expect(at.type("kubeadm config images list --kubernetes-version stabel")).toMatch(
      /^error: version "stabel" doesn't match patterns for neither semantic version nor labels \(stable, latest, ...\)\n/,
    );
  });
});
