import { base64, utf8 } from "../../base/bytes.ts";
import { rfc3339 } from "../../base/rfc3339.ts";
import type { GroupVersionResource, KubeObject } from "../../kube/api/kube-object.ts";
import type { ResourceClient } from "../../kube/client/resource-client.ts";
import { isAlreadyExists } from "../../kube/client/status-error.ts";
import type { Task } from "../../sim/task.ts";
import { EXAMPLE_TOKEN } from "./configuration.ts";

/** Collections of the kinds that kubeadm makes. */
const COLLECTIONS: Readonly<Record<string, GroupVersionResource>> = {
  ConfigMap: { group: "", version: "v1", resource: "configmaps" },
  Secret: { group: "", version: "v1", resource: "secrets" },
  ServiceAccount: { group: "", version: "v1", resource: "serviceaccounts" },
  Service: { group: "", version: "v1", resource: "services" },
  Deployment: { group: "apps", version: "v1", resource: "deployments" },
  DaemonSet: { group: "apps", version: "v1", resource: "daemonsets" },
  Role: { group: "rbac.authorization.k8s.io", version: "v1", resource: "roles" },
  RoleBinding: { group: "rbac.authorization.k8s.io", version: "v1", resource: "rolebindings" },
  ClusterRole: { group: "rbac.authorization.k8s.io", version: "v1", resource: "clusterroles" },
  ClusterRoleBinding: { group: "rbac.authorization.k8s.io", version: "v1", resource: "clusterrolebindings" },
};

/** Creates an object, or puts it in place of the one that is there (util/apiclient CreateOrUpdate). */
export function* createOrUpdate(client: ResourceClient, object: KubeObject): Task<void> {
  const of = COLLECTIONS[object.kind ?? ""];
  if (of === undefined) return;
  const { name, namespace } = object.metadata;
  const options = { fieldManager: "kubeadm" };
  try {
    yield* client.create(of, namespace, object, options);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const current = yield* client.get<KubeObject>(of, namespace, name ?? "");
    const { resourceVersion } = current.metadata;
    yield* client.update(of, namespace, withIdentity(object, resourceVersion), options);
  }
}

function withIdentity(object: KubeObject, resourceVersion: string | undefined): KubeObject {
  return {
    ...object,
    metadata: { ...object.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
  };
}

/** What differs between clusters in the objects that `init` makes. */
export interface ObjectMarks {
  readonly caPem: string;
  /** `abcdef.0123456789abcdef`. */
  readonly token?: string;
  /** When the token runs out, milliseconds since the epoch. */
  readonly tokenExpires?: number;
}

/** The objects with this cluster's values in place of the marks. */
export function filledObjects(objects: readonly KubeObject[], marks: ObjectMarks): KubeObject[] {
  const [tokenId = "", tokenSecret = ""] = (marks.token ?? EXAMPLE_TOKEN).split(".");
  const expiration = rfc3339(marks.tokenExpires ?? 0);
  const values: Readonly<Record<string, string>> = {
    caData: base64(utf8(marks.caPem)),
    tokenId,
    tokenIdData: base64(utf8(tokenId)),
    tokenSecretData: base64(utf8(tokenSecret)),
    tokenExpiration: base64(utf8(expiration)),
  };
  const filled = JSON.stringify(objects).replace(/\{\{(\w+)\}\}/g, (mark, name: string) => values[name] ?? mark);
  return JSON.parse(filled) as KubeObject[];
}
