import { ConnectionError } from "../../../kube/client/status-error.ts";
import { bodyValue } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { CommandError } from "./failure.ts";
import { at, fields, listAt, textAt } from "./fields.ts";
import { homeOf } from "./kubeconfig-paths.ts";
import type { Kubectl } from "./kubectl.ts";

/** A resource type that the server offers. */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
}

const CACHE_LIFE_MS = 6 * 3600 * 1000;
const ACCEPT =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
const TIMEOUT = { timeout: "32s" };

/**
 * The server's resource types, in its order. The answer is kept on disk for six hours, so a type is known even while
 * the server is away, and asked for anew when a type is not known.
 */
export class Discovery {
  private readonly kubectl: Kubectl;
  private known: readonly ApiResource[] | undefined;
  private fresh = false;

  constructor(kubectl: Kubectl) {
    this.kubectl = kubectl;
  }

  /** All resource types in all served versions. */
  *resources(): Task<readonly ApiResource[]> {
    this.known ??= this.fromDisk();
    if (this.known === undefined) yield* this.refresh();
    return this.known ?? [];
  }

  /** Asks the server again, whatever is cached. */
  *refresh(): Task<void> {
    this.known = yield* this.ask();
    this.fresh = true;
    this.toDisk(this.known);
  }

  /** The type that an argument names: `po`, `deploy`, `pods.v1`, `deployments.v1.apps`. Throws if there is none. */
  *resolve(argument: string): Task<ApiResource> {
    const found = yield* this.find(argument);
    if (found !== undefined) return found;
    throw new CommandError(`the server doesn't have a resource type "${argument.split(".")[0]}"`);
  }

  /** As `resolve`, without failing. */
  *find(argument: string): Task<ApiResource | undefined> {
    const first = findResource(yield* this.resources(), argument);
    if (first === undefined && !this.fresh) {
      yield* this.refresh();
      return this.told(argument, findResource(this.known ?? [], argument));
    }
    return this.told(argument, first);
  }

  /** Says of what else a short name is one. */
  private told(argument: string, found: ApiResource | undefined): ApiResource | undefined {
    if (found === undefined || found.resource === argument || !found.shortNames.includes(argument)) return found;
    for (const other of preferred(this.known ?? []))
      if (other.shortNames.includes(argument) && qualifiedResource(other) !== qualifiedResource(found))
        this.kubectl.warn(
          `short name "${argument}" could also match lower priority resource ${qualifiedResource(other)}`,
        );
    return found;
  }

  /** The type for a kind, of any served version when `version` is empty. */
  *forKind(group: string, version: string, kind: string): Task<ApiResource | undefined> {
    const matches = (one: ApiResource) =>
      one.kind === kind &&
      one.group === group &&
      (version === "" || one.version === version) &&
      !one.resource.includes("/");
    const first = (yield* this.resources()).find(matches);
    if (first !== undefined || this.fresh) return first;
    yield* this.refresh();
    return (this.known ?? []).find(matches);
  }

  /** Members of a category such as `all`; empty when it is none. */
  *category(name: string): Task<readonly ApiResource[]> {
    return preferred(yield* this.resources()).filter(
      (one) => one.categories.includes(name) && one.verbs.includes("list"),
    );
  }

  private *ask(): Task<readonly ApiResource[]> {
    const found: ApiResource[] = [];
    for (const path of ["/api", "/apis"]) {
      const answer = yield* this.askGroupList(path);
      if (textAt(answer, "kind") === "APIGroupDiscoveryList") found.push(...aggregated(answer));
      else found.push(...(yield* this.plain(path, answer)));
    }
    return found;
  }

