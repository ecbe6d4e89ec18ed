import { sleep, type Task } from "../../sim/task.ts";
import { awaitsKeyboard } from "../line-runner.ts";
import type { Sandbox } from "../sandbox.ts";
import type { TerminalSession } from "../terminal-session.ts";

/** How often a terminal is looked at, in the world's time: longer than any packet's way. */
const LOOK_MS = 30;
/** Ctrl-E and Ctrl-U: to the line's end, and away with all of it, in line editors and in the terminal's own. */
const DISCARD_LINE = "\x05\x15";
/** How long a line may run before it gets Ctrl-C. */
const LINE_LIMIT_MS = 600_000;

/**
 * Types commands into a terminal, each physical line when whatever has the terminal waits for the keyboard. Ends when
 * the last has been entered, or when it has come to rest. What a person had begun to type is discarded, not run. A task of the world: it goes as fast as the world does.
 */
export function* typeScript(
  sandbox: Sandbox,
  session: TerminalSession,
  commands: readonly string[],
  until: "typed" | "done" = "done",
): Task<void> {
  let lastOutputAt = sandbox.clock.uptime;
  const subscription = session.onOutput(() => {
    lastOutputAt = sandbox.clock.uptime;
  });
  let begun = DISCARD_LINE;
  try {
    for (const line of commands.flatMap((command) => command.split("\n"))) {
      yield* rest(sandbox, session, () => lastOutputAt);
      if (session.ended) return;
      session.type(`${begun}${line}\r`);
      begun = "";
    }
    if (until === "done") yield* rest(sandbox, session, () => lastOutputAt);
  } finally {
    subscription.dispose();
  }
}

function* rest(sandbox: Sandbox, session: TerminalSession, lastOutputAt: () => number): Task<void> {
  const { clock } = sandbox;
  const deadline = clock.uptime + LINE_LIMIT_MS;
  let interrupted = false;
  for (;;) {
    yield* sleep(clock, LOOK_MS);
    if (session.ended) return;
    if (awaitsKeyboard(sandbox, session) && clock.uptime - lastOutputAt() >= LOOK_MS) return;
    if (clock.uptime < deadline || interrupted) continue;
    interrupted = true;
    session.type("\x03");
  }
}
