import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

/** How a person looks at the store; outlives the panel, which comes and goes with the page's width. */
export interface StoreView {
  /** Folders that are open, by path. */
  readonly open: ReadonlySet<string>;
  readonly filter: string;
}

const storeView = createStore<StoreView>()(() => ({ open: new Set(["/registry"]), filter: "" }));

export function useStoreView<T>(select: (view: StoreView) => T): T {
  return useStore(storeView, select);
}

export function setFilter(filter: string): void {
  storeView.setState({ filter });
}

/** Opens or closes a folder; turns it over when not told which. */
export function toggleFolder(path: string, wanted?: boolean): void {
  const open = new Set(storeView.getState().open);
  if (wanted ?? !open.has(path)) open.add(path);
  else open.delete(path);
  storeView.setState({ open });
}
