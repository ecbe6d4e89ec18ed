import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";

const BANNER = "BusyBox v1.37.0 (2024-09-26 21:31:42 UTC) multi-call binary.";

/** Shows an applet's usage as busybox does; gives the exit code. */
export function* showUsage(process: Process, usage: string): Task<number> {
  yield* writeText(process.stderr, `${BANNER}\n\nUsage: ${usage}\n`);
  return 1;
}

/** An applet's last words; the message follows its name. */
export class AppletFailure extends Error {}
