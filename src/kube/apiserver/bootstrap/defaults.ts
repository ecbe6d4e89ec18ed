import { rfc3339 } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import type { APIServiceSpec } from "../../api/types.generated.ts";
import { GROUPS } from "../registry/catalog-rows.ts";
import priorities from "./data/priorities.json" with { type: "json" };
import rbac from "./data/rbac.json" with { type: "json" };
import { type BootstrapContext, ensure, type Wanted } from "./hooks.ts";

const RBAC = { group: "rbac.authorization.k8s.io", version: "v1" };
const FLOW = { group: "flowcontrol.apiserver.k8s.io", version: "v1" };
const NAMESPACES = { group: "", version: "v1", resource: "namespaces" };
const API_SERVICES = { group: "apiregistration.k8s.io", version: "v1", resource: "apiservices" };

/** The namespaces that are always there, in the order in which upstream makes them. */
const SYSTEM_NAMESPACES = ["kube-system", "kube-public", "kube-node-lease", "default"];

export function* ensureNamespaces(context: BootstrapContext): Task<void> {
  for (const name of SYSTEM_NAMESPACES) yield* ensure(context, NAMESPACES, { metadata: { name } });
}

/** The default roles and bindings (plugin/pkg/auth/authorizer/rbac/bootstrappolicy). */
export function* ensureRbac(context: BootstrapContext): Task<void> {
  const lists = [
    ["clusterroles", rbac.clusterroles],
    ["clusterrolebindings", rbac.clusterrolebindings],
    ["roles", rbac.roles],
    ["rolebindings", rbac.rolebindings],
  ] as const;
  for (const [resource, objects] of lists) {
    for (const object of objects) yield* ensure(context, { ...RBAC, resource }, object as Wanted);
  }
}

/** The suggested and mandatory flow control objects. */
export function* ensureFlowControl(context: BootstrapContext): Task<void> {
  for (const object of priorities.prioritylevels)
    yield* ensure(context, { ...FLOW, resource: "prioritylevelconfigurations" }, object as Wanted);
  for (const object of priorities.flowschemas) yield* ensureFlowSchema(context, object as Wanted & FlowSchemaData);
}

interface FlowSchemaData {
  readonly spec: { readonly priorityLevelConfiguration: { readonly name: string } };
}

function* ensureFlowSchema(context: BootstrapContext, schema: Wanted & FlowSchemaData): Task<void> {
  const of = { ...FLOW, resource: "flowschemas" };
  const cache = context.index.cache(of.group, of.version, of.resource);
  if (cache.get(cache.prefix + schema.metadata.name) !== undefined) return;
  yield* ensure(context, of, schema);
  const found = yield* context.loopback.get(of, "", schema.metadata.name);
  if (found === undefined) return;
  const level = schema.spec.priorityLevelConfiguration.name;
  const condition = {
    type: "Dangling",
    status: "False",
    lastTransitionTime: rfc3339(context.clock.now),
    reason: "Found",
    message: `This FlowSchema references the PriorityLevelConfiguration object named "${level}" and it exists`,
  };
  yield* context.loopback.update(of, { ...found, status: { conditions: [condition] } } as typeof found, "status");
}

/** system-node-critical and system-cluster-critical. */
export function* ensurePriorityClasses(context: BootstrapContext): Task<void> {
  const of = { group: "scheduling.k8s.io", version: "v1", resource: "priorityclasses" };
  for (const object of priorities.priorityclasses) yield* ensure(context, of, object as Wanted);
}

/** One APIService for each group version that this server itself answers (kube-aggregator autoregister). */
export function* ensureApiServices(context: BootstrapContext): Task<void> {
  for (const { group, version, groupPriority, versionPriority } of GROUPS) {
    if (group === "apiregistration.k8s.io") continue;
    yield* ensureApiService(
      context,
      { ...(group === "" ? {} : { group }), version, groupPriorityMinimum: groupPriority, versionPriority },
      "onstart",
    );
  }
}

/** Registers a group version as served here; `managed` is `onstart`, or `true` for custom resources. */
export function* ensureApiService(context: BootstrapContext, spec: APIServiceSpec, managed: string): Task<void> {
  const name = `${spec.version}.${spec.group ?? ""}`;
  const cache = context.index.cache("apiregistration.k8s.io", "v1", "apiservices");
  if (cache.get(cache.prefix + name) !== undefined) return;
  const labels = { "kube-aggregator.kubernetes.io/automanaged": managed };
  yield* ensure(context, API_SERVICES, { metadata: { name, labels }, spec } as Wanted);
  const found = yield* context.loopback.get(API_SERVICES, "", name);
  if (found === undefined) return;
  const condition = {
    type: "Available",
    status: "True",
    lastTransitionTime: rfc3339(context.clock.now),
    reason: "Local",
    message: "Local APIServices are always available",
  };
  yield* context.loopback.update(
    API_SERVICES,
    { ...found, status: { conditions: [condition] } } as typeof found,
    "status",
  );
}
