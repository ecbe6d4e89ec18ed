import { useStore } from "zustand";
import { type WorldState, worldStore } from "./world-store.ts";

/** A part of the world's state, for a component that shows it. */
export function useWorld<T>(select: (state: WorldState) => T): T {
  return useStore(worldStore, select);
}
