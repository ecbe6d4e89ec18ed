import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LineRunner } from "../../src/sandbox/line-runner.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { freshWorld, typeLine, typist } from "../support/world.ts";

/** Certificates and kubeconfigs run out, get lost or are foreign; kubeadm and openssl mend them. */
let world: Sandbox;
let terminal: LineRunner;

const type = (line: string) => typeLine(terminal, line);
const PKI = "/etc/kubernetes/pki";
const CONFIG = "kubeadm.yaml";

beforeEach(() => {
  world = freshWorld();
  terminal = typist(world);
  type(`kubectl get cm -n kube-system kubeadm-config -o jsonpath='{.data.ClusterConfiguration}' > ${CONFIG}`);
});

afterEach(() => {
  expect(world.kernel.faults).toEqual([]);
  world.dispose();
});

/** Static pods start anew when their manifests go away for a while. */
function restartStaticPods(...names: readonly string[]): void {
  const files = names.map((name) => `/etc/kubernetes/manifests/${name}.yaml`).join(" ");
  type(`mkdir -p /tmp/away && mv ${files} /tmp/away/ && sleep 25 && mv /tmp/away/*.yaml /etc/kubernetes/manifests/`);
  type("sleep 40; for i in $(seq 120); do kubectl get --raw /livez >/dev/null 2>&1 && break; sleep 1; done");
}

const ALL = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;

describe("kubeadm certs", () => {
  test("shows the table that kubeadm shows", () => {
    const recorded = readFileSync(
      join(import.meta.dirname, "../unit/programs/kubeadm/recorded-check-expiration.txt"),
      "utf8",
    );
    const [, table = ""] = /\(API not reachable\)\n([\s\S]*?)rc=0/.exec(recorded) ?? [];
    const shown = type(`kubeadm certs check-expiration --config ${CONFIG}`).stdout;
    const dated = shown.replace(/[A-Z][a-z]{2} \d\d, 20\d\d \d\d:\d\d UTC/g, "<TS>".padEnd(22));
    expect(dated.replaceAll("359d", "364d")).toBe(table);
  });

  test("renews what has run out, also when the API server lets nobody in", () => {
    type("date -s '2027-12-01 12:00:00'; sleep 5");
    expect(type("kubectl get nodes").stderr).toMatch(/certificate has expired|You must be logged in/);
    expect(type("kubeadm certs check-expiration").stdout).toMatch(
      /^apiserver +Nov 17, 2027 09:49 UTC +<invalid> +ca +no/m,
    );
    const renewed = type("kubeadm certs renew all").stdout;
    expect(renewed).toContain(
      "[renew] Error reading configuration from the Cluster. Falling back to default configuration\n\ncertificate embedded in the kubeconfig file for the admin to use and for kubeadm itself renewed\n",
    );
    expect(renewed).toContain("Done renewing certificates. You must restart the kube-apiserver");
    expect(type("kubeadm certs check-expiration").stdout).not.toContain("<invalid>");
    restartStaticPods(...ALL);
    type("cp /etc/kubernetes/admin.conf /root/.kube/config");
    expect(type("kubectl get --raw /readyz").stdout).toBe("ok");
    expect(type("kubectl auth whoami -o jsonpath='{.status.userInfo.username}'").stdout).toBe("kubernetes-admin");
    // kubeadm does not renew the kubelet's own certificate: the node cannot speak until it gets a new one.
    expect(type("kubectl get nodes --no-headers | grep -c NotReady").stdout).toBe("3\n");
  });

  test("makes a lost certificate again and keeps the others", () => {
    type(`rm ${PKI}/apiserver-etcd-client.crt ${PKI}/apiserver-etcd-client.key`);
    restartStaticPods("kube-apiserver");
    expect(type("kubectl get nodes").exitCode).toBe(1);
    expect(type(`kubeadm init phase certs apiserver-etcd-client --config ${CONFIG}`).stdout).toBe(
      '[certs] Generating "apiserver-etcd-client" certificate and key\n',
    );
    expect(type(`kubeadm init phase certs all --config ${CONFIG}`).stdout.match(/Using existing/g)).toHaveLength(10);
    type("sleep 320");
    expect(type("kubectl get nodes").exitCode).toBe(0);
  });

  test("says what is lacking when the CA's key is lost", () => {
    type(`rm ${PKI}/ca.key`);
    expect(type("kubeadm certs renew apiserver").stdout).toContain(
      "Detected external ca, certificate for serving the Kubernetes API can't be renewed\n",
    );
    expect(type("kubeadm certs check-expiration").stdout).toMatch(/^apiserver .* ca +yes/m);
    expect(type("kubeadm certs renew etcd-server").stdout).toContain("certificate for serving etcd renewed\n");
    type(`rm ${PKI}/apiserver.crt`);
    expect(type(`kubeadm init phase certs apiserver --config ${CONFIG}`)).toMatchObject({
      stderr: `error: invalid or incomplete external CA: failure loading certificate for API server: failed to load certificate: couldn't load the certificate file ${PKI}/apiserver.crt: open ${PKI}/apiserver.crt: no such file or directory\nTo see the stack trace of this error execute with --v=5 or higher\n`,
      exitCode: 1,
    });
  });

  test("refuses to work with half a pair", () => {
    type(`rm ${PKI}/front-proxy-client.crt`);
    expect(type(`kubeadm init phase certs front-proxy-client --config ${CONFIG}`).stderr).toContain(
      `error execution phase certs/front-proxy-client: failure loading front-proxy-client certificate: failed to load certificate: couldn't load the certificate file ${PKI}/front-proxy-client.crt`,
    );
  });
});

