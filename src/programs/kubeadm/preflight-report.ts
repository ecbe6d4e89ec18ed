import { writeText } from "../../machine/file-descriptor.ts";
import type { Task } from "../../sim/task.ts";
import { type KubeadmContext, KubeadmError } from "./context.ts";

/** What a check found in the way. */
export interface Fault {
  /** The check's name, for example `Port-6443`. */
  readonly check: string;
  readonly text: string;
}

/**
 * Tells on stderr what checks found: as warnings those that are ignored (`all` ignores any), as errors the others.
 * Throws `KubeadmError` with code 2 when there are errors (app/preflight/checks.go RunChecks).
 */
export function* reportFaults(
  { process }: KubeadmContext,
  faults: readonly Fault[],
  ignored: readonly string[],
): Task<void> {
  const names = ignored.map((name) => name.toLowerCase());
  const isIgnored = ({ check }: Fault) => names.includes("all") || names.includes(check.toLowerCase());
  const line = (severity: string) => (fault: Fault) => `\t[${severity} ${fault.check}]: ${fault.text}\n`;
  yield* writeText(process.stderr, faults.filter(isIgnored).map(line("WARNING")).join(""));
  const errors = faults.filter((fault) => !isIgnored(fault));
  if (errors.length === 0) return;
  yield* writeText(
    process.stderr,
    `[preflight] Some fatal errors occurred:\n${errors.map(line("ERROR")).join("")}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\n`,
  );
  throw new KubeadmError("preflight checks failed", 2);
}

/** What must be true before anything else is looked at (RunRootCheckOnly). */
export function rootFaults({ process }: KubeadmContext): Fault[] {
  return process.user.uid === 0 ? [] : [{ check: "IsPrivilegedUser", text: "user is not running as root" }];
}
