import { strftime } from "../../base/calendar.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";

/** A place in the world's history that can be seen, and gone back to. */
export interface Place {
  readonly id: number;
  /** `automatic` is a checkpoint that was kept because a command was destructive; `restore` went to another entry. */
  readonly kind: "start" | "command" | "checkpoint" | "automatic" | "restore";
  /** The command line, or the checkpoint's name. */
  readonly name: string;
  /** The world's time, in milliseconds since the epoch. */
  readonly at: number;
}

export interface Places {
  /** In order of their making. */
  readonly entries: readonly Place[];
  /** Id of the last command or restore that is done and not undone; of the start when there is none. */
  readonly position: number;
}

/** What became of a wish to go back or forth: `text` says it to a person, in a line. */
export interface WayBackAnswer {
  readonly done: boolean;
  readonly text: string;
}

/**
 * The world's history as `lab` reaches it. Who goes to another place gets no answer when it worked: the program that
 * asked is gone with its world, and the terminal is told there. `asker` is the hop of the command line that asks.
 */
export interface WayBack {
  reset(asker: number | undefined): Task<WayBackAnswer>;
  undo(asker: number | undefined): Task<WayBackAnswer>;
  redo(asker: number | undefined): Task<WayBackAnswer>;
  checkpoint(name: string): Task<WayBackAnswer>;
  restore(name: string, asker: number | undefined): Task<WayBackAnswer>;
  /** What changed between two places, as text; by default since before the last change, and until now. */
  diff(from: string | undefined, to: string | undefined): Task<WayBackAnswer>;
  list(): Places | undefined;
}

type Wish = (back: WayBack, args: readonly string[], asker: number | undefined) => Task<WayBackAnswer>;

interface WayBackCommand {
  readonly usage: string;
  readonly takes: readonly [least: number, most: number];
  readonly wish: Wish;
}

/** The commands of `lab` that go back and forth, by name. */
export const WAY_BACK_COMMANDS: Readonly<Record<string, WayBackCommand>> = {
  reset: { usage: "lab reset", takes: [0, 0], wish: (back, _, asker) => back.reset(asker) },
  undo: { usage: "lab undo", takes: [0, 0], wish: (back, _, asker) => back.undo(asker) },
  redo: { usage: "lab redo", takes: [0, 0], wish: (back, _, asker) => back.redo(asker) },
  checkpoint: { usage: "lab checkpoint NAME", takes: [1, 1], wish: (back, [name = ""]) => back.checkpoint(name) },
  restore: {
    usage: "lab restore NAME",
    takes: [1, 1],
    wish: (back, [name = ""], asker) => back.restore(name, asker),
  },
  list: { usage: "lab list", takes: [0, 0], wish: list },
  diff: { usage: "lab diff [A] [B]", takes: [0, 2], wish: (back, [from, to]) => back.diff(from, to) },
};

/** Runs one of them. */
export function* goBack(
  process: Process,
  back: WayBack | undefined,
  name: string,
  args: readonly string[],
): Task<number> {
  const command = WAY_BACK_COMMANDS[name];
  if (command === undefined || back === undefined) {
    yield* writeText(process.stderr, "lab: this world has no history\n");
    return 1;
  }
  const [least, most] = command.takes;
  if (args.length < least || args.length > most) {
    yield* writeText(process.stderr, `usage: ${command.usage}\n`);
    return 2;
  }
  const { done, text } = yield* command.wish(back, args, process.cause);
  yield* writeText(done ? process.stdout : process.stderr, done ? text : `lab: ${text}\n`);
  return done ? 0 : 1;
}

function* list(back: WayBack): Task<WayBackAnswer> {
  const places = back.list();
  if (places === undefined || places.entries.length === 0)
    return { done: false, text: "the world has only just begun" };
  const passed = places.entries.findIndex(({ id }) => id === places.position);
  const rows = places.entries.map((place, index) => {
    const undone = index > passed && (place.kind === "command" || place.kind === "restore");
    const time = strftime("%T", place.at);
    return `${undone ? " " : "*"} ${`#${place.id}`.padEnd(5)} ${time}  ${(undone ? "undone" : place.kind).padEnd(10)}  ${place.name.replaceAll("\n", "; ")}\n`;
  });
  return { done: true, text: rows.join("") };
}
