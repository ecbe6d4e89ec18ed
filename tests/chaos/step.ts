/**
 * What happens to a world, as plain data, so that a sequence can be printed, shortened and played again.
 *
 * `shell` types a line on a host and waits for its end, at most `waitMs`; the others are what no command can do: power,
 * wire, the size of a disk, the world's own image. `undo` types a line at a terminal, as a learner does, and takes it back.
 */
export type Step =
  | { readonly do: "shell"; readonly host: string; readonly line: string; readonly waitMs: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "cut" | "power"; readonly host: string }
  | { readonly do: "partition" | "join"; readonly a: string; readonly b: string }
  | { readonly do: "slow"; readonly a: string; readonly b: string; readonly latencyMs: number; readonly loss: number }
  | { readonly do: "fill" | "free"; readonly host: string }
  | { readonly do: "undo"; readonly host: string; readonly line: string; readonly waitMs: number }
  /** A snapshot of etcd is saved, and restored `ms` later in its data's place. */
  | { readonly do: "restore"; readonly ms: number }
  /** The world goes on from its own image, as after a closed tab. */
  | { readonly do: "reload" };

/** A step as a person reads it. */
export function stepText(step: Step): string {
  switch (step.do) {
    case "shell":
      return `${step.host}# ${step.line.replaceAll("\n", "\\n")}   (waits ${step.waitMs} ms)`;
    case "wait":
      return `wait ${step.ms} ms`;
    case "cut":
      return `power cut at ${step.host}`;
    case "power":
      return `power on at ${step.host}`;
    case "partition":
    case "join":
      return `${step.do} ${step.a} | ${step.b}`;
    case "slow":
      return `slow ${step.a} | ${step.b}: ${step.latencyMs} ms, ${step.loss} per mille lost`;
    case "fill":
    case "free":
      return `${step.do} the disk of ${step.host}`;
    case "undo":
      return `${step.host}# ${step.line.replaceAll("\n", "\\n")}   (undone after ${step.waitMs} ms)`;
    case "restore":
      return `restore of a snapshot that is ${step.ms} ms old`;
    case "reload":
      return "reload from the world's image";
  }
}
