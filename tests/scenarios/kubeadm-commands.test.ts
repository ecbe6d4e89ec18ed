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
      /^error: failed to parse CA certificate from kubeconfig: .+\nTo see the stack trace .*\nexit 1\n$/,
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
    expect(at.type(join)).toMatch(/^error: no CA certificates found in kubeconfig\n/);
  });
});
