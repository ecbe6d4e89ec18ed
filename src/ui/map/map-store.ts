import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { currentWorld, hopsHeard, worldStore } from "../world-store.ts";
import { type Hop, inOrder, type Way } from "./way.ts";

export interface MapState {
  /** The last command's way; empty before there was one. */
  readonly way: Way;
  /** The hop that is shown now, by its place in the way. */
  readonly place: number;
  readonly playing: boolean;
}

const BLANK: MapState = { way: [], place: 0, playing: false };

export const mapStore = createStore<MapState>()(() => BLANK);

export function useMap<T>(select: (state: MapState) => T): T {
  return useStore(mapStore, select);
}

/** Hops of the newest command. */
let hops = new Map<number, Hop>();
let newest = 0;

function take(told: readonly Hop[], calm: boolean): void {
  for (const hop of told) {
    if (hop.command > newest) {
      newest = hop.command;
      hops = new Map();
      mapStore.setState({ place: 0, playing: !calm });
    }
    if (hop.command === newest) hops.set(hop.id, hop);
  }
  const way = inOrder(hops.values());
  const { playing, place } = mapStore.getState();
  const atEnd = !playing && place >= mapStore.getState().way.length - 1;
  mapStore.setState({ way, ...(calm && atEnd ? { place: Math.max(0, way.length - 1) } : {}) });
}

/** Follows commands while the map is in sight; gives how to stop. */
export function followWays(isCalm: () => boolean): () => void {
  const ask = () => currentWorld()?.followTrace(true);
  const heard = hopsHeard.event((told) => take(told, isCalm()));
  const left = worldStore.subscribe(({ status, info }, before) => {
    if (status !== "running" || info === before.info) return;
    newest = 0;
    hops = new Map();
    mapStore.setState(BLANK);
    ask();
  });
  ask();
  return () => {
    heard.dispose();
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
