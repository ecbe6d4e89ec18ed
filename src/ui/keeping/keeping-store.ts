import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Keeping, WorldCalls, WorldInfo, WorldKind } from "../../worker/protocol.ts";
import { isEmbedded } from "../embedded.ts";
import { exposeKeeping } from "../test-hook.ts";
import { Tenancy } from "./tenancy.ts";

/** How this page's world is kept in the browser. */
export interface KeepingState {
  /**
   * Of all pages with this world, which one keeps it. `taken`: another has taken it over from this one; `framed`: this is
   * a frame in somebody's page, where several may stand, each with a world of its own, and none is kept.
   */
  readonly tenure: "ours" | "elsewhere" | "taken" | "framed";
  readonly storage: "unknown" | "kept" | "refused" | "full";
  /** When it was kept the last time. */
  readonly keptAt: number | undefined;
  /** Why what was kept before could not be gone on with. */
  readonly unreadable: string | undefined;
  /** What need not be said again. */
  readonly dismissed: readonly NoticeName[];
}

/** What a person is told about it, one at a time. */
export type NoticeName = "taken" | "elsewhere" | "unreadable" | "full" | "refused";

const BLANK: KeepingState = {
  tenure: "ours",
  storage: "unknown",
  keptAt: undefined,
  unreadable: undefined,
  dismissed: [],
};

const keepingStore = createStore<KeepingState>()(() => BLANK);

let world: WorldCalls | undefined;

const tenancy = new Tenancy(
  async () => {
    await world?.keepNow();
  },
  () => {
    keepingStore.setState({ tenure: "taken" });
    void world?.letGo();
  },
);

/** The name under which this page may keep worlds of a kind; undefined when another page does. */
export async function claimWorld(kind: WorldKind): Promise<string | undefined> {
  const framed = window.parent !== window && shelfOfPage() === undefined;
  const tenure = framed ? "framed" : await tenancy.claim(slotOf(kind));
  keepingStore.setState({ tenure });
  return tenure === "ours" ? tenancy.owner : undefined;
}

/** Takes the world over from the page that keeps it, with all that it has done. */
export async function takeWorldOver(kind: WorldKind): Promise<void> {
  await tenancy.takeOver(slotOf(kind));
}

/** The world whose keeping this is about from now on; it may have been given away while it was on its way. */
export function attendTo(calls: WorldCalls): void {
  world = calls;
  if (keepingStore.getState().tenure === "taken") void calls.letGo();
}

/** What became of what was kept, once the world is there. */
export function noteOutcome({ unreadable }: WorldInfo): void {
  const { dismissed } = keepingStore.getState();
  keepingStore.setState({
    unreadable,
    dismissed: unreadable === undefined ? dismissed : dismissed.filter((name) => name !== "unreadable"),
  });
}

export function hearKeeping(keeping: Keeping): void {
  if (keeping.state === "kept") keepingStore.setState({ storage: "kept", keptAt: keeping.at });
  else if (keeping.state === "taken over") keepingStore.setState({ tenure: "taken" });
  else {
    console.info("the world is not kept:", keeping.text);
    keepingStore.setState({ storage: keeping.reason });
  }
}

export function noticeOf({ tenure, storage, unreadable, dismissed }: KeepingState): NoticeName | undefined {
  const due: NoticeName[] = [];
  if (tenure === "elsewhere" || tenure === "taken") due.push(tenure);
  if (unreadable !== undefined) due.push("unreadable");
  if (storage === "full" || storage === "refused") due.push(storage);
  return due.find((name) => !dismissed.includes(name));
}

export function dismissNotice(name: NoticeName): void {
  keepingStore.setState({ dismissed: [...keepingStore.getState().dismissed, name] });
}

export function useKeeping<T>(select: (state: KeepingState) => T): T {
  return useStore(keepingStore, select);
}

function slotOf({ topology, etcd, seed }: WorldKind): string {
  return `${shelfOfPage() ?? ""}|${topology}/${etcd}/${seed}`;
}

/** The `key` of an embedded sandbox: only with one is it kept, and apart from all others. */
export function shelfOfPage(): string | undefined {
  const key = isEmbedded() ? new URLSearchParams(location.search).get("key") : null;
  return key === null || key === "" ? undefined : key.slice(0, SHELF_NAME_MAX);
}

const SHELF_NAME_MAX = 100;

// The last moment at which a page may still do something; what happened since the last save is a second's worth.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") void world?.keepNow();
});

exposeKeeping({ keepNow: async () => world?.keepNow(), keptAt: () => keepingStore.getState().keptAt });
