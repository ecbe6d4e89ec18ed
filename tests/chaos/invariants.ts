import { type ChaosWorld, OWN_FAULT } from "./chaos-world.ts";
import type { ClusterLook, Thing } from "./cluster-look.ts";
import { filesUnder } from "./files-under.ts";
import type { Scars } from "./heal.ts";
import { CONTROL_PLANE, HOSTS } from "./hosts.ts";

/** What holds in a cluster at rest. Each gives a sentence for each thing that is not so. */
type Invariant = (look: ClusterLook, world: ChaosWorld, scars: Scars) => string[];

const name = (thing: Thing) =>
  `${thing.kind} ${thing.metadata.namespace === undefined ? "" : `${thing.metadata.namespace}/`}${thing.metadata.name}`;
const isGoing = (thing: Thing) => thing.metadata.deletionTimestamp !== undefined;
const isOver = (pod: Thing) => pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
const isReady = (thing: Thing) =>
  (thing.status?.conditions ?? []).some(
    (c: { type: string; status: string }) => c.type === "Ready" && c.status === "True",
  );

/** The garbage collector removes what has owners that are all gone. */
const noOrphans: Invariant = (look) => {
  const uids = new Set([...look.things.values()].map((thing) => thing.metadata.uid));
  return [...look.things.values()]
    .filter((thing) => thing.kind !== "Event" && !isGoing(thing))
    .filter(
      ({ metadata }) => metadata.ownerReferences?.length && metadata.ownerReferences.every(({ uid }) => !uids.has(uid)),
    )
    .map(
      (thing) =>
        `${name(thing)} has no owner any more: ${thing.metadata.ownerReferences?.map((o) => `${o.kind} ${o.name}`).join()}`,
    );
};

/** Nothing that is being deleted and has no finalizer left stays. */
const noneStuckInDeletion: Invariant = (look) =>
  [...look.things.values()]
    .filter((thing) => isGoing(thing) && !thing.metadata.finalizers?.some((f) => f.startsWith("example.com/")))
    .filter((thing) => look.at - Date.parse(thing.metadata.deletionTimestamp ?? "") > 120_000)
    .filter((thing) => thing.kind !== "Namespace" && !heldInside(thing, look))
    .map((thing) => `${name(thing)} is being deleted since ${thing.metadata.deletionTimestamp}`);

/** Foreground deletion waits for dependents, and those may be held by somebody's finalizer. */
function heldInside(thing: Thing, look: ClusterLook): boolean {
  return [...look.things.values()].some(
    (other) =>
      other.metadata.ownerReferences?.some(({ uid }) => uid === thing.metadata.uid) === true &&
      (other.metadata.finalizers?.some((f) => f.startsWith("example.com/")) === true || heldInside(other, look)),
  );
}

const nodesAreReady: Invariant = (look) =>
  HOSTS.flatMap((host) => {
    const node = look.of("Node").find((each) => each.metadata.name === host);
    if (node === undefined) return [`Node ${host} is not registered`];
    const taints = (node.spec?.taints ?? []).map((t: { key: string }) => t.key) as string[];
    const wrong = taints.filter((key) => key.startsWith("node.kubernetes.io/"));
    return [
      ...(isReady(node) ? [] : [`Node ${host} is not ready`]),
      ...wrong.map((key) => `Node ${host} has taint ${key}`),
    ];
  });

/** As many pods as each ReplicaSet says, unless a quota, or what is not there to make them with, forbids. */
const replicasAsSpecified: Invariant = (look) =>
  look.of("ReplicaSet").flatMap((set) => {
    if (isGoing(set)) return [];
    const pods = look
      .of("Pod")
      .filter((pod) => !isGoing(pod) && !isOver(pod))
      .filter((pod) => pod.metadata.ownerReferences?.some((o) => o.controller === true && o.uid === set.metadata.uid));
    const failing = (set.status?.conditions ?? []).some(
      (c: { type: string; status: string }) => c.type === "ReplicaFailure" && c.status === "True",
    );
    const wanted = set.spec?.replicas ?? 0;
    if (pods.length === wanted || (failing && pods.length < wanted)) return [];
    return [`${name(set)} wants ${wanted} pods and has ${pods.length}`];
  });

const statusesAreCurrent: Invariant = (look) =>
  ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"].flatMap((kind) =>
    look
      .of(kind)
      .filter((thing) => !isGoing(thing) && (thing.status?.observedGeneration ?? 0) < (thing.metadata.generation ?? 0))
      .map(
        (thing) =>
          `${name(thing)}: generation ${thing.metadata.generation}, observed ${thing.status?.observedGeneration}`,
      ),
  );