  /** A refused connection is tried five times, each with a line in the log, as client-go's memory cache does. */
  private *askGroupList(path: string): Task<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = yield* this.kubectl.exchange("GET", path, { query: TIMEOUT, accept: ACCEPT });
        return bodyValue(response.body);
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        yield* this.logFailure(error);
        if (error.failure !== "refused" || attempt === 5) throw error;
      }
    }
  }

  private *logFailure(error: ConnectionError): Task<void> {
    const quoted = JSON.stringify(`couldn't get current server API group list: ${error.message}`);
    yield* this.kubectl.err(this.kubectl.log("E", "memcache.go:265", `"Unhandled Error" err=${quoted}`));
  }

  private *plain(path: string, list: unknown): Task<ApiResource[]> {
    const versions =
      path === "/api"
        ? listAt(list, "versions").map(String)
        : listAt(list, "groups").flatMap((group) =>
            listAt(group, "versions").map((one) => textAt(one, "groupVersion")),
          );
    const found: ApiResource[] = [];
    for (const groupVersion of versions) {
      const resources = yield* this.kubectl.request("GET", `${path}/${groupVersion}`, { query: TIMEOUT });
      found.push(...plainResources(groupVersion, resources));
    }
    return found;
  }

  private cachePath(): string {
    const { kubectl } = this;
    const root = kubectl.flag("cache-dir") || `${homeOf(kubectl.process)}/.kube/cache`;
    const host = kubectl.config.server.replace(/^[a-z]+:\/\//, "").replace(/[^-.\w]/g, "_");
    return `${root}/discovery/${host}/servergroups.json`;
  }

  private fromDisk(): readonly ApiResource[] | undefined {
    const { fs } = this.kubectl.process;
    const path = this.cachePath();
    try {
      if (!fs.exists(path) || this.kubectl.now - fs.stat(path).modifiedAt > CACHE_LIFE_MS) return undefined;
      const stored = JSON.parse(fs.readText(path)) as unknown;
      const list = listAt(stored, "resources").map(fields);
      return list.length === 0 || at(list, 0, "resource") === undefined
        ? undefined
        : (list as unknown as ApiResource[]);
    } catch (error) {
      if (error instanceof FsError || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  private toDisk(resources: readonly ApiResource[]): void {
    const { fs } = this.kubectl.process;
    const path = this.cachePath();
    try {
      fs.mkdir(path.slice(0, path.lastIndexOf("/")), { parents: true, mode: 0o750 });
      fs.writeFile(path, JSON.stringify({ resources }), 0o660);
    } catch (error) {
      if (!(error instanceof FsError)) throw error; // a cache that cannot be written is no failure
    }
  }
}

/** One entry per resource: the version that its group prefers. */
export function preferred(resources: readonly ApiResource[]): ApiResource[] {
  const seen = new Set<string>();
  return resources.filter((one) => {
    const key = `${one.resource}.${one.group}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function findResource(resources: readonly ApiResource[], argument: string): ApiResource | undefined {
  const [type, ...rest] = argument.split(".");
  const wanted = (type ?? "").toLowerCase();
  const named = resources.filter((one) => answersTo(one, wanted));
  if (rest.length === 0) return named[0];
  const version = rest[0] ?? "";
  const groupAfterVersion = rest.slice(1).join(".");
  // A short name is one of all versions: the one that was asked for is lost (shortcutExpander).
  const short = named.filter((one) => one.shortNames.includes(wanted));
  const exact =
    rest.length < 2
      ? undefined
      : (short.find((one) => one.group === groupAfterVersion) ??
        named.find((one) => one.version === version && one.group === groupAfterVersion));
  return (
    exact ??
    named.find((one) => one.group === rest.join(".")) ??
    named.find((one) => one.group.startsWith(rest.join(".")))
  );
}

function answersTo(one: ApiResource, wanted: string): boolean {
  return (
    one.resource === wanted ||
    one.singular === wanted ||
    one.shortNames.includes(wanted) ||
    one.kind.toLowerCase() === wanted
  );
}

function aggregated(list: unknown): ApiResource[] {
  return listAt(list, "items").flatMap((group) =>
    listAt(group, "versions").flatMap((version) =>
      listAt(version, "resources").map((one) =>
        aggregatedResource(textAt(group, "metadata", "name"), textAt(version, "version"), one),
      ),
    ),
  );
}

function aggregatedResource(group: string, version: string, one: unknown): ApiResource {
  return {
    group: textAt(one, "responseKind", "group") === "" ? group : textAt(one, "responseKind", "group"),
    version: textAt(one, "responseKind", "version") || version,
    ...common(one),
    resource: textAt(one, "resource"),
    singular: textAt(one, "singularResource"),
    kind: textAt(one, "responseKind", "kind"),
    namespaced: textAt(one, "scope") === "Namespaced",
    subresources: listAt(one, "subresources").map((sub) => textAt(sub, "subresource")),
  };
}

function plainResources(groupVersion: string, list: unknown): ApiResource[] {
  const [first, second] = groupVersion.split("/");
  const group = second === undefined ? "" : (first ?? "");
  const version = second ?? first ?? "";
  const all = listAt(list, "resources");
  return all
    .filter((one) => !textAt(one, "name").includes("/"))
    .map((one) => {
      const name = textAt(one, "name");
      const below = all.map((other) => textAt(other, "name")).filter((other) => other.startsWith(`${name}/`));
      return {
        group,
        version,
        ...common(one),
        resource: name,
        singular: textAt(one, "singularName"),
        kind: textAt(one, "kind"),
        namespaced: at(one, "namespaced") === true,
        subresources: below.map((other) => other.slice(name.length + 1)),
      };
    });
}

function common(one: unknown) {
  return {
    shortNames: listAt(one, "shortNames").map(String),
    categories: listAt(one, "categories").map(String),
    verbs: listAt(one, "verbs").map(String),
  };
}

/** `apps/v1`, or `v1`. */
export function apiVersionOf(of: { readonly group: string; readonly version: string }): string {
  return of.group === "" ? of.version : `${of.group}/${of.version}`;
}

/** `deployments.apps`, or `pods`. */
export function qualifiedResource(of: ApiResource): string {
  return of.group === "" ? of.resource : `${of.resource}.${of.group}`;
}

/** `deployment.apps`, or `pod`: what stands before names. */
export function qualifiedKind(of: { readonly group: string; readonly kind: string }): string {
  const kind = of.kind.toLowerCase();
  return of.group === "" ? kind : `${kind}.${of.group}`;
}
