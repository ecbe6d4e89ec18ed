import type { Task } from "../../sim/task.ts";
import type { Shell } from "../state/shell.ts";

/** `time pipeline`. What the shell can tell is the real time; nearly all of it is waiting here. */
export function* runTimed(shell: Shell, posix: boolean, run: () => Task<number>): Task<number> {
  const startedAt = shell.process.clock.now;
  try {
    return yield* run();
  } finally {
    const real = shell.process.clock.now - startedAt;
    const busy = Math.min(real, real * 0.1);
    const rows: [string, number][] = [
      ["real", real],
      ["user", busy * 0.7],
      ["sys", busy * 0.3],
    ];
    const show = posix ? (ms: number) => (ms / 1000).toFixed(2) : minutes;
    const text = rows.map(([name, ms]) => `${name}${posix ? " " : "\t"}${show(ms)}\n`).join("");
    yield* shell.writeError(posix ? text : `\n${text}`);
  }
}

function minutes(ms: number): string {
  return `${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(3)}s`;
}
