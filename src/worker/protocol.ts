import type { ChangeKind } from "../sandbox/history/diff/key-changes.ts";
import type { WorldDiff } from "../sandbox/history/diff/world-diff.ts";
import type { HistoryAnswer, HistoryEntry, HistoryView } from "../sandbox/history/history-view.ts";
import type { Advice, Consequences, ObjectName } from "../sandbox/preview/consequences.ts";
import type { Hop, Party } from "../sandbox/read-model/hop.ts";
import type { LessonCalls } from "./lesson-protocol.ts";

export type {
  Advice,
  ChangeKind,
  Consequences,
  HistoryAnswer,
  HistoryEntry,
  HistoryView,
  Hop,
  ObjectName,
  Party,
  WorldDiff,
};

/**
 * What page and world say to each other. Types only: the page imports this and never the world.
 */
export interface WorldOptions extends WorldKind {
  /** Where the page's files are, for the image of the default world. */
  readonly base: string;
  /** The name under which this page keeps the world in the browser; undefined: it is not kept. */
  readonly owner: string | undefined;
  /** Keeps the world apart from others of its kind: the `key` of an embedded one. */
  readonly shelf?: string | undefined;
  /** Another start than to go on from what is kept, which is put aside then: a fresh world, or what a file holds. */
  readonly start?: "fresh" | { readonly file: Uint8Array };
}

/** What a world is made from; worlds of one kind share one kept state. */
export interface WorldKind {
  readonly topology: "kubeadm" | "bare";
  readonly etcd: "3.6" | "3.5";
  readonly seed: number;
}

/** What the page needs to know to draw itself. */
export interface WorldInfo {
  readonly hosts: readonly string[];
  readonly kubernetesVersion: string | undefined;
  readonly etcdVersion: string;
  /** By which the marks of its shells are known from what programs print. */
  readonly markKey: string;
  /** False where workers are refused and the world runs beside the page. */
  readonly inWorker: boolean;
  readonly kind: WorldKind;
  /** When the world was closed that goes on now; undefined for a fresh one. */
  readonly resumed: ResumedWorld | undefined;
  /** Why what was kept can't be gone on with; it is put aside, to be downloaded. */
  readonly unreadable: string | undefined;
}

/** A world that goes on. */
export interface ResumedWorld {
  /** Real time, in milliseconds since the epoch. */
  readonly keptAt: number;
  /** Terminals that were open, to be opened again by their place in this list. */
  readonly terminals: readonly ResumedTerminal[];
  /** The place of the one that was shown. */
  readonly active: number;
}

export interface ResumedTerminal {
  readonly host: string;
  readonly columns: number;
  /** The command line that was running; it does not go on. */
  readonly running: string | undefined;
}

/** How the world is kept in the browser. */
export type Keeping =
  | { readonly state: "kept"; readonly at: number }
  | { readonly state: "taken over" }
  | { readonly state: "failing"; readonly reason: "full" | "refused"; readonly text: string };

/** A state that was put aside. */
export interface AsideState {
  readonly slot: string;
  readonly title: string;
  readonly keptAt: number;
  readonly octets: number;
}

/** A key of the store without its value. */
export interface KeyRow {
  readonly key: string;
  readonly modRevision: number;
  readonly createRevision: number;
  readonly version: number;
  /** Hexadecimal, or "" when the key has no lease. */
  readonly lease: string;
  readonly size: number;
}

/** A key with its value, as the viewer shows it. */
export interface KeyView extends KeyRow {
  readonly value: Uint8Array;
  readonly content: ValueContent;
}

/** What a value turns out to be, beyond its bytes. */
export interface ValueContent {
  /** How it is written; `encrypted` is Kubernetes' encryption at rest. */
  readonly encoding: "json" | "protobuf" | "encrypted" | "other";
  /** `apps/v1` and the like; empty where the value is no object. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The object that protobuf held, as JSON on one line; undefined for every other encoding. */
  readonly json: string | undefined;
  /** From metadata.ownerReferences, with the key of each where it is known. */
  readonly owners: readonly { readonly kind: string; readonly name: string; readonly key: string | undefined }[];
  /** Of an encrypted value: `aescbc (key1)`. */
  readonly encryptedBy: string;
  /** Why protobuf could not be read; empty when it could. */
  readonly problem: string;
}

/**
 * A state of the store. Stores that begin anew (the world was put back, etcd was away) count revisions anew, so a
 * revision means something only within its epoch.
 */
export interface StoreMoment {
  readonly epoch: number;
  readonly revision: number;
}

/** One key's change at a revision. */
export interface KeyChange {
  readonly revision: number;
  /** The world's time, in milliseconds since the epoch. */
  readonly at: number;
  readonly key: string;
  /** Undefined: the key was deleted. */
  readonly after: KeyRow | undefined;
}

/** What changed in the store since the last message. */
export interface StoreChange {
  /** True: forget all rows first (first look, or etcd was away). */
  readonly reset: boolean;
  readonly revision: number;
  readonly put: readonly KeyRow[];
  readonly deleted: readonly string[];
  readonly epoch: number;
  /** Every single change, in the order of revisions; `put` and `deleted` are what came of them. */
  readonly changes: readonly KeyChange[];
  /** Whether etcd answers the observer now. */
  readonly reachable: boolean;
  /** The world's time, in milliseconds since the epoch, and its number (`HistoryView.worlds`). */
  readonly at: number;
  readonly world: number;
}

