import type { RandomStream } from "../../src/sim/random.ts";
import { CONTROL_PLANE, HOSTS, WIRES, WORKERS } from "./hosts.ts";
import type { Step } from "./step.ts";

/** Something that an operator, a machine or an accident may do. To add one, add a row to `OPERATIONS`. */
export interface Operation {
  /** How often it comes, relative to the others. */
  readonly weight: number;
  make(random: RandomStream): Step[];
}

const NAMES = ["web", "shop", "queue"];
const MANIFESTS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
const RESOURCES = [
  "pods",
  "replicasets",
  "deployments",
  "services/specs",
  "services/endpoints",
  "endpointslices",
  "minions",
  "leases",
  "serviceaccounts",
  "configmaps",
  "secrets",
  "events",
  "namespaces/default",
  "controllerrevisions",
  "daemonsets",
  "clusterroles",
  "clusterrolebindings",
  "priorityclasses",
  "ranges",
];
const GARBAGE = [
  "''",
  "garbage",
  "'{}'",
  '\'{"kind":"Pod"\'',
  '\'{"kind":"Pod","apiVersion":"v1"}\'',
  "null",
  "'[]'",
  "'k8s\\x00\\x00'",
];

const HALF_OBJECTS: readonly (readonly [resource: string, kind: string, version: string])[] = [
  ["pods", "Pod", "v1"],
  ["services/specs", "Service", "v1"],
  ["replicasets", "ReplicaSet", "apps/v1"],
  ["deployments", "Deployment", "apps/v1"],
  ["statefulsets", "StatefulSet", "apps/v1"],
  ["daemonsets", "DaemonSet", "apps/v1"],
  ["jobs", "Job", "batch/v1"],
  ["cronjobs", "CronJob", "batch/v1"],
  ["endpointslices", "EndpointSlice", "discovery.k8s.io/v1"],
  ["leases", "Lease", "coordination.k8s.io/v1"],
  ["minions", "Node", "v1"],
  ["namespaces", "Namespace", "v1"],
  ["persistentvolumeclaims", "PersistentVolumeClaim", "v1"],
  ["horizontalpodautoscalers", "HorizontalPodAutoscaler", "autoscaling/v2"],
  ["clusterroles", "ClusterRole", "rbac.authorization.k8s.io/v1"],
  ["rolebindings", "RoleBinding", "rbac.authorization.k8s.io/v1"],
];

const at = (host: string, line: string, waitMs: number): Step => ({ do: "shell", host, line, waitMs });
const one = <T>(random: RandomStream, items: readonly T[]): T => {
  const item = random.pick(items);
  if (item === undefined) throw new Error("nothing to choose from");
  return item;
};

/** A line on the control plane that is given the time it usually needs, or is left running. */
function op(weight: number, line: (random: RandomStream) => string, waitMs = 3000): Operation {
  return {
    weight,
    make: (random) => [at(CONTROL_PLANE, line(random), random.chance(1, 5) ? random.below(60) : waitMs)],
  };
}

function onAnyHost(weight: number, line: (random: RandomStream) => string, waitMs = 3000): Operation {
  return {
    weight,
    make: (random) => [at(one(random, HOSTS), line(random), random.chance(1, 4) ? random.below(300) : waitMs)],
  };
}

const name = (random: RandomStream) => one(random, NAMES);
const randomPod = (random: RandomStream) => `$(kubectl get pods -o name | sed -n ${1 + random.below(6)}p)`;
const randomKey = (random: RandomStream, prefix: string) =>
  `$(etcdctl get ${prefix} --prefix --keys-only | grep . | sed -n ${1 + random.below(12)}p)`;