/** One pod of each DaemonSet on every node that it selects. */
const daemonsOnEveryNode: Invariant = (look) =>
  look.of("DaemonSet").flatMap((set) => {
    if (isGoing(set)) return [];
    const pods = look
      .of("Pod")
      .filter((pod) => !isGoing(pod) && pod.metadata.ownerReferences?.some((o) => o.uid === set.metadata.uid));
    const wanted = Object.entries<string>(set.spec?.template?.spec?.nodeSelector ?? {});
    return look.of("Node").flatMap((node) => {
      const here = pods.filter((pod) => pod.spec?.nodeName === node.metadata.name);
      const selected = wanted.every(([label, value]) => node.metadata.labels?.[label] === value);
      return here.length === (selected ? 1 : 0)
        ? []
        : [`${name(set)} has ${here.length} pods on ${node.metadata.name}`];
    });
  });

/** Each running pod's containers run on its node, once, and no container runs that no pod asks for. */
const containersMatchPods: Invariant = (look, world) => {
  const pods = look.of("Pod");
  return HOSTS.flatMap((host) => {
    const machine = world.machine(host);
    if (!machine.containerd.available) return [`containerd of ${host} is not up`];
    const sandboxes = new Map(machine.containerd.podSandboxes().map((sandbox) => [sandbox.id, sandbox]));
    const running = machine.containerd.containers().filter((container) => container.state === "running");
    const here = pods.filter((pod) => pod.spec?.nodeName === host && pod.status?.phase === "Running" && !isGoing(pod));
    const missing = here.flatMap((pod) =>
      (pod.status?.containerStatuses ?? []).flatMap(
        (status: { name: string; containerID?: string; state?: Record<string, unknown> }) => {
          if (status.state?.["running"] === undefined) return [];
          const id = status.containerID?.replace("containerd://", "");
          const found = running.filter((container) => {
            const uid = sandboxes.get(container.sandboxId)?.config.uid;
            return (
              container.config.name === status.name &&
              (uid === pod.metadata.uid || uid === pod.metadata.annotations?.["kubernetes.io/config.mirror"])
            );
          });
          if (found.length === 1 && found[0]?.id === id) return [];
          return [
            `${name(pod)} on ${host}: status says ${id?.slice(0, 12)}, running are ${found.map((c) => c.id.slice(0, 12)).join() || "none"}`,
          ];
        },
      ),
    );
    const known = new Set(
      pods.flatMap((pod) => [pod.metadata.uid, pod.metadata.annotations?.["kubernetes.io/config.mirror"] ?? ""]),
    );
    const stray = running
      .map((container) => sandboxes.get(container.sandboxId)?.config)
      .filter((config) => config === undefined || !known.has(config.uid))
      .map(
        (config) =>
          `${host} runs a container of ${config?.namespace}/${config?.name} (${config?.uid}), a pod that is not there`,
      );
    return [...missing, ...stray];
  });
};

const addressesAreUnique: Invariant = (look) => {
  const owners = new Map<string, string[]>();
  for (const pod of look.of("Pod")) {
    const ip = pod.status?.podIP as string | undefined;
    if (ip === undefined || pod.spec?.hostNetwork === true || isOver(pod) || isGoing(pod)) continue;
    owners.set(ip, [...(owners.get(ip) ?? []), name(pod)]);
  }
  return [...owners]
    .filter(([, pods]) => pods.length > 1)
    .map(([ip, pods]) => `${ip} belongs to ${pods.join(" and ")}`);
};

/** A service's endpoints are its ready pods. */
const endpointsMatchPods: Invariant = (look) =>
  look.of("Service").flatMap((service) => {
    const selector = service.spec?.selector as Record<string, string> | undefined;
    if (selector === undefined || isGoing(service)) return [];
    const wanted = look
      .of("Pod")
      .filter(
        (pod) => pod.metadata.namespace === service.metadata.namespace && !isGoing(pod) && !isOver(pod) && isReady(pod),
      )
      .filter((pod) => Object.entries(selector).every(([key, value]) => pod.metadata.labels?.[key] === value))
      .map((pod) => pod.status?.podIP as string);
    const slices = look
      .of("EndpointSlice")
      .filter((slice) => slice.metadata.namespace === service.metadata.namespace)
      .filter((slice) => slice.metadata.labels?.["kubernetes.io/service-name"] === service.metadata.name);
    const listed = slices.flatMap((slice) =>
      ((slice["endpoints"] ?? []) as { addresses: string[]; conditions?: { ready?: boolean } }[])
        .filter((endpoint) => endpoint.conditions?.ready === true)
        .flatMap((endpoint) => endpoint.addresses),
    );
    const [a, b] = [wanted, listed].map((ips) => [...ips].sort().join(" "));
    return a === b ? [] : [`${name(service)}: ready pods are ${a || "none"}, its endpoint slices list ${b || "none"}`];
  });

