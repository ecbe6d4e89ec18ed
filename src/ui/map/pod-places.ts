import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { KeyView } from "../../worker/protocol.ts";
import { answerOf, currentWorld, keyTree, worldStore } from "../world-store.ts";

const PODS = "/registry/pods";

/** Where pods are, by what etcd's keys say: `namespace/name` by host, in the keys' order. */
export type PodPlaces = ReadonlyMap<string, readonly string[]>;

const placesStore = createStore<{ readonly places: PodPlaces }>()(() => ({ places: new Map() }));

export function usePodPlaces(): PodPlaces {
  return useStore(placesStore, ({ places }) => places);
}

/** What is known of a pod's key, as of a revision; without a host it has not been scheduled yet. */
interface Known {
  readonly createRevision: number;
  readonly modRevision: number;
  readonly host: string | undefined;
}

const known = new Map<string, Known>();
let looking = false;
let again = false;

/** Follows the pods of the store; gives how to stop. A pod is read once, since it never leaves its host. */
export function followPods(): () => void {
  void look();
  return worldStore.subscribe(({ storeVersion }, before) => {
    if (storeVersion !== before.storeVersion) void look();
  });
}

async function look(): Promise<void> {
  again = true;
  if (looking) return;
  looking = true;
  while (again) {
    again = false;
    await readNew();
  }
  looking = false;
}

async function readNew(): Promise<void> {
  const world = currentWorld();
  if (world === undefined) return;
  const rows = new Map([...keyTree.rows(PODS)].map((row) => [row.key, row]));
  let changed = false;
  for (const key of known.keys()) if (!rows.has(key)) changed = known.delete(key) || changed;
  for (const [key, { createRevision, modRevision }] of rows) {
    const before = known.get(key);
    if (before?.modRevision === modRevision) continue;
    if (before?.createRevision === createRevision && before.host !== undefined) continue;
    const host = hostOf(await answerOf(world, world.readKey(key)));
    if (currentWorld() !== world) return;
    known.set(key, { createRevision, modRevision, host });
    changed = true;
  }
  if (changed) placesStore.setState({ places: placesOf(known) });
}

function placesOf(pods: ReadonlyMap<string, Known>): PodPlaces {
  const places = new Map<string, string[]>();
  for (const [key, { host }] of [...pods].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (host !== undefined) podsOf(places, host).push(key.slice(PODS.length + 1));
  return places;
}

function podsOf(places: Map<string, string[]>, host: string): string[] {
  const pods = places.get(host) ?? [];
  places.set(host, pods);
  return pods;
}

/** `spec.nodeName` of a pod's value; undefined where there is none, or no pod. */
function hostOf(view: KeyView | undefined): string | undefined {
  if (view === undefined) return undefined;
  const text = view.content.json ?? new TextDecoder().decode(view.value);
  try {
    const { spec } = JSON.parse(text) as { spec?: { nodeName?: unknown } };
    return typeof spec?.nodeName === "string" ? spec.nodeName : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
