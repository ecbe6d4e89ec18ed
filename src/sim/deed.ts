/**
 * Something that a program is about to change because of a command that a person entered. The world's history listens:
 * what nobody's command led to is the cluster's own doing and not to be undone by itself.
 */
export interface Deed {
  /** The command's hop of the trace. */
  readonly cause: number;
  readonly kind: "file" | "signal" | "service" | "container" | "power" | "clock" | "link";
  readonly host: string;
  /** A path, a process, a unit, a container. */
  readonly subject: string;
  /** Id of the container whose own disk a path is on; undefined for the host's. */
  readonly container?: string | undefined;
}
