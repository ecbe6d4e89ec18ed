import { recordOf } from "../../../base/record.ts";
import { metaOf, readStored, stringIn } from "../../stored-value.ts";
import type { StoredKeys } from "./stored-keys.ts";

type Stored = Record<string, unknown>;

/** What a kubelet writes anew into the objects of a host that boots, although nothing else about them changed. */
const WRITTEN_AT_BOOT: Readonly<Record<string, RegExp>> = {
  Node: /^status\.nodeInfo\.bootID$/,
  Pod: /^status\.(?:startTime|conditions\[\w+\]\.lastTransitionTime)$/,
};

/**
 * Nodes whose hosts booted between two stores: every way back, and opening a kept world, boots all of them from their
 * disks.
 */
export class WokenNodes {
  private readonly names: ReadonlySet<string>;
  private readonly nodes: number;

  constructor(a: StoredKeys, b: StoredKeys) {
    const before = bootIds(a);
    this.nodes = before.size;
    this.names = new Set([...bootIds(b)].filter(([name, id]) => (before.get(name) ?? id) !== id).map(([name]) => name));
  }

  /** How many booted of themselves. When all did, the sandbox went back or was opened again, which is nobody's deed. */
  get count(): number {
    return this.names.size < this.nodes ? this.names.size : 0;
  }

  /** Whether the boot alone explains that an object's field differs. */
  explain(object: Stored, path: string): boolean {
    const { kind, name } = metaOf(object);
    const node = kind === "Node" ? name : stringIn(recordOf(object["spec"])["nodeName"]);
    return this.names.has(node) && WRITTEN_AT_BOOT[kind]?.test(path) === true;
  }
}

function bootIds(keys: StoredKeys): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { value } of nodesIn(keys)) {
    const node = readStored(value).object;
    if (node === undefined) continue;
    found.set(metaOf(node).name, stringIn(recordOf(recordOf(node["status"])["nodeInfo"])["bootID"]));
  }
  return found;
}

function nodesIn(keys: StoredKeys) {
  return [...keys.values()].filter(({ key }) => key.startsWith("/registry/minions/"));
}
