/** What a command that deleted keys has led to, read from etcd's watch and from the trace. */
export interface PostMortem {
  /** The command as it was run. */
  readonly command: string;
  readonly deletedKeys: number;
  readonly pods: readonly PodFate[];
  /** Keys of other kinds, by their resource. */
  readonly others: readonly { readonly resource: string; readonly deleted: number; readonly lost: readonly string[] }[];
}

/** What became of a pod whose key was deleted. Times count from the command's start, in milliseconds. */
export interface PodFate {
  /** `namespace/name`. */
  readonly pod: string;
  /** Who owns it, in words. */
  readonly owner: string;
  /** When its first container was killed; undefined: its containers went on. */
  readonly killedAfterMs: number | undefined;
  /** What stands in its place; undefined: it is lost. */
  readonly returned: { readonly as: string; readonly afterMs: number } | undefined;
}