/** What the API server lists from its cache is what the store holds. */
const cacheMatchesStore: Invariant = (look, world) => {
  const kinds = [
    "pods",
    "nodes",
    "services",
    "configmaps",
    "secrets",
    "endpointslices.discovery.k8s.io",
    "deployments.apps",
    "replicasets.apps",
  ];
  const line = `kubectl get ${kinds.join(",")} -A --no-headers -o custom-columns=K:.kind,NS:.metadata.namespace,N:.metadata.name,U:.metadata.uid`;
  const output = world.ask(CONTROL_PLANE, line, 60_000);
  const listed = new Set(
    output
      .split("\n")
      .filter((row) => row.trim() !== "")
      .map((row) => row.trim().split(/\s+/).join(" ")),
  );
  const stored = new Set(
    ["Pod", "Node", "Service", "ConfigMap", "Secret", "EndpointSlice", "Deployment", "ReplicaSet"]
      .flatMap((kind) => look.of(kind))
      .map((t) => `${t.kind} ${t.metadata.namespace ?? "<none>"} ${t.metadata.name} ${t.metadata.uid}`),
  );
  // Made every minute, or half an object that nobody can name.
  const cronMade = (row: string) => / c\d-\d+| half /.test(row);
  return [
    ...[...stored]
      .filter((row) => !listed.has(row) && !cronMade(row))
      .map((row) => `the API server does not list ${row}`),
    ...[...listed]
      .filter((row) => !stored.has(row) && !cronMade(row))
      .map((row) => `the API server lists ${row}, which is not stored`),
  ].slice(0, 5);
};

/** The control plane's parts run, lead and are ready. */
const controlPlaneIsUp: Invariant = (look, _world, scars) =>
  ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"].flatMap((part) => {
    const pod = look.of("Pod").find((each) => each.metadata.name === `${part}-${CONTROL_PLANE}`);
    if (pod === undefined) return [`${part} has no mirror pod`];
    return isReady(pod) || scars.registry ? [] : [`${part} is not ready`];
  });

/** Pods of an image that can run are ready, where nobody harmed what they need. */
const podsAreReady: Invariant = (look, _world, scars) => {
  if (scars.registry) return [];
  return look
    .of("Pod")
    .filter((pod) => !isGoing(pod) && !isOver(pod) && !isReady(pod))
    .filter((pod) =>
      (pod.spec?.containers ?? []).every((c: { image: string }) => /^(nginx|redis|registry)/.test(c.image)),
    )
    .map((pod) => `${name(pod)} is not ready: ${JSON.stringify(pod.status).slice(0, 600)}`);
};

/** Nothing grows without end. */
const worldIsBounded: Invariant = (_look, { sandbox }) => {
  const { pending } = sandbox.clock;
  const used = [...sandbox.machines.values()].map((machine) => [machine.name, machine.volume.heldBytes] as const);
  return [
    ...(pending > 1500 ? [`${pending} pieces of work are due`] : []),
    ...used
      .filter(([, bytes]) => bytes > 100 * 2 ** 20)
      .map(([host, bytes]) => `the disk of ${host} holds ${bytes} bytes`),
  ];
};

/** No log tells of a defect of the sandbox's own. */
const logsAreClean: Invariant = (_look, world) =>
  HOSTS.flatMap((host) => {
    const { fs } = world.machine(host);
    return filesUnder(fs, "/var/log").flatMap((path) => {
      const text = fs.readText(path);
      const found = OWN_FAULT.exec(text);
      return found === null
        ? []
        : [`${host}:${path}: ${text.slice(Math.max(0, found.index - 200), found.index + 200)}`];
    });
  });

const INVARIANTS: readonly Invariant[] = [
  noOrphans,
  noneStuckInDeletion,
  nodesAreReady,
  replicasAsSpecified,
  statusesAreCurrent,
  daemonsOnEveryNode,
  containersMatchPods,
  addressesAreUnique,
  endpointsMatchPods,
  cacheMatchesStore,
  controlPlaneIsUp,
  podsAreReady,
  logsAreClean,
  worldIsBounded,
];

/** All that is not as it should be in a cluster at rest. */
export function broken(look: ClusterLook, world: ChaosWorld, scars: Scars): string[] {
  return INVARIANTS.flatMap((invariant) => invariant(look, world, scars));
}
