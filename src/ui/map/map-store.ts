import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { isCalm } from "../settings/use-media.ts";
import { commandHeard, currentWorld, hopsHeard, worldStore } from "../world-store.ts";
import { explainBy, forgetFailures, hearCommand } from "./failures.ts";
import { type Hop, inOrder, type Way } from "./way.ts";

export interface MapState {
  /** The last command's way; empty before there was one. */
  readonly way: Way;
  /** The hop that is shown now, by its place in the way. */
  readonly place: number;
  readonly playing: boolean;
}

const BLANK: MapState = { way: [], place: 0, playing: false };

const mapStore = createStore<MapState>()(() => BLANK);

export function useMap<T>(select: (state: MapState) => T): T {
  return useStore(mapStore, select);
}

/** Commands whose hops are kept: of every terminal the last ones. */
const COMMANDS_MAX = 12;
/** Hops by command, both by their numbers, which only grow while a world runs. */
const ways = new Map<number, Map<number, Hop>>();

function take(told: readonly Hop[]): void {
  const newest = Math.max(0, ...ways.keys());
  for (const hop of told) {
    const way = ways.get(hop.command);
    if (way !== undefined) way.set(hop.id, hop);
    else if (hop.kind === "command") ways.set(hop.command, new Map([[hop.id, hop]]));
  }
  for (const command of ways.keys()) if (ways.size > COMMANDS_MAX) ways.delete(command);
  draw(newest);
  explainBy([...ways.values()].map((way) => inOrder(way.values())));
}

/** Draws the newest command's way; `before` was the newest one until now. */
function draw(before: number): void {
  const newest = Math.max(0, ...ways.keys());
  const calm = isCalm();
  if (newest > before) mapStore.setState({ place: 0, playing: !calm });
  const way = inOrder(ways.get(newest)?.values() ?? []);
  const { playing, place } = mapStore.getState();
  const atEnd = !playing && place >= mapStore.getState().way.length - 1;
  mapStore.setState({ way, ...(calm && atEnd ? { place: Math.max(0, way.length - 1) } : {}) });
}

function forget(): void {
  ways.clear();
  mapStore.setState(BLANK);
  forgetFailures();
}

/** A narrow page that goes from the terminal to the map has nobody who follows until the map is loaded and drawn. */
const LINGER_MS = 5000;

let followers = 0;
let unfollow: (() => void) | undefined;

/** Follows commands, for the map and for terminals beside which it is told why one failed; gives how to stop. */
export function followWays(): () => void {
  followers++;
  unfollow ??= follow();
  return () => {
    followers--;
    setTimeout(stopIfAlone, LINGER_MS);
  };
}

function stopIfAlone(): void {
  if (followers > 0) return;
  unfollow?.();
  unfollow = undefined;
}

function follow(): () => void {
  const ask = () => currentWorld()?.followTrace(true);
  const heard = hopsHeard.event(take);
  const commands = commandHeard.event(hearCommand);
  const left = worldStore.subscribe(({ status, info }, before) => {
    if (status !== "running" || info === before.info) return;
    forget();
    ask();
  });
  forget(); // the world may have become another one while nobody followed
  ask();
  return () => {
    heard.dispose();
    commands.dispose();
    left();
    currentWorld()?.followTrace(false);
  };
}

/** Shows a hop, by its place, and stays there. */
export function showPlace(place: number): void {
  const last = mapStore.getState().way.length - 1;
  mapStore.setState({ place: Math.max(0, Math.min(last, place)), playing: false });
}

export function setPlaying(playing: boolean): void {
  mapStore.setState({ playing });
}

export function replay(): void {
  mapStore.setState({ place: 0, playing: true });
}

/** The next hop, if there is one; while the command runs more may come. */
export function advance(): void {
  const { way, place } = mapStore.getState();
  if (place < way.length - 1) mapStore.setState({ place: place + 1 });
}
