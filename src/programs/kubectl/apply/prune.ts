import type { Task } from "../../../sim/task.ts";
import { type ApiResource, apiVersionOf } from "../core/discovery.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields, listAt, stringsAt, textAt } from "../core/fields.ts";
import { collectionPath, infoPath } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { LAST_APPLIED } from "../create/generator.ts";
import { propagationOf } from "../delete/delete.ts";
import { type DryRun, ResultPrinter } from "../printers/result-printer.ts";

/** What is looked through when --prune-allowlist names nothing, as `group/version/Kind`. */
const DEFAULT_TYPES = [
  "core/v1/ConfigMap",
  "core/v1/Endpoints",
  "core/v1/PersistentVolumeClaim",
  "core/v1/Pod",
  "core/v1/ReplicationController",
  "core/v1/Secret",
  "core/v1/Service",
  "batch/v1/Job",
  "batch/v1/CronJob",
  "networking.k8s.io/v1/Ingress",
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/ReplicaSet",
  "apps/v1/StatefulSet",
  "core/v1/Namespace",
  "core/v1/PersistentVolume",
];

const DEPRECATED =
  "Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.";

/** Refuses --prune that would take everything, and what it can't be used with. */
export function checkPrune(kubectl: Kubectl): void {
  if (!kubectl.isSet("all") && kubectl.flag("selector") === "") {
    throw new CommandError(
      "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector",
    );
  }
  if (kubectl.isSet("server-side")) {
    throw new CommandError("--prune is in alpha and doesn't currently work on objects created by server-side apply");
  }
}

/** Deletes what an earlier apply made and this one did not name. */
export function* prune(kubectl: Kubectl, kept: readonly Fields[], dryRun: DryRun): Task<void> {
  const resources = yield* typesToPrune(kubectl);
  const uids = new Set(kept.map((object) => textAt(object, "metadata", "uid")));
  const namespaces = new Set(kept.map((object) => textAt(object, "metadata", "namespace")).filter((one) => one !== ""));
  for (const namespace of namespaces) {
    for (const resource of resources) {
      if (resource.namespaced) yield* pruneType(kubectl, resource, namespace, uids, dryRun);
    }
  }
  for (const resource of resources) {
    if (!resource.namespaced) yield* pruneType(kubectl, resource, "", uids, dryRun);
  }
}

function* typesToPrune(kubectl: Kubectl): Task<ApiResource[]> {
  const asked = kubectl.parsed.list("prune-allowlist");
  if (asked.length === 0) yield* kubectl.err(kubectl.log("W", "prune.go:71", DEPRECATED));
  const resources: ApiResource[] = [];
  for (const text of asked.length === 0 ? DEFAULT_TYPES : asked) {
    const [group = "", version = "", kind = "", ...more] = text.split("/");
    if (kind === "" || more.length > 0) {
      throw new CommandError(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`);
    }
    const resource = yield* kubectl.discovery.forKind(group === "core" ? "" : group, version, kind);
    if (resource === undefined)
      throw new CommandError(`no matches for kind "${kind}" in version "${group}/${version}"`);
    resources.push(resource);
  }
  return resources;
}

function* pruneType(
  kubectl: Kubectl,
  resource: ApiResource,
  namespace: string,
  kept: ReadonlySet<string>,
  dryRun: DryRun,
): Task<void> {
  const selector = kubectl.flag("selector");
  const query = selector === "" ? {} : { labelSelector: selector };
  const list = yield* kubectl.request("GET", collectionPath(resource, namespace), { query });
  for (const item of listAt(list, "items")) {
    const applied = stringsAt(item, "metadata", "annotations")[LAST_APPLIED] !== undefined;
    if (!applied || kept.has(textAt(item, "metadata", "uid"))) continue;
    const name = textAt(item, "metadata", "name");
    const object = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...fields(item) };
    if (dryRun !== "client") {
      const gracePeriodSeconds = kubectl.parsed.number("grace-period");
      const body = {
        kind: "DeleteOptions",
        apiVersion: apiVersionOf(resource),
        ...(gracePeriodSeconds >= 0 ? { gracePeriodSeconds } : {}),
        propagationPolicy: propagationOf(kubectl.flag("cascade")),
        ...(dryRun === "server" ? { dryRun: ["All"] } : {}),
      };
      yield* kubectl.request("DELETE", infoPath({ resource, namespace, name, object, source: "" }), { body });
    }
    yield* new ResultPrinter(kubectl, dryRun).print(object, "pruned");
  }
}
