/**
 * What a command line would do, as it was seen on a fork of the world. Times are in seconds of the world, counted from the
 * moment the line was entered.
 */
export interface Consequences {
  readonly line: string;
  readonly host: string;
  /** False: the shell waits for the rest of the line, so that nothing was run. */
  readonly complete: boolean;
  /** Undefined: the command had not ended when the fork was left. */
  readonly exitCode: number | undefined;
  /** How long the command ran. */
  readonly seconds: number;
  /** What it printed, cut to its last part. */
  readonly output: string;
  /** How far was looked. What happens later is not known. */
  readonly horizonSeconds: number;
  /** Whether nothing was changing any more at the horizon. */
  readonly quiet: boolean;
  /** Writes to etcd that did not come from the API server. */
  readonly straight: StraightWrites | undefined;
  /** What became of the objects in the store, one row a kind and namespace. */
  readonly objects: readonly ObjectChanges[];
  /** Pods that were there before and did not simply go on. */
  readonly pods: readonly PodFate[];
  /** Objects that were there before, are not there at the horizon, and that nothing has taken the place of. */
  readonly lost: readonly LostObject[];
  /** Nodes that stopped being ready. */
  readonly nodes: readonly NodeGap[];
  /** Services whose ready endpoints went down to none. */
  readonly services: readonly ServiceGap[];
  /** Spans in which the API server did not answer as it did before. */
  readonly apiErrors: readonly ApiTrouble[];
  /** Spans in which etcd itself could not be reached. */
  readonly etcdAway: readonly Span[];
  readonly advice: readonly Advice[];
}

/** Writes behind the API server's back. */
export interface StraightWrites {
  /** Names in the certificates of those who wrote; empty for writers without one. */
  readonly clients: readonly string[];
  /** Keys that were there and that the writes removed. */
  readonly deletedKeys: readonly string[];
  readonly putKeys: readonly string[];
}

/** An object by its name in the API; `namespace` is empty for kinds without one. */
export interface ObjectName {
  /** In the plural, for example `pods`; a key that is no object's stands here as it is. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

export interface LostObject extends ObjectName {
  /** Whether another object had made it, and would again. */
  readonly owned: boolean;
}

export interface ObjectChanges {
  readonly resource: string;
  readonly namespace: string;
  /** Were there before and are gone at the horizon, replaced ones too. */
  readonly gone: readonly string[];
  /** Were gone for a while, and are there again under the same name. */
  readonly returned: readonly string[];
  readonly created: readonly string[];
  readonly changed: readonly string[];
}

export interface PodFate {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  /** When its record went out of the store; undefined when it stayed. */
  readonly recordGoneAt: number | undefined;
  /** When the first of its containers ended; undefined when they all go on. */
  readonly diesAt: number | undefined;
  /** What comes in its place: itself under the same name, or another pod of the same owner. */
  readonly successor: PodSuccessor | undefined;
}

export interface PodSuccessor {
  readonly name: string;
  readonly createdAt: number;
  /** Undefined: not ready at the horizon. */
  readonly readyAt: number | undefined;
}

/** `to` is undefined for what had not ended at the horizon. */
export interface Span {
  readonly from: number;
  readonly to: number | undefined;
}

export interface ServiceGap extends Span {
  readonly namespace: string;
  readonly name: string;
}

export interface NodeGap extends Span {
  readonly name: string;
}

export interface ApiTrouble extends Span {
  /** What a client was told, in its own words. */
  readonly text: string;
}

/** What to do instead, or before; `command` can be typed as it stands. */
export interface Advice {
  readonly text: string;
  readonly command: string | undefined;
}