/** A command line that a person entered begins or ends, at a terminal's own shell or at one within it (ssh). */
export interface CommandEvent {
  readonly terminal: number;
  readonly host: string;
  readonly line: string;
  readonly phase: "begin" | "end";
  /** At the end, but for a command that was cut off. */
  readonly exitCode: number | undefined;
  /** Of the world's time; at the end. */
  readonly seconds: number | undefined;
  /** What it destroyed, in words, at the end; undefined when it did not. */
  readonly danger: string | undefined;
  /** At the end, if the world was left before the command had come to it: the way back that was gone, in words. */
  readonly cutOff: string | undefined;
}

/** Page to world. */
export interface WorldCalls extends LessonCalls {
  open(options: WorldOptions): Promise<WorldInfo>;
  /** Opens a terminal with a login shell; gives its id. */
  openTerminal(host: string, columns: number, rows: number, again?: TerminalAgain): Promise<number>;
  type(terminal: number, text: string): void;
  /** The page shows this terminal. */
  shows(terminal: number): void;
  /** Keeps the world no longer, since another page does; remembered when it comes before the world is there. */
  letGo(): Promise<void>;
  /** Keeps the world as it is now; says whether it could. */
  keepNow(): Promise<boolean>;
  /** All of the world as a file. */
  exportFile(): Promise<Uint8Array<ArrayBuffer>>;
  /** Looks into a file that should hold a world. */
  inspect(file: Uint8Array): Promise<{ readonly kind: WorldKind } | { readonly problem: string }>;
  aside(): Promise<readonly AsideState[]>;
  asideFile(slot: string): Promise<Uint8Array<ArrayBuffer>>;
  forgetAside(slot: string): Promise<void>;
  /** What was entered at a terminal's own shell, oldest first; undefined while that shell does not wait for a command. */
  shellHistory(terminal: number): Promise<readonly string[] | undefined>;
  resize(terminal: number, columns: number, rows: number): void;
  closeTerminal(terminal: number): void;
  /** The page has drawn this many bytes of a terminal's output; keeps endless output from piling up. */
  drawn(terminal: number, bytes: number): void;
  /** The key as it is, or as it was at a moment; undefined when it is not there, or that is not remembered any more. */
  readKey(key: string, moment?: StoreMoment): Promise<KeyView | undefined>;
  /** World milliseconds per real one, 0.1 to 100; 0: time stands still. */
  setSpeed(speed: number): void;
  /** Back to the start; terminals stay, checkpoints too. Answers as soon as the world is another one. */
  reset(): Promise<HistoryAnswer>;
  /** Back to before the last command that changed anything. */
  undo(): Promise<HistoryAnswer>;
  redo(): Promise<HistoryAnswer>;
  /** Keeps the world as it is under a name. */
  checkpoint(name: string): Promise<HistoryAnswer>;
  /** To a checkpoint by name, to `start`, or to before a command: `#` and its id. */
  restore(name: string): Promise<HistoryAnswer>;
  history(): Promise<HistoryView>;
  /** By default since before the last change, and until now; a text when there is no such place. */
  diff(from?: string, to?: string): Promise<WorldDiff | string>;
  /**
   * Runs a line ahead on a fork, as if it were entered at a terminal (at a new one of the first host by default), and tells
   * what it did there. Undefined: it was called off, by `cancelPreview` or by the next preview. The world goes on meanwhile.
   */
  preview(line: string, terminal?: number): Promise<Consequences | undefined>;
  cancelPreview(): void;
  /** Keeps a fork awake while nothing happens, so that previews come sooner; costs memory and idle work. Off at first. */
  keepSpareFork(wanted: boolean): void;
  /** Whether the ways of commands are told from now on; costs while they are. Off at first. */
  followTrace(wanted: boolean): void;
  /** Whether the page is told the command lines that are being edited: those that stand now, and each that changes. Off at first. */
  followLines(wanted: boolean): void;
}

/** A terminal of a resumed world is opened again: its place there, and what to show between what it showed and its prompt. */
export interface TerminalAgain {
  readonly place: number;
  readonly notice: string;
}

/** What a world that is being opened is busy with: code on its way, or hosts and their cluster being brought up. */
export type StartStep = "loading" | "booting";

/** World to page. */
export interface PageCalls {
  /** How far `open` has come. */
  progress(step: StartStep): void;
  output(terminal: number, bytes: Uint8Array): void;
  ended(terminal: number): void;
  /** If wanted: the line in a terminal's editor, when it waits for another key; undefined when it is entered or given up. */
  line(terminal: number, line: string | undefined): void;
  store(change: StoreChange): void;
  /** The history is another. */
  history(view: HistoryView): void;
  command(event: CommandEvent): void;
  /** Something happened that a lesson's check could see. */
  lessonStirred(): void;
  /** A terminal whose shell had ended has one again, since the world went to another place of its history. */
  revived(terminal: number): void;
  keeping(keeping: Keeping): void;
  /** Hops that are new, and those that are known and have changed; only while `followTrace` wants them. */
  hops(hops: readonly Hop[]): void;
  /** A defect of the sandbox itself, with what is needed to report it. */
  fault(text: string): void;
}
