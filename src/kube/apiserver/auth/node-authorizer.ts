import type { PersistentVolumeClaim, Pod } from "../../api/types.generated.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import type { ResourceCache } from "../storage/resource-cache.ts";
import type { AccessRequest, Decision } from "./attributes.ts";
import { allows } from "./rbac.ts";

const PREFIX = "system:node:";
const NO_OPINION: Decision = { allowed: false, reason: "" };
const ALLOWED: Decision = { allowed: true, reason: "" };

/** Rules that every node has, whatever it runs (plugin/pkg/auth/authorizer/rbac/bootstrappolicy NodeRules). */
const NODE_RULES = [
  { verbs: ["create"], apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"] },
  {
    verbs: ["create"],
    apiGroups: ["authorization.k8s.io"],
    resources: ["subjectaccessreviews", "localsubjectaccessreviews"],
  },
  { verbs: ["get", "list", "watch"], apiGroups: [""], resources: ["services"] },
  { verbs: ["create", "get", "list", "watch"], apiGroups: [""], resources: ["nodes"] },
  { verbs: ["update", "patch"], apiGroups: [""], resources: ["nodes", "nodes/status"] },
  { verbs: ["create", "update", "patch"], apiGroups: ["", "events.k8s.io"], resources: ["events"] },
  { verbs: ["get", "list", "watch"], apiGroups: [""], resources: ["pods"] },
  { verbs: ["create", "delete"], apiGroups: [""], resources: ["pods"] },
  { verbs: ["update", "patch"], apiGroups: [""], resources: ["pods/status"] },
  { verbs: ["create"], apiGroups: [""], resources: ["pods/eviction"] },
  { verbs: ["get", "list", "watch"], apiGroups: ["storage.k8s.io"], resources: ["csidrivers"] },
  { verbs: ["get", "list", "watch"], apiGroups: ["node.k8s.io"], resources: ["runtimeclasses"] },
  {
    verbs: ["create", "get", "list", "watch"],
    apiGroups: ["certificates.k8s.io"],
    resources: ["certificatesigningrequests"],
  },
];

/** A node reads what its pods need, and writes about itself (plugin/pkg/auth/authorizer/node). */
export class NodeAuthorizer {
  private readonly pods: ResourceCache;
  private readonly claims: ResourceCache;

  constructor(index: KindIndex) {
    this.pods = index.cache("", "v1", "pods");
    this.claims = index.cache("", "v1", "persistentvolumeclaims");
  }

  authorize(request: AccessRequest): Decision {
    const { user } = request;
    if (!user.name.startsWith(PREFIX) || !user.groups.includes("system:nodes")) return NO_OPINION;
    const node = user.name.slice(PREFIX.length);
    if (request.isResource) {
      if (request.group === "" && isGraphResource(request.resource)) return this.reads(request, node);
      if (request.group === "coordination.k8s.io" && request.resource === "leases") return ownLease(request, node);
      if (request.group === "storage.k8s.io" && request.resource === "csinodes") return own(request, node);
      if (request.resource === "serviceaccounts" && request.subresource === "token") return this.token(request, node);
    }
    return NODE_RULES.some((rule) => allows(rule, request)) ? ALLOWED : NO_OPINION;
  }

  private reads(request: AccessRequest, node: string): Decision {
    const claimStatus = request.resource === "persistentvolumeclaims" && request.subresource === "status";
    const reading = ["get", "list", "watch"].includes(request.verb);
    if ((!reading && !claimStatus) || request.name === "") return refuse(node, request);
    return this.refers(request, node) ? ALLOWED : refuse(node, request);
  }

  private token(request: AccessRequest, node: string): Decision {
    const uses = this.podsOn(node).some(
      ({ metadata, spec }) =>
        metadata.namespace === request.namespace && (spec.serviceAccountName || "default") === request.name,
    );
    return uses ? ALLOWED : refuse(node, request);
  }

  private refers(request: AccessRequest, node: string): boolean {
    const { resource, namespace, name } = request;
    return this.podsOn(node).some((pod) => {
      if (resource === "persistentvolumes") return this.volumesOf(pod).includes(name);
      return pod.metadata.namespace === namespace && namesOf(pod, resource).includes(name);
    });
  }

  private podsOn(node: string): Pod[] {
    const pods = this.pods.list(this.pods.prefix).map(({ object }) => object as Pod);
    return pods.filter(({ spec }) => spec.nodeName === node);
  }

  private volumesOf(pod: Pod): string[] {
    return namesOf(pod, "persistentvolumeclaims").map((claim) => {
      const key = `${this.claims.prefix}${pod.metadata.namespace ?? ""}/${claim}`;
      return (this.claims.get(key)?.object as PersistentVolumeClaim | undefined)?.spec.volumeName ?? "";
    });
  }
}

function isGraphResource(resource: string): boolean {
  return ["secrets", "configmaps", "persistentvolumeclaims", "persistentvolumes"].includes(resource);
}

/** Names of secrets, config maps or claims that a pod uses. */
function namesOf(pod: Pod, resource: string): string[] {
  const { spec } = pod;
  const volumes = spec.volumes ?? [];
  const sources = volumes.flatMap(({ projected }) => projected?.sources ?? []);
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const env = containers.flatMap((container) => container.env ?? []);
  const from = containers.flatMap((container) => container.envFrom ?? []);
  const names: (string | undefined)[] =
    resource === "secrets"
      ? [
          ...volumes.map(({ secret }) => secret?.secretName),
          ...sources.map(({ secret }) => secret?.name),
          ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
          ...from.map(({ secretRef }) => secretRef?.name),
          ...(spec.imagePullSecrets ?? []).map(({ name }) => name),
        ]
      : resource === "configmaps"
        ? [
            ...volumes.map(({ configMap }) => configMap?.name),
            ...sources.map(({ configMap }) => configMap?.name),
            ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
            ...from.map(({ configMapRef }) => configMapRef?.name),
          ]
        : volumes.map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName);
  return names.filter((name): name is string => name !== undefined && name !== "");
}

function ownLease(request: AccessRequest, node: string): Decision {
  if (request.namespace !== "kube-node-lease") return NO_OPINION;
  return own(request, node);
}

function own(request: AccessRequest, node: string): Decision {
  if (!["get", "create", "update", "patch", "delete"].includes(request.verb)) return NO_OPINION;
  return request.verb === "create" || request.name === node ? ALLOWED : NO_OPINION;
}

function refuse(node: string, request: AccessRequest): Decision {
  const reason = request.name === "" ? "" : `no relationship found between node '${node}' and this object`;
  return { allowed: false, reason };
}