const KUBECTL: readonly Operation[] = [
  op(4, (r) => `kubectl create deployment ${name(r)} --image=nginx --replicas=${1 + r.below(4)}`),
  op(4, (r) => `kubectl scale deployment ${one(r, ["nginx", ...NAMES])} --replicas=${r.below(6)}`),
  op(3, (r) => `kubectl delete deployment ${name(r)} --wait=false${r.chance(1, 3) ? " --cascade=orphan" : ""}`),
  op(3, (r) => `kubectl delete ${randomPod(r)} ${r.chance(1, 3) ? "--force" : "--wait=false"}`),
  op(
    2,
    (r) => `kubectl run ${name(r)}-${r.below(3)} --image=${one(r, ["nginx", "nginx", "redis", "busybox", "nosuch"])}`,
  ),
  op(2, (r) => `kubectl expose deployment ${one(r, ["nginx", ...NAMES])} --name=${name(r)} --port=80`),
  op(1, (r) => `kubectl delete service ${one(r, ["nginx", ...NAMES])}`),
  op(3, (r) => `kubectl rollout restart deployment/${one(r, ["nginx", ...NAMES])}`),
  op(1, (r) => `kubectl rollout undo deployment/${one(r, ["nginx", ...NAMES])}`),
  op(
    2,
    (r) =>
      `kubectl set image deployment/${one(r, ["nginx", ...NAMES])} '*=${one(r, ["nginx:1.27", "nosuch", "nginx"])}'`,
  ),
  op(
    2,
    (r) => `kubectl label ${r.chance(1, 2) ? "pods --all" : `node ${one(r, HOSTS)}`} colour=c${r.below(3)} --overwrite`,
  ),
  op(2, (r) => `kubectl label ${randomPod(r)} app-`),
  op(2, (r) => `kubectl drain ${one(r, WORKERS)} --ignore-daemonsets --force --timeout=${1 + r.below(40)}s`, 20_000),
  op(2, (r) => `kubectl ${one(r, ["cordon", "uncordon"])} ${one(r, HOSTS)}`),
  op(1, (r) => `kubectl delete node ${one(r, HOSTS)} --wait=false`),
  op(
    1,
    (r) => `kubectl create namespace ns-${r.below(2)}; kubectl -n ns-${r.below(2)} create deployment a --image=nginx`,
  ),
  op(1, (r) => `kubectl delete namespace ns-${r.below(2)} --wait=false`),
  op(1, (r) => `kubectl create job j${r.below(3)} --image=busybox -- true`),
  op(1, (r) => `kubectl create cronjob c${r.below(2)} --image=busybox --schedule='* * * * *' -- true`),
  op(1, (r) => `kubectl -n kube-system delete ${one(r, ["lease", "endpointslices", "pods"])} --all --wait=false`),
  op(1, (r) => `kubectl -n kube-system delete ${one(r, ["ds/kube-proxy", "deploy/coredns"])} --cascade=orphan`),
  op(2, (r) => `kubectl apply -f - <<'E'\n${statefulSet(name(r), r.below(3))}\nE`),
  op(1, (r) => `kubectl delete statefulset ${name(r)} --wait=false`),
  op(1, (r) => `kubectl autoscale deployment ${name(r)} --min=1 --max=3 --cpu=80%`),
  op(1, (r) => `kubectl create quota q --hard=pods=${2 + r.below(6)}`),
  op(1, () => "kubectl delete quota q"),
  op(1, (r) => `kubectl patch ${randomPod(r)} -p '{"metadata":{"finalizers":["example.com/x"]}}'`),
  op(1, () => 'kubectl get pods -o name | xargs -I{} kubectl patch {} -p \'{"metadata":{"finalizers":null}}\''),
];

function statefulSet(set: string, replicas: number): string {
  const meta = `{name: ss-${set}}`;
  const template = `{metadata: {labels: {app: ss-${set}}}, spec: {containers: [{name: c, image: nginx}]}}`;
  return `{apiVersion: apps/v1, kind: StatefulSet, metadata: ${meta}, spec: {serviceName: ss, replicas: ${replicas}, selector: {matchLabels: {app: ss-${set}}}, template: ${template}}}`;
}

