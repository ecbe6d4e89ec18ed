import { sha256 } from "@noble/hashes/sha2.js";
import { base64, hex, utf8 } from "../../../base/bytes.ts";
import { type HttpResponse, jsonBody } from "../../../sim/http.ts";
import { groupVersion } from "../../api/kube-object.ts";
import type { Kind } from "../registry/kind.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import type { ApiRequest } from "../request/api-request.ts";

/** A group with its versions as discovery orders them. */
interface GroupEntry {
  readonly group: string;
  readonly versions: readonly { readonly version: string; readonly kinds: readonly Kind[] }[];
}

/** A document and its ETag. */
interface Document {
  readonly value: unknown;
  readonly etag: string;
}

/**
 * What the API says about itself: `/api`, `/apis`, a group, a group version, plain and aggregated. Documents are made
 * once for each state of the index.
 */
export class Discovery {
  private readonly index: KindIndex;
  private readonly serverAddress: string;
  private readonly documents = new Map<string, Document>();
  private builtFor = -1;

  constructor(index: KindIndex, serverAddress: string) {
    this.index = index;
    this.serverAddress = serverAddress;
  }

  /** The answer to a discovery path, or undefined when it is none. */
  respond(request: ApiRequest, path: string): HttpResponse | undefined {
    const aggregated = request.form.as === "discovery" && (path === "/api" || path === "/apis");
    const document = this.document(path, aggregated ? request.form.version : "");
    if (document === undefined) return undefined;
    const type = aggregated
      ? `application/json;g=apidiscovery.k8s.io;v=${request.form.version};as=APIGroupDiscoveryList`
      : "application/json";
    const headers = { "content-type": type, vary: "Accept", "cache-control": "no-cache, private", etag: document.etag };
    if (aggregated && request.header("if-none-match") === document.etag)
      return { status: 304, headers, body: jsonBody(null) };
    return { status: 200, headers, body: jsonBody(document.value) };
  }

  private document(path: string, version: string): Document | undefined {
    if (this.builtFor !== this.index.revision) {
      this.documents.clear();
      this.builtFor = this.index.revision;
    }
    const key = `${path}|${version}`;
    const known = this.documents.get(key);
    if (known !== undefined) return known;
    const value = version === "" ? this.plain(path) : this.aggregated(path, version);
    if (value === undefined) return undefined;
    const etag = version === "" ? "" : `"${hex(sha256(utf8(JSON.stringify(value)))).toUpperCase()}"`;
    const document = { value, etag };
    this.documents.set(key, document);
    return document;
  }

  private groups(): GroupEntry[] {
    const groups = new Map<string, Map<string, Kind[]>>();
    for (const { kind } of this.index.all()) {
      const versions = groups.get(kind.group) ?? new Map<string, Kind[]>();
      groups.set(kind.group, versions);
      const kinds = versions.get(kind.version) ?? [];
      versions.set(kind.version, kinds);
      kinds.push(kind);
    }
    const list = [...groups].map(([group, versions]) => ({
      group,
      versions: [...versions].map(([version, kinds]) => ({ version, kinds })),
    }));
    return list.sort((a, b) => rank(a.group) - rank(b.group));
  }

  private plain(path: string): unknown {
    const parts = path.split("/").filter((part) => part !== "");
    const groups = this.groups();
    if (path === "/api") return this.apiVersions();
    if (path === "/apis") {
      return {
        kind: "APIGroupList",
        apiVersion: "v1",
        groups: groups.filter(({ group }) => group !== "").map((entry) => groupValue(entry)),
      };
    }
    const group = parts[0] === "api" ? "" : (parts[1] ?? "");
    const entry = groups.find((one) => one.group === group);
    if (entry === undefined || (parts[0] !== "api" && parts[0] !== "apis")) return undefined;
    if (parts[0] === "apis" && parts.length === 2) return { kind: "APIGroup", apiVersion: "v1", ...groupValue(entry) };
    const version = parts[0] === "api" ? parts[1] : parts[2];
    const found = entry.versions.find((one) => one.version === version);
    if (found === undefined || parts.length !== (group === "" ? 2 : 3)) return undefined;
    return resourceList(group, found.version, found.kinds);
  }

  private apiVersions() {
    const serverAddressByClientCIDRs = [{ clientCIDR: "0.0.0.0/0", serverAddress: this.serverAddress }];
    return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs };
  }

  private aggregated(path: string, version: string): unknown {
    const core = path === "/api";
    const items = this.groups()
      .filter(({ group }) => (group === "") === core)
      .map(({ group, versions }) => ({
        metadata: { name: group, creationTimestamp: null },
        versions: versions.map((one) => ({
          version: one.version,
          resources: one.kinds.map(aggregatedResource),
          freshness: "Current",
        })),
      }));
    return { kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
  }
}

/** The aggregator's own group comes first; the others as they were added, custom ones last. */
function rank(group: string): number {
  return group === "apiregistration.k8s.io" ? 0 : 1;
}

function groupValue({ group, versions }: GroupEntry) {
  const list = versions.map(({ version }) => ({ groupVersion: groupVersion({ group, version }), version }));
  return { name: group, versions: list, preferredVersion: list[0] };
}

function resourceList(group: string, version: string, kinds: readonly Kind[]) {
  const sorted = [...kinds].sort((a, b) => (a.resource < b.resource ? -1 : 1));
  const resources = sorted.flatMap((kind) => [plainResource(kind), ...plainSubresources(kind)]);
  return {
    kind: "APIResourceList",
    ...(group === "" ? {} : { apiVersion: "v1" }),
    groupVersion: groupVersion({ group, version }),
    resources,
  };
}

function plainResource(kind: Kind) {
  return {
    name: kind.resource,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(kind.storage === undefined ? {} : { storageVersionHash: storageHash(kind) }),
  };
}

/** The first eight bytes of a hash over what is stored (apiserver discovery.StorageVersionHash). */
function storageHash(kind: Kind): string {
  const { group, version } = kind.storage?.type ?? kind;
  return base64(sha256(utf8(`${group}/${version}/${kind.kind}`)).slice(0, 8));
}

function plainSubresources(kind: Kind) {
  return Object.entries(kind.subresources).map(([name, { verbs, kind: other }]) => ({
    name: `${kind.resource}/${name}`,
    singularName: "",
    namespaced: kind.namespaced,
    ...(other === undefined || other.group === kind.group ? {} : { group: other.group, version: other.version }),
    kind: other?.kind ?? kind.kind,
    verbs,
  }));
}

function aggregatedResource(kind: Kind) {
  const own = { group: kind.group, version: kind.version, kind: kind.kind };
  const subresources = Object.entries(kind.subresources).map(([subresource, { verbs, kind: other }]) => ({
    subresource,
    responseKind: other ?? own,
    verbs,
  }));
  return {
    resource: kind.resource,
    responseKind: own,
    scope: kind.namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}
