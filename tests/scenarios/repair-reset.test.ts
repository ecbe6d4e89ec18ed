import { expect, test } from "vitest";
import { freshWorld, typeLine, typist } from "../support/world.ts";

/** The longest way back: the node is emptied and the control plane made anew. */
test("kubeadm reset empties the node and kubeadm init makes a control plane of it again", () => {
  const world = freshWorld();
  const terminal = typist(world);
  const type = (line: string) => typeLine(terminal, line);
  expect(type("echo n | kubeadm reset").stderr).toContain(
    "error: error execution phase preflight: won't proceed; the user didn't answer (Y|y) in order to continue\n",
  );
  expect(type("kubectl get nodes").exitCode).toBe(0);
  expect(type("kubeadm init --kubernetes-version v1.35.2")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("error: error execution phase preflight: preflight checks failed\n"),
  });
  expect(type("echo y | kubeadm reset").stdout).toContain(
    "[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki]\n",
  );
  expect(type("crictl ps -aq; find /etc/kubernetes /var/lib/etcd /var/lib/kubelet -type f").stdout).toBe("");
  expect(type("systemctl is-active kubelet").stdout).toBe("inactive\n");
  const made = type("kubeadm init --kubernetes-version v1.35.2 --pod-network-cidr 10.244.0.0/16");
  expect(made.stdout).toContain("Your Kubernetes control-plane has initialized successfully!\n");
  expect(type("kubectl get nodes").stderr).toContain("certificate signed by unknown authority");
  type("cp /etc/kubernetes/admin.conf /root/.kube/config && sleep 60");
  expect(type("kubectl get nodes --no-headers | awk '{print $1, $2, $3}'").stdout).toBe(
    "ip-10-0-1-10 Ready control-plane\n",
  );
  expect(type("kubectl get pods -A --no-headers | grep -vc Running").stdout).toBe("0\n");
  expect(type("kubectl get deployments -o name").stdout).toBe("");
  expect(world.kernel.faults).toEqual([]);
  world.dispose();
});

test("a lost key of service accounts is made anew; a foreign RSA key is believed when the CA vouches for it", () => {
  const world = freshWorld();
  const terminal = typist(world);
  const type = (line: string) => typeLine(terminal, line);
  const pki = "/etc/kubernetes/pki";
  type("kubectl get cm -n kube-system kubeadm-config -o jsonpath='{.data.ClusterConfiguration}' > k.yaml");
  type(`openssl genrsa -out rsa.key 2048 && openssl req -new -key rsa.key -subj /O=system:masters/CN=rsa -out rsa.csr`);
  type(`openssl x509 -req -in rsa.csr -CA ${pki}/ca.crt -CAkey ${pki}/ca.key -CAcreateserial -out rsa.crt -days 1`);
  const credentials = "--client-certificate=rsa.crt --client-key=rsa.key";
  expect(type(`kubectl ${credentials} auth whoami -o jsonpath='{.status.userInfo.username}'`).stdout).toBe("rsa");
  type(`rm ${pki}/sa.key && mv /etc/kubernetes/manifests/kube-apiserver.yaml /tmp && sleep 25`);
  type("mv /tmp/kube-apiserver.yaml /etc/kubernetes/manifests/; sleep 30");
  expect(
    type("cat /var/log/pods/kube-system_kube-apiserver-*/*/*.log | grep -c 'sa.key: no such file'").stdout,
  ).not.toBe("0\n");
  expect(type("kubeadm init phase certs sa --config k.yaml").stdout).toBe(
    '[certs] Generating "sa" key and public key\n',
  );
  type("sleep 120");
  expect(type("kubectl get nodes").exitCode).toBe(0);
  expect(world.kernel.faults).toEqual([]);
  world.dispose();
});
