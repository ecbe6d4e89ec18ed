import type { GroupVersionResource, KubeObject } from "../api/kube-object.ts";
import type * as api from "../api/types.generated.ts";

/** A collection of the API. `T` is the type of its objects. */
export interface Resource<T extends KubeObject = KubeObject> extends GroupVersionResource {
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never set: carries the type. */
  readonly sample?: T;
}

function resource<T extends KubeObject>(
  group: string,
  version: string,
  name: string,
  kind: string,
  namespaced = true,
): Resource<T> {
  return { group, version, resource: name, kind, namespaced };
}

export const PODS = resource<api.Pod>("", "v1", "pods", "Pod");
export const NODES = resource<api.Node>("", "v1", "nodes", "Node", false);
export const NAMESPACES = resource<api.Namespace>("", "v1", "namespaces", "Namespace", false);
export const SERVICES = resource<api.Service>("", "v1", "services", "Service");
export const ENDPOINTS = resource<api.Endpoints>("", "v1", "endpoints", "Endpoints");
export const CONFIG_MAPS = resource<api.ConfigMap>("", "v1", "configmaps", "ConfigMap");
export const SECRETS = resource<api.Secret>("", "v1", "secrets", "Secret");
export const SERVICE_ACCOUNTS = resource<api.ServiceAccount>("", "v1", "serviceaccounts", "ServiceAccount");
export const EVENTS = resource<api.Event>("", "v1", "events", "Event");
export const RESOURCE_QUOTAS = resource<api.ResourceQuota>("", "v1", "resourcequotas", "ResourceQuota");
export const REPLICATION_CONTROLLERS = resource<api.ReplicationController>(
  "",
  "v1",
  "replicationcontrollers",
  "ReplicationController",
);
export const PERSISTENT_VOLUMES = resource<api.PersistentVolume>(
  "",
  "v1",
  "persistentvolumes",
  "PersistentVolume",
  false,
);
export const PERSISTENT_VOLUME_CLAIMS = resource<api.PersistentVolumeClaim>(
  "",
  "v1",
  "persistentvolumeclaims",
  "PersistentVolumeClaim",
);
export const DEPLOYMENTS = resource<api.Deployment>("apps", "v1", "deployments", "Deployment");
export const REPLICA_SETS = resource<api.ReplicaSet>("apps", "v1", "replicasets", "ReplicaSet");
export const DAEMON_SETS = resource<api.DaemonSet>("apps", "v1", "daemonsets", "DaemonSet");
export const STATEFUL_SETS = resource<api.StatefulSet>("apps", "v1", "statefulsets", "StatefulSet");
export const CONTROLLER_REVISIONS = resource<api.ControllerRevision>(
  "apps",
  "v1",
  "controllerrevisions",
  "ControllerRevision",
);
export const JOBS = resource<api.Job>("batch", "v1", "jobs", "Job");
export const CRON_JOBS = resource<api.CronJob>("batch", "v1", "cronjobs", "CronJob");
export const LEASES = resource<api.Lease>("coordination.k8s.io", "v1", "leases", "Lease");
export const ENDPOINT_SLICES = resource<api.EndpointSlice>("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice");
export const POD_DISRUPTION_BUDGETS = resource<api.PodDisruptionBudget>(
  "policy",
  "v1",
  "poddisruptionbudgets",
  "PodDisruptionBudget",
);
export const HORIZONTAL_POD_AUTOSCALERS = resource<api.HorizontalPodAutoscaler>(
  "autoscaling",
  "v2",
  "horizontalpodautoscalers",
  "HorizontalPodAutoscaler",
);
export const CLUSTER_ROLES = resource<api.ClusterRole>(
  "rbac.authorization.k8s.io",
  "v1",
  "clusterroles",
  "ClusterRole",
  false,
);
export const STORAGE_CLASSES = resource<api.StorageClass>(
  "storage.k8s.io",
  "v1",
  "storageclasses",
  "StorageClass",
  false,
);
export const CERTIFICATE_SIGNING_REQUESTS = resource<api.CertificateSigningRequest>(
  "certificates.k8s.io",
  "v1",
  "certificatesigningrequests",
  "CertificateSigningRequest",
  false,
);