describe("kubeconfigs", () => {
  test("are written anew where they are missing, and kept where they fit", () => {
    type("rm /etc/kubernetes/admin.conf /etc/kubernetes/scheduler.conf /root/.kube/config");
    expect(type("kubectl get nodes").stderr).toContain("localhost:8080 was refused");
    expect(type(`kubeadm init phase kubeconfig all --config ${CONFIG}`).stdout).toBe(
      `[kubeconfig] Using kubeconfig folder "/etc/kubernetes"
[kubeconfig] Writing "admin.conf" kubeconfig file
[kubeconfig] Using existing kubeconfig file: "/etc/kubernetes/super-admin.conf"
[kubeconfig] Using existing kubeconfig file: "/etc/kubernetes/kubelet.conf"
[kubeconfig] Using existing kubeconfig file: "/etc/kubernetes/controller-manager.conf"
[kubeconfig] Writing "scheduler.conf" kubeconfig file
`,
    );
    type("cp /etc/kubernetes/admin.conf /root/.kube/config");
    expect(type("kubectl get nodes").exitCode).toBe(0);
    expect(type("stat -c %a /etc/kubernetes/admin.conf").stdout).toBe("600\n");
  });

  test("of another CA are refused", () => {
    type(`rm ${PKI}/ca.crt ${PKI}/ca.key`);
    expect(type(`kubeadm init phase certs ca --config ${CONFIG}`).stdout).toBe(
      '[certs] Generating "ca" certificate and key\n',
    );
    expect(type(`kubeadm init phase kubeconfig admin --config ${CONFIG}`).stderr).toContain(
      'error execution phase kubeconfig/admin: a kubeconfig file "/etc/kubernetes/admin.conf" exists already but has got the wrong CA cert',
    );
  });

  test("for further users are signed by the CA", () => {
    type(`kubeadm kubeconfig user --client-name=jane --org=dev --config ${CONFIG} > jane.conf`);
    expect(
      type(
        "kubectl --kubeconfig=jane.conf auth whoami -o jsonpath='{.status.userInfo.username} {.status.userInfo.groups}'",
      ).stdout,
    ).toBe('jane ["dev","system:authenticated"]');
    expect(type("kubectl --kubeconfig=jane.conf get pods").stderr).toContain('User "jane" cannot list resource "pods"');
  });
});

describe("manifests", () => {
  test("are written anew by the phases, as they were with the cluster's configuration", () => {
    type("cp -r /etc/kubernetes/manifests /tmp/before && rm /etc/kubernetes/manifests/*.yaml && sleep 30");
    expect(type("kubectl get nodes").stderr).toContain("refused");
    type(`kubeadm init phase etcd local --config ${CONFIG}`);
    expect(type(`kubeadm init phase control-plane all --config ${CONFIG}`).stdout).toBe(
      `[control-plane] Using manifest folder "/etc/kubernetes/manifests"
[control-plane] Creating static Pod manifest for "kube-apiserver"
[control-plane] Creating static Pod manifest for "kube-controller-manager"
[control-plane] Creating static Pod manifest for "kube-scheduler"
`,
    );
    expect(type("diff -r /tmp/before /etc/kubernetes/manifests")).toMatchObject({ stdout: "", exitCode: 0 });
    type("sleep 60");
    expect(type("kubectl get nodes --no-headers | grep -c ' Ready '").stdout).toBe("3\n");
  });
});

describe("by hand", () => {
  test("openssl makes a client certificate that the cluster's CA vouches for", () => {
    type("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out joe.key");
    type("openssl req -new -key joe.key -subj '/O=ops/CN=joe' -out joe.csr");
    type(`openssl x509 -req -in joe.csr -CA ${PKI}/ca.crt -CAkey ${PKI}/ca.key -CAcreateserial -days 30 -out joe.crt`);
    const flags = `--server=https://10.0.1.10:6443 --certificate-authority=${PKI}/ca.crt --client-certificate=joe.crt --client-key=joe.key`;
    expect(type(`kubectl ${flags} auth whoami -o jsonpath='{.status.userInfo.username}'`).stdout).toBe("joe");
  });

  test("a foreign etcd client certificate locks the API server out until the right one is back", () => {
    type(`mkdir old && cp ${PKI}/apiserver-etcd-client.* old/`);
    type(`cp ${PKI}/apiserver-kubelet-client.crt ${PKI}/apiserver-etcd-client.crt`);
    type(`cp ${PKI}/apiserver-kubelet-client.key ${PKI}/apiserver-etcd-client.key`);
    restartStaticPods("kube-apiserver");
    expect(type("kubectl get nodes").exitCode).toBe(1);
    expect(
      type("crictl logs $(crictl ps -q --name etcd) 2>&1 | grep -c 'rejected connection on client endpoint'").stdout,
    ).not.toBe("0\n");
    type(`cp old/* ${PKI}/`);
    type("sleep 320");
    expect(type("kubectl get nodes").exitCode).toBe(0);
  });
});
