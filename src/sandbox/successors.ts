import { nameOfKey } from "./storage-place.ts";
import { controllerOf, metaOf, readStored } from "./stored-value.ts";

/** A key that came, with what it held; `item` is whatever is to be known of it. */
export interface Newcomer<Item> {
  readonly key: string;
  readonly value: Uint8Array;
  readonly item: Item;
}

/**
 * Who stands in for whom, of what came after something went: the same key made again (a StatefulSet's pod, a mirror pod), or
 * another object of the same kind that the same controller made. Each stands in for one.
 */
export class Successors<Item> {
  private readonly same = new Map<string, Item>();
  /** By resource, until something of it is asked for: most newcomers are events, and nobody's successors. */
  private readonly unread = new Map<string, Newcomer<Item>[]>();
  private readonly waiting = new Map<string, Item[]>();

  /** `newcomers` in the order of their coming; `gone` are the keys that went. */
  constructor(newcomers: Iterable<Newcomer<Item>>, gone: { has(key: string): boolean }) {
    for (const newcomer of newcomers) {
      const { key, item } = newcomer;
      if (!gone.has(key)) append(this.unread, nameOfKey(key).resource, newcomer);
      else if (!this.same.has(key)) this.same.set(key, item);
    }
  }

  /** Takes what stands in for a key that went; `value` is what it held. */
  take(key: string, value: Uint8Array | undefined): Item | undefined {
    const same = this.same.get(key);
    if (same !== undefined || value === undefined) return same;
    const { resource } = nameOfKey(key);
    const newcomers = this.unread.get(resource);
    this.unread.delete(resource);
    for (const newcomer of newcomers ?? []) {
      const maker = makerOf(newcomer.key, newcomer.value);
      if (maker !== undefined) append(this.waiting, maker, newcomer.item);
    }
    const maker = makerOf(key, value);
    return maker === undefined ? undefined : this.waiting.get(maker)?.shift();
  }
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [item]);
  else known.push(item);
}

/** Kind and controller of an object; undefined of what nobody makes. */
function makerOf(key: string, value: Uint8Array): string | undefined {
  const { object } = readStored(value);
  const controller = object === undefined ? undefined : controllerOf(metaOf(object));
  return controller === undefined ? undefined : `${nameOfKey(key).resource} ${controller.uid}`;
}
