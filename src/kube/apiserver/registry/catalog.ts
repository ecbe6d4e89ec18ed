import { findSchema } from "../../api/schema.ts";
import { DEFAULTS } from "../defaults/defaults.ts";
import { STRATEGIES } from "../strategy/strategies.ts";
import { CLUSTER_LAYOUTS } from "../table/cluster.ts";
import { DEFAULT_LAYOUT, type TableLayout } from "../table/layout.ts";
import { NETWORK_LAYOUTS } from "../table/network.ts";
import { POD_LAYOUT } from "../table/pod.ts";
import { POLICY_LAYOUTS } from "../table/policy.ts";
import { WORKLOAD_LAYOUTS } from "../table/workloads.ts";
import { CATALOG, type CatalogRow, tablePackage } from "./catalog-rows.ts";
import type { Kind, Subresource } from "./kind.ts";
import { selectableFields } from "./selectable-fields.ts";
import { viewOf } from "./views.ts";

const ALL_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const SINGLE = ["get", "patch", "update"];

const LAYOUTS: Readonly<Record<string, TableLayout>> = {
  Pod: POD_LAYOUT,
  ...WORKLOAD_LAYOUTS,
  ...NETWORK_LAYOUTS,
  ...CLUSTER_LAYOUTS,
  ...POLICY_LAYOUTS,
};

const SCALE = { group: "autoscaling", version: "v1", kind: "Scale" };

/** Subresources beside status and scale, as discovery shows them. */
const SUBRESOURCES: Readonly<Record<string, Readonly<Record<string, Subresource>>>> = {
  Namespace: { finalize: { verbs: ["update"] } },
  Node: {
    proxy: {
      verbs: ["create", "delete", "get", "patch", "update"],
      kind: { group: "", version: "v1", kind: "NodeProxyOptions" },
    },
  },
  Pod: {
    attach: { verbs: ["create", "get"], kind: { group: "", version: "v1", kind: "PodAttachOptions" } },
    binding: { verbs: ["create"], kind: { group: "", version: "v1", kind: "Binding" } },
    ephemeralcontainers: { verbs: SINGLE },
    eviction: { verbs: ["create"], kind: { group: "policy", version: "v1", kind: "Eviction" } },
    exec: { verbs: ["create", "get"], kind: { group: "", version: "v1", kind: "PodExecOptions" } },
    log: { verbs: ["get"] },
    portforward: { verbs: ["create", "get"], kind: { group: "", version: "v1", kind: "PodPortForwardOptions" } },
    proxy: {
      verbs: ["create", "delete", "get", "patch", "update"],
      kind: { group: "", version: "v1", kind: "PodProxyOptions" },
    },
    resize: { verbs: SINGLE },
  },
  ServiceAccount: {
    token: { verbs: ["create"], kind: { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest" } },
  },
  Service: {
    proxy: {
      verbs: ["create", "delete", "get", "patch", "update"],
      kind: { group: "", version: "v1", kind: "ServiceProxyOptions" },
    },
  },
  CertificateSigningRequest: { approval: { verbs: SINGLE } },
};

/** The kinds that every v1.35 API server serves. */
export function builtInKinds(): Kind[] {
  return CATALOG.map(kindOf);
}

function kindOf(row: CatalogRow): Kind {
  const { group, version, kind, resource, namespaced, shortNames, categories, folder, options } = row;
  const schema = findSchema(`${tablePackage(group, version)}.${kind}`);
  const view = viewOf(group, version, kind);
  const stored = { ...(view?.stored ?? { group, version }), kind };
  return {
    group,
    version,
    kind,
    resource,
    singular: kind.toLowerCase(),
    shortNames,
    categories,
    namespaced,
    verbs: verbsOf(row),
    schema,
    storage:
      folder === undefined
        ? undefined
        : {
            prefix: folder,
            type: {
              ...stored,
              resource,
              namespaced,
              schema: findSchema(`${tablePackage(stored.group, stored.version)}.${kind}`),
              alwaysJson: options.has("json"),
              internalName: `${stored.group === "" ? "core" : (stored.group.split(".")[0] ?? "")}.${kind}`,
            },
          },
    strategy: strategyOf(kind, options),
    table: LAYOUTS[kind] ?? DEFAULT_LAYOUT,
    subresources: subresourcesOf(kind, options),
    selectableFields: selectableFields(kind),
    ...(view === undefined ? {} : { view: view.conversion }),
  };
}

function verbsOf({ folder, options }: CatalogRow): readonly string[] {
  if (folder !== undefined) return ALL_VERBS;
  return options.has("read") ? ["get", "list"] : ["create"];
}

function strategyOf(kind: string, flags: ReadonlySet<string>): Kind["strategy"] {
  const defaults = DEFAULTS[kind];
  return {
    status: flags.has("status"),
    generation: flags.has("generation"),
    ...(defaults === undefined ? {} : { defaults }),
    ...STRATEGIES[kind],
  };
}

function subresourcesOf(kind: string, flags: ReadonlySet<string>): Record<string, Subresource> {
  return {
    ...SUBRESOURCES[kind],
    ...(flags.has("scale") ? { scale: { verbs: SINGLE, kind: SCALE } } : {}),
    ...(flags.has("status") ? { status: { verbs: SINGLE } } : {}),
  };
}
