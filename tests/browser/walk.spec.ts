import { expect, type Page, test } from "@playwright/test";
import { TerminalPage } from "./support/terminal-page.ts";

/** The walk through the course's sections 1 to 5 and 8, typed by keys on one cluster, from the first prompt on. */
test.describe.configure({ mode: "serial" });

let page: Page;
let terminal: TerminalPage;

const EXPORTS = [
  "export ETCDCTL_API=3",
  "export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt",
  "export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt",
  "export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key",
];
const ETCDCTL = "etcdctl --endpoints=https://127.0.0.1:2379";

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  terminal = new TerminalPage(page);
  await terminal.open();
});

test.afterAll(() => page.close());

async function enterEtcdPod(): Promise<void> {
  await terminal.run("kubectl exec -it -n kube-system etcd-ip-10-0-1-10 -- sh");
  expect(await terminal.text()).toMatch(/sh-5\.2#$/);
}

test("1: the nodes, and etcd among the pods", async () => {
  const nodes = await terminal.run("kubectl get nodes");
  expect(nodes).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION\n/);
  expect(nodes).toMatch(/^ip-10-0-1-10 +Ready +control-plane +5d +v1\.35\.\d+$/m);
  expect(nodes).toMatch(/^ip-10-0-1-11 +Ready +<none> +5d +v1\.35\.\d+$/m);
  expect(nodes).toMatch(/^ip-10-0-1-12 +Ready +<none> +5d +v1\.35\.\d+$/m);
  const pods = await terminal.run("kubectl get pods -n kube-system | grep etcd");
  expect(pods).toMatch(/^etcd-ip-10-0-1-10 +1\/1 +Running +\d+ .*5d$/);
});

test("2: without certificates it fails after five seconds", async () => {
  await enterEtcdPod();
  const output = await terminal.run("etcdctl get / --prefix --keys-only");
  expect(output).toContain("error reading server preface: EOF");
  expect(output.split("\n").at(-1)).toBe("Error: context deadline exceeded");
});

test("3: with certificates it works", async () => {
  for (const line of EXPORTS) expect(await terminal.run(line)).toBe("");
  const output = await terminal.run(`${ETCDCTL} \\\n  get / --prefix --keys-only`);
  for (const key of [
    "/registry/apiregistration.k8s.io/apiservices/v1.",
    "/registry/configmaps/default/kube-root-ca.crt",
    "/registry/deployments/default/nginx",
    "/registry/namespaces/default",
    "/registry/serviceaccounts/default/default",
    "/registry/services/specs/default/kubernetes",
  ]) {
    expect(output.split("\n")).toContain(key);
  }
  expect(output).toMatch(/^\/registry\/pods\/default\/nginx-[a-z0-9]+-[a-z0-9]{5}$/m);
  expect(output).toMatch(/^\/registry\/secrets\/kube-system\/bootstrap-token-[a-z0-9]{6}$/m);
});

test("4: the same object from both sides", async () => {
  await terminal.run("exit");
  const made = await terminal.run(
    'kubectl run nginx-demo \\\n  --image=nginx \\\n  --labels="app=web,env=production,tier=frontend"',
  );
  expect(made).toBe("pod/nginx-demo created");
  await terminal.run("kubectl wait --for=condition=Ready pod/nginx-demo --timeout=60s");
  const shown = await terminal.run("kubectl get pod nginx-demo --show-labels");
  expect(shown).toMatch(/nginx-demo +1\/1 +Running +0 +\d+s +app=web,env=production,tier=frontend$/);
  await enterEtcdPod();
  for (const line of EXPORTS) await terminal.run(line);
  const stored = await terminal.run(`${ETCDCTL} get /registry/pods/default/nginx-demo`);
  const [key, ...value] = stored.split("\n").filter((line) => !line.startsWith('{"level"'));
  expect(key).toBe("/registry/pods/default/nginx-demo");
  const pod = JSON.parse(value.join(""));
  expect(pod.metadata.labels).toEqual({ app: "web", env: "production", tier: "frontend" });
  expect(pod.spec.containers[0].image).toBe("nginx");
});

test("5: deployments, a node under its historical name, endpoints", async () => {
  const deployments = await terminal.run(`${ETCDCTL} get /registry/deployments --prefix --keys-only`);
  expect(deployments).toContain("/registry/deployments/default/nginx");
  expect(deployments).toContain("/registry/deployments/kube-system/coredns");
  const node = await terminal.run(`${ETCDCTL} get /registry/minions/ip-10-0-1-11`);
  expect(node).toContain('"kind":"Node"');
  const endpoints = await terminal.run(`${ETCDCTL} get /registry/services/endpoints/default/kubernetes`);
  expect(endpoints).toContain('"ip":"10.0.1.10"');
  await terminal.run("exit");
});

test("8: when it breaks: pods, logs, certificates, status, health", async () => {
  expect(await terminal.run("kubectl get pods -n kube-system | grep etcd")).toContain("Running");
  expect(await terminal.run("kubectl logs -n kube-system etcd-ip-10-0-1-10 | head -5")).toContain('"level":"info"');
  const files = await terminal.run("ls -la /etc/kubernetes/pki/etcd/");
  expect(files).toMatch(/^-rw------- +1 root root +\d+ .* server\.key$/m);
  expect(files).toMatch(/^-rw-r--r-- +1 root root +\d+ .* server\.crt$/m);
  const dates = await terminal.run("openssl x509 -in /etc/kubernetes/pki/etcd/server.crt -noout -dates");
  expect(dates).toMatch(/^notBefore=\w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} GMT\nnotAfter=\w{3} [ \d]\d .* GMT$/);
  for (const line of EXPORTS) await terminal.run(line);
  expect(await terminal.run(`${ETCDCTL} endpoint status`)).toMatch(
    /https:\/\/127\.0\.0\.1:2379, [0-9a-f]+, 3\.6\.\d+,/,
  );
  expect(await terminal.run(`${ETCDCTL} endpoint health`)).toMatch(
    /https:\/\/127\.0\.0\.1:2379 is healthy: successfully committed proposal: took = /,
  );
});

test("nothing went wrong in the page meanwhile", () => {
  expect(terminal.errors).toEqual([]);
});
