import { rfc3339 } from "../../../base/rfc3339.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import type { Fields } from "../../api/decode.ts";
import { fieldText } from "../../api/field-selector.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from "../../api/types.generated.ts";
import { ensureApiService } from "../bootstrap/defaults.ts";
import type { BootstrapContext } from "../bootstrap/hooks.ts";
import type { Kind, Subresource } from "../registry/kind.ts";
import type { ServerContext } from "../server-context.ts";
import { ApiError } from "../status.ts";
import type { CacheEvent, CacheSubscriber, ResourceCache } from "../storage/resource-cache.ts";
import { age, ageOf, columns, type TableLayout } from "../table/layout.ts";

const CRDS = { group: "apiextensions.k8s.io", version: "v1", resource: "customresourcedefinitions" };
const API_SERVICES = { group: "apiregistration.k8s.io", version: "v1", resource: "apiservices" };
const CLEANUP = "customresourcecleanup.apiextensions.k8s.io";
const ALL_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
const SINGLE = ["get", "patch", "update"];
const RETRY_MS = 500;

/** Serves what CustomResourceDefinitions define, for as long as they are there (apiextensions-apiserver). */
export class CustomResources implements CacheSubscriber {
  private readonly context: ServerContext;
  private readonly bootstrap: BootstrapContext;
  private readonly crds: ResourceCache;
  private readonly served = new Map<string, Kind[]>();

  constructor(context: ServerContext, bootstrap: BootstrapContext) {
    this.context = context;
    this.bootstrap = bootstrap;
    this.crds = context.index.cache(CRDS.group, CRDS.version, CRDS.resource);
  }

  /** Serves what is stored already, then follows changes. */
  *start(): Task<void> {
    for (const { object } of this.crds.list(this.crds.prefix)) yield* this.serve(object as CustomResourceDefinition);
    this.crds.subscribe(this, undefined);
  }

  onEvent({ type, entry }: CacheEvent): void {
    const crd = entry.object as CustomResourceDefinition;
    this.context.tasks.spawn(`crd/${crd.metadata.name ?? ""}`, type === "DELETED" ? this.remove(crd) : this.sync(crd));
  }

  onEnd(): void {
    this.context.tasks.spawn("crd/restart", this.start());
  }

  private *sync(crd: CustomResourceDefinition): Task<void> {
    try {
      if (crd.metadata.deletionTimestamp != null) return yield* this.cleanUp(crd);
      if (!isEstablished(crd)) return yield* this.establish(crd);
      yield* this.serve(crd);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason !== "Conflict" && error.reason !== "NotFound")
        this.bootstrap.log("customresource_handler.go:301", `"Unhandled Error" err=${JSON.stringify(error.message)}`);
    }
  }

  private *establish(crd: CustomResourceDefinition): Task<void> {
    const now = rfc3339(this.context.clock.now);
    const stored = crd.spec.versions?.find(({ storage }) => storage)?.name ?? "";
    const conditions = [
      {
        type: "NamesAccepted",
        status: "True",
        lastTransitionTime: now,
        reason: "NoConflicts",
        message: "no conflicts found",
      },
      {
        type: "Established",
        status: "True",
        lastTransitionTime: now,
        reason: "InitialNamesAccepted",
        message: "the initial names have been accepted",
      },
    ];
    const status = { conditions, acceptedNames: crd.spec.names, storedVersions: [stored] };
    const finalizers = crd.metadata.finalizers ?? [];
    const current = finalizers.includes(CLEANUP)
      ? crd
      : yield* this.bootstrap.loopback.update(CRDS, {
          ...crd,
          metadata: { ...crd.metadata, finalizers: [...finalizers, CLEANUP] },
        } as KubeObject);
    yield* this.bootstrap.loopback.update(CRDS, { ...current, status } as KubeObject, "status");
  }

  private *serve(crd: CustomResourceDefinition): Task<void> {
    if (!isEstablished(crd) || crd.metadata.deletionTimestamp != null) return;
    const name = crd.metadata.name ?? "";
    const versions = (crd.spec.versions ?? []).filter((version) => version.served);
    const kinds = versions.map((version) => customKind(crd, version));
    for (const old of this.served.get(name) ?? [])
      if (!kinds.some((kind) => kind.version === old.version)) this.context.index.remove(old);
    const first = kinds[0];
    if (first?.storage === undefined) return;
    const cache =
      this.cacheOf(name) ?? (yield* this.context.feed.registerLate(first.storage.type, first.storage.prefix));
    for (const kind of kinds) this.context.index.add({ kind, cache });
    this.served.set(name, kinds);
    for (const { name: version } of versions) {
      yield* ensureApiService(
        this.bootstrap,
        { group: crd.spec.group, version, groupPriorityMinimum: 1000, versionPriority: 100 },
        "true",
      );
    }
  }

  private cacheOf(name: string): ResourceCache | undefined {
    const known = this.served.get(name)?.[0];
    return known === undefined ? undefined : this.context.index.find(known.group, known.version, known.resource)?.cache;
  }

  /** Deletes all objects of a definition that is to go, then lets it go. */
  private *cleanUp(crd: CustomResourceDefinition): Task<void> {
    const name = crd.metadata.name ?? "";
    const kind = this.served.get(name)?.[0];
    const cache = this.cacheOf(name);
    while (kind !== undefined && cache !== undefined && cache.list(cache.prefix).length > 0) {
      for (const { object } of cache.list(cache.prefix)) {
        if (object.metadata.deletionTimestamp == null)
          yield* this.bootstrap.loopback.delete(kind, object.metadata.namespace ?? "", object.metadata.name ?? "");
      }
      yield* sleep(this.context.clock, RETRY_MS);
    }
    const finalizers = (crd.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP);
    yield* this.bootstrap.loopback.update(CRDS, { ...crd, metadata: { ...crd.metadata, finalizers } } as KubeObject);
  }

  private *remove(crd: CustomResourceDefinition): Task<void> {
    const name = crd.metadata.name ?? "";
    const cache = this.cacheOf(name);
    for (const kind of this.served.get(name) ?? []) {
      this.context.index.remove(kind);
      yield* this.bootstrap.loopback.delete(API_SERVICES, "", `${kind.version}.${kind.group}`);
    }
    this.served.delete(name);
    if (cache !== undefined) this.context.feed.unregister(cache);
  }
}

