import { groupVersion } from "../../api/kube-object.ts";
import type { ResourceCache } from "../storage/resource-cache.ts";
import type { Kind } from "./kind.ts";

/** A kind that is being served, with the cache of what is stored of it. */
export interface ServedKind {
  readonly kind: Kind;
  /** Undefined for kinds that are not stored. */
  readonly cache: ResourceCache | undefined;
}

/** Finds what is served by resource and by kind. Changes when custom resources come and go. */
export class KindIndex {
  private readonly byResource = new Map<string, ServedKind>();
  private readonly byKind = new Map<string, ServedKind>();
  private revisionNumber = 0;

  /** Counts changes, for caches of what is derived from the index. */
  get revision(): number {
    return this.revisionNumber;
  }

  add(served: ServedKind): void {
    const { kind } = served;
    this.byResource.set(`${groupVersion(kind)}/${kind.resource}`, served);
    this.byKind.set(`${groupVersion(kind)}/${kind.kind}`, served);
    this.revisionNumber++;
  }

  remove(kind: Kind): void {
    this.byResource.delete(`${groupVersion(kind)}/${kind.resource}`);
    this.byKind.delete(`${groupVersion(kind)}/${kind.kind}`);
    this.revisionNumber++;
  }

  find(group: string, version: string, resource: string): ServedKind | undefined {
    return this.byResource.get(`${groupVersion({ group, version })}/${resource}`);
  }

  findKind(apiVersion: string, kind: string): ServedKind | undefined {
    return this.byKind.get(`${apiVersion}/${kind}`);
  }

  /** All, in the order in which they were added. */
  all(): IterableIterator<ServedKind> {
    return this.byResource.values();
  }

  /** The cache of a built-in resource, for admission, authorization and the like. */
  cache(group: string, version: string, resource: string): ResourceCache {
    const cache = this.find(group, version, resource)?.cache;
    if (cache === undefined) throw new Error(`resource ${resource} of ${group}/${version} is not stored`);
    return cache;
  }
}
