import { dialEtcd } from "../../etcd/rpc/dial.ts";
import type { KubeObject } from "../../kube/api/kube-object.ts";
import { loadKubeconfig, restConfig } from "../../kube/client/kubeconfig.ts";
import { RestClient } from "../../kube/client/rest.ts";
import { ConnectionError, StatusError } from "../../kube/client/status-error.ts";
import type { Machine } from "../../machine/machine.ts";
import { parseCertificates } from "../../pki/certificate-parser.ts";
import { loadKeyPair } from "../../pki/key-pair.ts";
import { filledObjects } from "../../programs/kubeadm/cluster-objects.ts";
import { jsonBody } from "../../sim/http.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { CLUSTER_HOSTS } from "./cluster-hosts.ts";
import addons from "./data/addons.json" with { type: "json" };
import workloads from "./data/workloads.json" with { type: "json" };

/**
 * What `kubeadm init` does once the API server answers, and what the cluster's people did in its first minutes: upload
 * configuration, mark the control plane, install add-ons, deploy nginx. All through the API, as super-admin.
 */
export function* genesis(controlPlane: Machine): Task<void> {
  const host = { net: controlPlane.station, clock: controlPlane.kernel.clock, fs: controlPlane.fs };
  const client = new RestClient(host, restConfig(loadKubeconfig(controlPlane.fs, "/etc/kubernetes/super-admin.conf")));
  yield* answered(client, controlPlane, "/readyz");
  const marks = {
    caPem: controlPlane.fs.readText("/etc/kubernetes/pki/ca.crt"),
    tokenExpires: controlPlane.kernel.clock.now + TOKEN_LIFETIME_MS,
  };
  for (const object of filledObjects(addons as unknown as KubeObject[], marks)) yield* create(client, object);
  yield* markControlPlane(client, controlPlane);
  yield* answered(client, controlPlane, "/api/v1/namespaces/default/serviceaccounts/default");
  for (const object of workloads as unknown as KubeObject[])
    yield* create(client, object, object.kind === "Pod" ? "kubectl-run" : "kubectl-create");
  client.close();
}

/** Asks until the answer is 200, half a second between. */
function* answered(client: RestClient, machine: Machine, path: string): Task<void> {
  for (;;) {
    try {
      const response = yield* client.exchange({ method: "GET", path });
      if (response.status === 200) return;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    }
    yield* sleep(machine.kernel.clock, 500);
  }
}

/** Collections by kind, for the kinds that genesis makes. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  ConfigMap: "/api/v1/namespaces/NS/configmaps",
  Secret: "/api/v1/namespaces/NS/secrets",
  ServiceAccount: "/api/v1/namespaces/NS/serviceaccounts",
  Service: "/api/v1/namespaces/NS/services",
  Pod: "/api/v1/namespaces/NS/pods",
  Deployment: "/apis/apps/v1/namespaces/NS/deployments",
  DaemonSet: "/apis/apps/v1/namespaces/NS/daemonsets",
  Role: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles",
  RoleBinding: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings",
  ClusterRole: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
};

function* create(client: RestClient, object: KubeObject, fieldManager = "kubeadm"): Task<void> {
  const path = (COLLECTIONS[object.kind ?? ""] ?? "").replace("NS", object.metadata.namespace ?? "default");
  try {
    yield* client.request({ method: "POST", path, query: { fieldManager }, body: jsonBody(object) });
  } catch (error) {
    if (!(error instanceof StatusError) || error.status.reason !== "AlreadyExists") throw error;
  }
}

/** Labels and taints the control-plane node when it has registered, as `kubeadm init phase mark-control-plane` does. */
function* markControlPlane(client: RestClient, machine: Machine): Task<void> {
  const name = CLUSTER_HOSTS[0]?.name ?? "";
  yield* answered(client, machine, `/api/v1/nodes/${name}`);
  const labels = {
    "node-role.kubernetes.io/control-plane": "",
    "node.kubernetes.io/exclude-from-external-load-balancers": "",
  };
  const taints = [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }];
  yield* client.request({
    method: "PATCH",
    path: `/api/v1/nodes/${name}`,
    query: { fieldManager: "kubeadm" },
    headers: { "content-type": "application/strategic-merge-patch+json" },
    body: jsonBody({ metadata: { labels }, spec: { taints } }),
  });
}

/** How long the bootstrap token is good for; `kubeadm token create --ttl` was given this. */
const TOKEN_LIFETIME_MS = 30 * 86_400_000;

/**
 * Five days pass between the making of a cluster and the world's beginning, and every etcd lease is shorter: what hangs
 * on them (events, the API server's address) is gone by then. The world does not simulate those days, so the leases are
 * ended here, as their time would have. Likewise the API server has history compacted every five minutes; etcd's backend
 * has long committed that, so no start has to compact again out of the log.
 */
export function* letDaysPass(controlPlane: Machine): Task<void> {
  const { kernel, fs, station } = controlPlane;
  const pki = "/etc/kubernetes/pki/etcd";
  const certificate = loadKeyPair(fs.readText(`${pki}/server.crt`), fs.readText(`${pki}/server.key`));
  const rootCas = parseCertificates(fs.readText(`${pki}/ca.crt`));
  const etcd = dialEtcd({
    net: station,
    clock: kernel.clock,
    tasks: kernel.tasks,
    random: kernel.random.fork("genesis/leases"),
    endpoints: ["https://127.0.0.1:2379"],
    tls: { rootCas, certificate, insecureSkipVerify: false },
  });
  const { leases } = yield* etcd.call("etcdserverpb.Lease/LeaseLeases", {}, { timeoutMs: 5000 });
  let revision = 0;
  for (const id of leases) {
    const { header } = yield* etcd.call("etcdserverpb.Lease/LeaseRevoke", { id }, { timeoutMs: 5000 });
    revision = header.revision;
  }
  if (revision > 0) yield* etcd.call("etcdserverpb.KV/Compact", { revision, physical: true }, { timeoutMs: 5000 });
  etcd.close();
  yield* sleep(kernel.clock, BACKEND_COMMITTED_MS);
}

/** Long enough for etcd's backend to commit what was applied (every 100 ms, and an fsync). */
const BACKEND_COMMITTED_MS = 500;
