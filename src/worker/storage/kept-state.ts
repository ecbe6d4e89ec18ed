import type { HistoryImage } from "../../sandbox/history/history.ts";
import type { LessonNotes } from "../../sandbox/lesson/lesson-notes.ts";
import type { SandboxImage } from "../../sandbox/sandbox.ts";

/**
 * The format of kept states: of the chunks and of what is in them. Raise it when an image's shape changes in a way that
 * `Sandbox.boot` can't go on from an older one; older states are then kept for download and a fresh world starts.
 */
export const STATE_FORMAT = 1;

/** All that comes back when a page is opened again. */
export interface KeptState {
  readonly image: SandboxImage;
  /** Its ways back: images that share most with this one. */
  readonly history: HistoryImage;
  readonly terminals: readonly KeptTerminal[];
  /** Which of the terminals was shown. */
  readonly active: number;
  /** What a lesson has noted of the world, if there was one. */
  readonly lesson?: LessonNotes;
}

/** What a terminal showed. */
export interface KeptTerminal {
  /** Its number in the image, by which its shell is found. */
  readonly id: number;
  readonly columns: number;
  readonly shown: readonly Uint8Array[];
}

/** Between the name of a shelf and the kind of world on it. */
const SHELF_END = "|";

/** The kind of world that a slot is for, whatever shelf it stands on. */
export function withoutShelf(slot: string): string {
  return slot.slice(slot.lastIndexOf(SHELF_END) + 1);
}

/** The slot of worlds made from the same options; each goes on from its own state. */
export function slotOf(
  { topology, etcd, seed }: Pick<SandboxImage["options"], "topology" | "etcd" | "seed">,
  shelf?: string,
): string {
  if (shelf !== undefined) return `${shelf}${SHELF_END}${topology}/${etcd}/${seed}`;
  return `${topology}/${etcd}/${seed}`;
}
