/** A place in a world's history that can be seen, and gone back to. */
export interface HistoryEntry {
  readonly id: number;
  /** `automatic` is a checkpoint that was kept because a command was destructive; `restore` went to another entry. */
  readonly kind: "start" | "command" | "checkpoint" | "automatic" | "restore";
  /** The command line, or the checkpoint's name. */
  readonly name: string;
  /** The world's time, in milliseconds since the epoch. */
  readonly at: number;
}

export interface HistoryView {
  /** In order of their making. */
  readonly entries: readonly HistoryEntry[];
  /** Id of the last command or restore that is done and not undone; of the start when there is none. */
  readonly position: number;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** How often another world was put in place of the one that was there: time may have gone back since the last one. */
  readonly worlds: number;
}

/** What became of a wish to go back or forth: `text` says it to a person, in a line. */
export interface HistoryAnswer {
  readonly done: boolean;
  readonly text: string;
}