const ETCDCTL: readonly Operation[] = [
  op(3, (r) => `etcdctl del ${randomKey(r, `/registry/${one(r, RESOURCES)}`)}`),
  op(3, (r) => `etcdctl del /registry/${one(r, RESOURCES)} --prefix`),
  op(2, (r) => `etcdctl put ${randomKey(r, `/registry/${one(r, RESOURCES)}`)} -- ${one(r, GARBAGE)}`),
  op(2, (r) => {
    const [resource, kind, version] = one(r, HALF_OBJECTS);
    const metadata = one(r, [`{"name":"half","namespace":"default"}`, `{"name":"half"}`, "{}", "null"]);
    const more = one(r, ["", `,"spec":{}`, `,"spec":null`, `,"spec":{"template":{}}`, `,"status":null`]);
    const value = `{"kind":"${kind}","apiVersion":"${version}","metadata":${metadata}${more}}`;
    return `etcdctl put /registry/${resource}/default/half -- '${value}'`;
  }),
  op(1, (r) => `etcdctl put /registry/${one(r, RESOURCES)}/default/made-up -- ${one(r, GARBAGE)}`),
  op(1, (r) => {
    const key = randomKey(r, "/registry/pods/default");
    return `K=${key}; V=$(etcdctl get $K --print-value-only); etcdctl put $K -- "\${V/nginx/busybox}"`;
  }),
  op(1, (r) => {
    const key = randomKey(r, "/registry/replicasets");
    return `K=${key}; V=$(etcdctl get $K --print-value-only); etcdctl put $K -- "$(echo "$V" | sed 's/"replicas":[0-9]*/"replicas":${r.below(5)}/')"`;
  }),
  op(1, (r) => `etcdctl lease grant ${1 + r.below(20)}; etcdctl lease list`),
  op(
    1,
    (r) =>
      `L=$(etcdctl lease grant ${1 + r.below(20)} | cut -d' ' -f2); etcdctl put /chaos/leased --lease=$L v; ${r.chance(1, 2) ? "etcdctl lease revoke $L" : "true"}`,
  ),
  op(3, () => "R=$(etcdctl get / -w json --limit=1 | jq .header.revision); etcdctl compact $R"),
  op(
    1,
    (r) =>
      `R=$(etcdctl get / -w json --limit=1 | jq .header.revision); etcdctl compact $((R-${r.below(40)})) --physical`,
  ),
  op(2, () => "etcdctl defrag"),
  op(1, () => "etcdctl snapshot save /root/now.db && etcdutl snapshot status /root/now.db"),
  op(1, () => "etcdctl move-leader 1; etcdctl member list; etcdctl endpoint status; etcdctl endpoint hashkv"),
  op(1, () => "etcdctl alarm disarm; etcdctl check perf --load=s", 200),
  op(1, (r) => `for i in $(seq 1 ${5 + r.below(20)}); do etcdctl put /chaos/foreign/$i $i; done`),
];

const KILLS: readonly Operation[] = [
  op(
    4,
    (r) =>
      `pkill ${one(r, ["-9", "-9", "-15", "-2"])} ${one(r, ["etcd", "etcd", "kube-apiserver", "kube-controller", "kube-scheduler"])}`,
    200,
  ),
  onAnyHost(
    3,
    (r) => `pkill -9 ${one(r, ["kubelet", "kubelet", "containerd", "nginx", "kube-proxy", "pause", "sshd"])}`,
    200,
  ),
  onAnyHost(2, (r) => `crictl stop ${r.chance(1, 2) ? "-t 0 " : ""}$(crictl ps -q | sed -n ${1 + r.below(6)}p)`, 8000),
  onAnyHost(1, (r) => `crictl rm -f $(crictl ps -aq | sed -n ${1 + r.below(8)}p)`, 4000),
  onAnyHost(1, (r) => `crictl ${one(r, ["stopp", "rmp -f"])} $(crictl pods -q | sed -n ${1 + r.below(6)}p)`, 4000),
  onAnyHost(
    4,
    (r) =>
      `systemctl ${one(r, ["restart", "restart", "stop", "start", "kill -s KILL"])} ${one(r, ["kubelet", "kubelet", "containerd"])}`,
    4000,
  ),
  onAnyHost(1, () => "reboot", 100),
  onAnyHost(1, (r) => `systemctl ${one(r, ["reboot", "poweroff"])}`, 3000),
  onAnyHost(1, () => "pkill -STOP kubelet; sleep 7; pkill -CONT kubelet", 8000),
  op(
    1,
    (r) => {
      const p = one(r, ["etcd", "kube-apiserver", "kube-controller", "kube-scheduler"]);
      return `pkill -STOP ${p}; sleep ${1 + r.below(40)}; pkill -CONT ${p}`;
    },
    50_000,
  ),
];

