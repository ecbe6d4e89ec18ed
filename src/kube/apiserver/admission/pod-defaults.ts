import type {
  Node,
  PersistentVolumeClaim,
  Pod,
  PriorityClass,
  StorageClass,
  Toleration,
} from "../../api/types.generated.ts";
import type { Draft } from "../defaults/draft.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import { forbidden } from "../status.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";

const TOLERATION_SECONDS = 300;
const NOT_READY = "node.kubernetes.io/not-ready";
const UNREACHABLE = "node.kubernetes.io/unreachable";
const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

function creates<T>(request: AdmissionRequest, kind: string): Draft<T> | undefined {
  if (request.operation !== "CREATE" || request.kind.kind !== kind || request.subresource !== "") return undefined;
  return request.draft as unknown as Draft<T>;
}

/** Pods stay five minutes on a node that is gone (plugin/pkg/admission/defaulttolerationseconds). */
export const DEFAULT_TOLERATION_SECONDS: AdmissionPlugin = {
  name: "DefaultTolerationSeconds",
  mutate(request) {
    const pod = creates<Pod>(request, "Pod");
    if (pod === undefined) return;
    for (const key of [NOT_READY, UNREACHABLE]) {
      const known = (pod.spec.tolerations ?? []).some(
        (one) => (!one.key || one.key === key) && (!one.effect || one.effect === "NoExecute"),
      );
      if (known) continue;
      const toleration: Draft<Toleration> = {
        key,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: TOLERATION_SECONDS,
      };
      pod.spec.tolerations = [...(pod.spec.tolerations ?? []), toleration];
    }
  },
};

/** A pod's priority is its class's (plugin/pkg/admission/priority). */
export function priority(index: KindIndex): AdmissionPlugin {
  const cache = index.cache("scheduling.k8s.io", "v1", "priorityclasses");
  const find = (name: string) => cache.get(cache.prefix + name)?.object as PriorityClass | undefined;
  return {
    name: "Priority",
    mutate(request) {
      const pod = creates<Pod>(request, "Pod");
      if (pod === undefined) return;
      let name = pod.spec.priorityClassName ?? "";
      if (name === "")
        name = defaultClass(cache.list(cache.prefix).map(({ object }) => object as PriorityClass))?.metadata.name ?? "";
      const found = name === "" ? undefined : find(name);
      if (name !== "" && found === undefined)
        throw forbidden(request.kind, request.name, `no PriorityClass with name ${name} was found`);
      const value = found?.value ?? 0;
      if (pod.spec.priority !== undefined && pod.spec.priority !== value && pod.spec.priority !== null) {
        throw forbidden(
          request.kind,
          request.name,
          `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
        );
      }
      if (name !== "") pod.spec.priorityClassName = name;
      pod.spec.priority = value;
      pod.spec.preemptionPolicy ??= found?.preemptionPolicy ?? "PreemptLowerPriority";
    },
  };
}

function defaultClass(classes: readonly PriorityClass[]): PriorityClass | undefined {
  return classes.filter(({ globalDefault }) => globalDefault === true).sort((a, b) => a.value - b.value)[0];
}

/** New nodes are not ready until the node controller says so (plugin/pkg/admission/nodetaint). */
export const TAINT_NODES_BY_CONDITION: AdmissionPlugin = {
  name: "TaintNodesByCondition",
  mutate(request) {
    const node = creates<Node>(request, "Node");
    if (node === undefined) return;
    const taints = node.spec.taints ?? [];
    if (!taints.some(({ key }) => key === NOT_READY))
      node.spec.taints = [...taints, { key: NOT_READY, effect: "NoSchedule" }];
  },
};

/** Claims without a class get the default one (plugin/pkg/admission/storage/storageclass/setdefault). */
export function defaultStorageClass(index: KindIndex): AdmissionPlugin {
  const cache = index.cache("storage.k8s.io", "v1", "storageclasses");
  return {
    name: "DefaultStorageClass",
    mutate(request) {
      const claim = creates<PersistentVolumeClaim>(request, "PersistentVolumeClaim");
      if (claim === undefined || claim.spec.storageClassName != null) return;
      const classes = cache.list(cache.prefix).map(({ object }) => object as StorageClass);
      const chosen = classes
        .filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true")
        .sort((a, b) => ((a.metadata.creationTimestamp ?? "") < (b.metadata.creationTimestamp ?? "") ? 1 : -1))[0];
      if (chosen?.metadata.name !== undefined) claim.spec.storageClassName = chosen.metadata.name;
    },
  };
}

/** Volumes in use are kept by a finalizer (plugin/pkg/admission/storage/storageobjectinuseprotection). */
export const STORAGE_OBJECT_IN_USE_PROTECTION: AdmissionPlugin = {
  name: "StorageObjectInUseProtection",
  mutate(request) {
    const finalizers: Readonly<Record<string, string>> = {
      PersistentVolumeClaim: "kubernetes.io/pvc-protection",
      PersistentVolume: "kubernetes.io/pv-protection",
    };
    const finalizer = finalizers[request.kind.kind];
    if (finalizer === undefined) return;
    const object = creates<PersistentVolumeClaim>(request, request.kind.kind);
    const known = object?.metadata.finalizers ?? [];
    if (object !== undefined && !known.includes(finalizer)) object.metadata.finalizers = [...known, finalizer];
  },
};

/** Nodes write only about themselves and their own pods (plugin/pkg/admission/noderestriction). */
export const NODE_RESTRICTION: AdmissionPlugin = {
  name: "NodeRestriction",
  mutate(request) {
    const { user, kind, operation, draft, name } = request;
    if (!user.name.startsWith("system:node:") || !user.groups.includes("system:nodes")) return;
    const node = user.name.slice("system:node:".length);
    if (
      kind.kind === "Node" &&
      kind.group === "" &&
      operation !== "DELETE" &&
      operation !== "CONNECT" &&
      name !== node
    ) {
      throw forbidden(kind, name, `node ${JSON.stringify(node)} is not allowed to modify node ${JSON.stringify(name)}`);
    }
    if (kind.kind !== "Pod" || operation !== "CREATE" || request.subresource !== "") return;
    const pod = draft as unknown as Draft<Pod>;
    if (pod.metadata.annotations?.["kubernetes.io/config.mirror"] === undefined) {
      throw forbidden(
        kind,
        name,
        `pod does not have "kubernetes.io/config.mirror" annotation, node ${JSON.stringify(node)} can only create mirror pods`,
      );
    }
    if (pod.spec.nodeName !== node) {
      throw forbidden(kind, name, `node ${JSON.stringify(node)} can only create pods with spec.nodeName set to itself`);
    }
  },
};
