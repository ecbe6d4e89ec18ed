import type { Place, Places, WayBackAnswer } from "../../programs/lab/way-back.ts";

/** As the page sees them, and the program `lab`. */
export type { Place as HistoryEntry, WayBackAnswer as HistoryAnswer };

export interface HistoryView extends Places {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** How often another world was put in place of the one that was there: time may have gone back since the last one. */
  readonly worlds: number;
}