function isEstablished(crd: CustomResourceDefinition): boolean {
  return crd.status?.conditions?.some(({ type, status }) => type === "Established" && status === "True") === true;
}

function customKind(crd: CustomResourceDefinition, version: CustomResourceDefinitionVersion): Kind {
  const { group, scope } = crd.spec;
  const names = crd.spec.names ?? { plural: "", kind: "" };
  const stored = crd.spec.versions?.find(({ storage }) => storage)?.name ?? version.name;
  const scale = version.subresources?.scale;
  const subresources: Record<string, Subresource> = {};
  if (version.subresources?.status !== undefined) subresources["status"] = { verbs: SINGLE };
  if (scale != null)
    subresources["scale"] = { verbs: SINGLE, kind: { group: "autoscaling", version: "v1", kind: "Scale" } };
  const type = {
    group,
    version: stored,
    kind: names.kind,
    resource: names.plural,
    namespaced: scope === "Namespaced",
    schema: undefined,
    alwaysJson: true,
    internalName: `${group}.${names.kind}`,
  };
  return {
    group,
    version: version.name,
    kind: names.kind,
    resource: names.plural,
    singular: names.singular || names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === "Namespaced",
    verbs: ALL_VERBS,
    schema: undefined,
    storage: { prefix: `${group}/${names.plural}`, type },
    strategy: {
      generation: true,
      status: version.subresources?.status !== undefined,
      createOnUpdate: true,
      unconditionalUpdate: false,
    },
    table: customLayout(version.additionalPrinterColumns ?? []),
    subresources,
    selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, "")),
    openApiSchema: version.schema?.openAPIV3Schema as Fields | undefined,
    ...(scale == null ? {} : { scalePaths: scale }),
  };
}

function customLayout(more: readonly CustomResourceColumnDefinition[]): TableLayout {
  if (more.length === 0)
    return { columns: columns("Name Age"), cells: (object, now) => [object.metadata.name, ageOf(object, now)] };
  const defined = more.map(({ name, type, format = "", priority = 0 }) => ({
    name,
    type: (type === "integer" || type === "boolean" ? type : "string") as "string",
    format,
    description: "",
    priority,
  }));
  return {
    columns: [...columns("Name"), ...defined],
    cells: (object, now) => [object.metadata.name, ...more.map((column) => customCell(object, column, now))],
  };
}

function customCell(object: KubeObject, column: CustomResourceColumnDefinition, now: number): unknown {
  const text = fieldText(object, column.jsonPath.replace(/^\./, "").replace(/\[(\d+)\]/g, ".$1"));
  if (column.type === "date") return text === "" ? "<unknown>" : age(text, now);
  if (text === "") return null;
  if (column.type === "integer" || column.type === "number") return Number(text);
  return column.type === "boolean" ? text === "true" : text;
}
