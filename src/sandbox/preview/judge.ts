import { isPassing } from "../restless-keys.ts";
import { nameOfKey } from "../storage-place.ts";
import { Successors } from "../successors.ts";
import type { LostObject, ObjectChanges, PodFate, PodSuccessor } from "./consequences.ts";
import type { ContainerLog } from "./container-log.ts";
import type { KeyStory, SeenKey, StoreDiary } from "./store-diary.ts";
import { type StoredObject, storedObject } from "./stored-object.ts";

const PODS = "/registry/pods/";
/** What became of objects, one row a kind and namespace. */
export function judgeObjects(stories: readonly KeyStory[]): ObjectChanges[] {
  const rows = new Map<string, Record<"gone" | "returned" | "created" | "changed", string[]> & ObjectPlace>();
  for (const story of stories) {
    const change = changeOf(story);
    const { resource, namespace, name } = nameOfKey(story.key);
    if (change === undefined || isPassing(story.key)) continue;
    const place = `${resource} ${namespace}`;
    const row = rows.get(place) ?? { resource, namespace, gone: [], returned: [], created: [], changed: [] };
    row[change].push(name);
    rows.set(place, row);
  }
  return [...rows.values()].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

interface ObjectPlace {
  readonly resource: string;
  readonly namespace: string;
}

function placeOf({ resource, namespace }: ObjectPlace): string {
  return `${namespace} ${resource}`;
}

function changeOf({ key, before, now, goneAt }: KeyStory): "gone" | "returned" | "created" | "changed" | undefined {
  if (before === undefined) return now === undefined ? undefined : "created";
  if (now === undefined) return "gone";
  if (goneAt !== undefined) return "returned";
  if (key.startsWith("/registry/minions/") && objectOf(before)?.ready === objectOf(now)?.ready) return undefined;
  return before.modRevision === now.modRevision ? undefined : "changed";
}

/** What is gone and nothing stands in its place: another object of the same kind and controller. */
export function lostObjects(stories: readonly KeyStory[]): LostObject[] {
  const heirs = heirsIn(stories);
  return stories.flatMap((story) => {
    const name = nameOfKey(story.key);
    if (story.before === undefined || story.now !== undefined || isPassing(story.key)) return [];
    const owned = objectOf(story.before)?.controller !== undefined;
    return heirs.take(story.key, story.before.value) === undefined ? [{ ...name, owned }] : [];
  });
}

/** What became of the pods that were there: those that died or whose record went. */
export function judgePods(
  diary: StoreDiary,
  containers: ContainerLog,
  readyAt: ReadonlyMap<string, number>,
): PodFate[] {
  const stories = new Map([...diary.stories].map((story) => [story.key, story]));
  const heirs = heirsIn([...stories.values()]);
  return [...diary.base].flatMap(([key, before]) => {
    if (!key.startsWith(PODS)) return [];
    const { namespace, name } = nameOfKey(key);
    const story = stories.get(key);
    const died = containers.of(namespace, name);
    if (story?.goneAt === undefined && died === undefined) return [];
    const successor = successorOf(story, died?.restartedAt, heirs, readyAt, key);
    const node = objectOf(before)?.nodeName ?? "";
    return [{ namespace, name, node, recordGoneAt: story?.goneAt, diesAt: died?.diedAt, successor }];
  });
}

function successorOf(
  story: KeyStory | undefined,
  restartedAt: number | undefined,
  heirs: Successors<KeyStory>,
  readyAt: ReadonlyMap<string, number>,
  key: string,
): PodSuccessor | undefined {
  const { name } = nameOfKey(key);
  if (story?.goneAt === undefined) {
    return restartedAt === undefined ? undefined : { name, createdAt: restartedAt, readyAt: readyAt.get(key) };
  }
  if (story.now !== undefined) return { name, createdAt: story.cameAt ?? story.goneAt, readyAt: readyAt.get(key) };
  const heir = heirs.take(key, story.before?.value);
  if (heir === undefined) return undefined;
  return { name: nameOfKey(heir.key).name, createdAt: heir.cameAt ?? 0, readyAt: readyAt.get(heir.key) };
}

/** What came new and may take the place of something that went. */
function heirsIn(stories: readonly KeyStory[]): Successors<KeyStory> {
  const newcomers = stories.flatMap((story) =>
    story.before === undefined && story.now !== undefined
      ? [{ key: story.key, value: story.now.value, item: story }]
      : [],
  );
  return new Successors(newcomers, new Set());
}

function objectOf({ value }: SeenKey): StoredObject | undefined {
  return storedObject(value);
}
