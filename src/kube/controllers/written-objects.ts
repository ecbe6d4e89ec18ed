import type { KubeObject } from "../api/kube-object.ts";
import { type Informer, objectKey } from "../client/informer.ts";

/**
 * What a controller wrote and its informer has not shown yet, so that it neither makes a thing twice nor writes over
 * its own last change.
 */
export class WrittenObjects<T extends KubeObject> {
  private readonly byKey = new Map<string, T>();

  constructor(informer: Informer<T>) {
    informer.onChange(({ key, object }) => {
      const written = this.byKey.get(key);
      if (written === undefined) return;
      if (object === undefined || versionOf(object) >= versionOf(written)) this.byKey.delete(key);
    });
  }

  remember(object: T): T {
    this.byKey.set(objectKey(object.metadata), object);
    return object;
  }

  forget(object: KubeObject): void {
    this.byKey.delete(objectKey(object.metadata));
  }

  /** The objects that `seen` has, in their newest form, and those of `mine` that it lacks. */
  newest(seen: readonly T[], mine: (object: T) => boolean): T[] {
    if (this.byKey.size === 0) return [...seen];
    const keys = new Set(seen.map((object) => objectKey(object.metadata)));
    const fresh = seen.map((object) => this.byKey.get(objectKey(object.metadata)) ?? object);
    const unseen = [...this.byKey]
      .filter(([key, object]) => !keys.has(key) && mine(object))
      .map(([, object]) => object);
    return [...fresh, ...unseen];
  }
}

function versionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion ?? 0);
}
