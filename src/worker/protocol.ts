/**
 * What page and world say to each other. Types only: the page imports this and never the world.
 */
export interface WorldOptions {
  readonly topology: "kubeadm" | "bare";
  readonly etcd: "3.6" | "3.5";
  readonly seed: number;
  /** Where the page's files are, for the image of the default world. */
  readonly base: string;
}

/** What the page needs to know to draw itself. */
export interface WorldInfo {
  readonly hosts: readonly string[];
  readonly kubernetesVersion: string | undefined;
  readonly etcdVersion: string;
  /** False where workers are refused and the world runs beside the page. */
  readonly inWorker: boolean;
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
}

/** What changed in the store since the last message. */
export interface StoreChange {
  /** True: forget all rows first (first look, or etcd was away). */
  readonly reset: boolean;
  readonly revision: number;
  readonly put: readonly KeyRow[];
  readonly deleted: readonly string[];
  /** Whether etcd answers the observer now. */
  readonly reachable: boolean;
}

/** Page to world. */
export interface WorldCalls {
  open(options: WorldOptions): Promise<WorldInfo>;
  /** Opens a terminal with a login shell; gives its id. */
  openTerminal(host: string, columns: number, rows: number): Promise<number>;
  type(terminal: number, text: string): void;
  resize(terminal: number, columns: number, rows: number): void;
  closeTerminal(terminal: number): void;
  /** The page has drawn this many bytes of a terminal's output; keeps endless output from piling up. */
  drawn(terminal: number, bytes: number): void;
  readKey(key: string): Promise<KeyView | undefined>;
}

/** What a world that is being opened is busy with: code on its way, or hosts and their cluster being brought up. */
export type StartStep = "loading" | "booting";

/** World to page. */
export interface PageCalls {
  /** How far `open` has come. */
  progress(step: StartStep): void;
  output(terminal: number, bytes: Uint8Array): void;
  ended(terminal: number): void;
  store(change: StoreChange): void;
  /** A defect of the sandbox itself, with what is needed to report it. */
  fault(text: string): void;
}
