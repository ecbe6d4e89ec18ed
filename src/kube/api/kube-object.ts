import type { ListMeta, ObjectMeta } from "./types.generated.ts";

/** What every stored object has. Kinds of the field tables are in types.generated.ts. */
export interface KubeObject {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ObjectMeta;
}

/** A list as the API gives it, for example `PodList`. Its items carry neither kind nor apiVersion, as upstream's. */
export interface KubeList<T extends KubeObject = KubeObject> {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly metadata: ListMeta;
  readonly items: readonly T[];
}

/** Names a resource as URLs do; the core group is the empty string. */
export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** Names a kind as objects do. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** `apps/v1`, or `v1` for the core group. */
export function groupVersion(of: { readonly group: string; readonly version: string }): string {
  return of.group === "" ? of.version : `${of.group}/${of.version}`;
}

/** Splits an apiVersion. */
export function parseGroupVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf("/");
  if (slash < 0) return { group: "", version: apiVersion };
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** The URL path of a collection, an object or a subresource. */
export function resourcePath(
  of: GroupVersionResource,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
): string {
  let path = of.group === "" ? `/api/${of.version}` : `/apis/${of.group}/${of.version}`;
  if (namespace !== undefined && namespace !== "") path += `/namespaces/${encodeURIComponent(namespace)}`;
  path += `/${of.resource}`;
  if (name !== undefined) path += `/${encodeURIComponent(name)}`;
  if (subresource !== undefined && subresource !== "") path += `/${subresource}`;
  return path;
}