const manifest = (random: RandomStream) => `${one(random, ["etcd", ...MANIFESTS])}.yaml`;
const FILES: readonly Operation[] = [
  op(
    4,
    (r) => {
      const file = manifest(r);
      const away = one(r, ["0.05", "0.2", "0.5", "1", "3", "15", "40"]);
      return `cd /etc/kubernetes/manifests; mv ${file} /root/; sleep ${away}; mv /root/${file} .`;
    },
    45_000,
  ),
  op(1, (r) => `mv /etc/kubernetes/manifests/${manifest(r)} /root/`),
  op(1, (r) => `mv -n /root/*.yaml /etc/kubernetes/manifests/; touch /etc/kubernetes/manifests/${manifest(r)}`),
  op(
    2,
    (r) =>
      `sed -i 's/${one(r, ["--v=2", "periodSeconds: 10", "failureThreshold: 8"])}/&0/' /etc/kubernetes/manifests/${manifest(r)}`,
  ),
  op(
    1,
    (r) =>
      `sed -i 's/- --snapshot-count.*/- --quota-backend-bytes=${1000 + r.below(3_000_000)}/' /etc/kubernetes/manifests/etcd.yaml`,
  ),
  op(
    1,
    (r) =>
      `sed -i 's/- --snapshot-count.*/- --snapshot-count=${5 + r.below(200)}/' /etc/kubernetes/manifests/etcd.yaml`,
  ),
  op(1, (r) => `echo broken > /etc/kubernetes/manifests/${manifest(r)}`),
  op(
    1,
    (r) =>
      `cp /etc/kubernetes/manifests/${manifest(r)} /etc/kubernetes/manifests/twin.yaml; sleep ${r.below(20)}; rm -f /etc/kubernetes/manifests/twin.yaml`,
    25_000,
  ),
  op(
    1,
    (r) =>
      `${one(r, ["rm -f", "truncate -s 0", "echo x >"])} /etc/kubernetes/${one(r, ["admin.conf", "kubelet.conf", "scheduler.conf", "controller-manager.conf", "pki/ca.crt", "pki/apiserver.crt", "pki/etcd/server.key", "pki/etcd/ca.crt", "pki/sa.key", "pki/apiserver-etcd-client.crt"])}`,
  ),
  onAnyHost(
    1,
    (r) =>
      `${one(r, ["rm -f", "echo x >"])} ${one(r, ["/var/lib/kubelet/config.yaml", "/etc/kubernetes/kubelet.conf", "/var/lib/kubelet/pki/kubelet-client-current.pem"])}`,
  ),
  onAnyHost(1, () => "rm -rf /var/log/pods/* /var/log/containers/*"),
  { weight: 3, make: (r) => [{ do: "fill", host: one(r, HOSTS) }] },
  { weight: 2, make: (r) => [{ do: "free", host: one(r, HOSTS) }] },
];

const CLOCKS: readonly Operation[] = [
  op(
    2,
    (r) =>
      `date -s '${one(r, ["+1 hour", "-1 hour", "+5 seconds", "-5 seconds", "+90 seconds", "-90 seconds", "+2 days", "-2 days"])}'`,
    500,
  ),
];

const WIRING: readonly Operation[] = [
  {
    weight: 5,
    make: (r) => {
      const [a, b] = one(r, WIRES);
      return [{ do: "partition", a, b }];
    },
  },
  {
    weight: 4,
    make: (r) => {
      const [a, b] = one(r, WIRES);
      return [{ do: "join", a, b }];
    },
  },
  {
    weight: 3,
    make: (r) => {
      const [a, b] = one(r, WIRES);
      return [{ do: "slow", a, b, latencyMs: one(r, [0.2, 5, 80, 400, 2500]), loss: one(r, [0, 0, 50, 300]) }];
    },
  },
];

/** Lines that a learner types and takes back. */
const TYPED: readonly Operation[] = [...KUBECTL, ...ETCDCTL, ...KILLS, ...FILES, ...CLOCKS];

const WAYS_BACK: readonly Operation[] = [
  {
    weight: 6,
    make: (r) =>
      one(r, TYPED)
        .make(r)
        .flatMap((step) => (step.do === "shell" ? [{ ...step, do: "undo", waitMs: Math.min(step.waitMs, 6000) }] : [])),
  },
  { weight: 2, make: (r) => [{ do: "restore", ms: r.below(8000) }] },
];

const POWER: readonly Operation[] = [
  {
    weight: 4,
    make: (r) => {
      const host = one(r, HOSTS);
      return [
        { do: "cut", host },
        { do: "wait", ms: r.below(5000) },
        { do: "power", host },
      ];
    },
  },
  { weight: 1, make: (r) => [{ do: "cut", host: one(r, HOSTS) }] },
  { weight: 2, make: (r) => [{ do: "power", host: one(r, HOSTS) }] },
  { weight: 4, make: () => [{ do: "reload" }] },
];

export const OPERATIONS: readonly Operation[] = [
  ...KUBECTL,
  ...ETCDCTL,
  ...KILLS,
  ...FILES,
  ...CLOCKS,
  ...WIRING,
  ...POWER,
  ...WAYS_BACK,
];
