import { CATALOG, type CatalogRow } from "../kube/apiserver/registry/catalog-rows.ts";
import type { ObjectName } from "./preview/consequences.ts";

/** The API server's default for `--etcd-prefix`, as kubeadm leaves it. */
const ROOT = "/registry/";

const STORED = CATALOG.filter(({ folder }) => folder !== undefined);
/** Of kinds that are served in several groups (events), the first one's row: they share their objects. */
const BY_FOLDER = firsts(({ folder = "" }) => folder);
const BY_KIND = firsts(({ group, kind }) => `${group}/${kind}`);
const BY_RESOURCE = firsts(({ group, resource }) => `${group}/${resource}`);

function firsts(keyOf: (row: CatalogRow) => string): ReadonlyMap<string, CatalogRow> {
  return new Map([...STORED].reverse().map((row) => [keyOf(row), row]));
}

/** Names the object that a key is about; a key that is none's gives itself as the resource. */
export function nameOfKey(key: string): ObjectName {
  const parts = key.split("/");
  if (parts[1] === "registry")
    for (const length of [2, 1]) {
      const row = BY_FOLDER.get(parts.slice(2, 2 + length).join("/"));
      const rest = parts.slice(2 + length);
      if (row === undefined || rest.length !== (row.namespaced ? 2 : 1)) continue;
      const [first = "", second = ""] = rest;
      const [namespace, name] = row.namespaced ? [first, second] : ["", first];
      return { resource: row.resource, namespace, name };
    }
  return { resource: key, namespace: "", name: "" };
}

/** The folder of a resource's objects; those of kinds that CRDs define lie under their group. */
export function folderOf(group: string, resource: string): string {
  const known = BY_RESOURCE.get(`${group}/${resource}`)?.folder;
  return `${ROOT}${known ?? (group === "" ? resource : `${group}/${resource}`)}/`;
}

/** The key of an object of a built-in kind; undefined for other kinds, and for such as are not stored. */
export function keyOfObject(apiVersion: string, kind: string, namespace: string, name: string): string | undefined {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const row = BY_KIND.get(`${group}/${kind}`);
  if (row?.folder === undefined) return undefined;
  return `${ROOT}${row.folder}/${row.namespaced ? `${namespace}/` : ""}${name}`;
}
