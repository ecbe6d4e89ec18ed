import type { Places, WayBack, WayBackAnswer } from "../../programs/lab/way-back.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import type { Sandbox } from "../sandbox.ts";
import type { History } from "./history.ts";

/**
 * How the program `lab` reaches the history of the world that it runs in. It is made before there is a sandbox. What it
 * asks for happens between two steps of the clock, since nobody can replace a world from within.
 */
export class HistoryLink implements Omit<WayBack, "diff"> {
  sandbox: Sandbox | undefined;

  reset(asker: number | undefined): Task<WayBackAnswer> {
    return this.ask((history) => history.reset(asker));
  }

  undo(asker: number | undefined): Task<WayBackAnswer> {
    return this.ask((history) => history.undo(asker));
  }

  redo(asker: number | undefined): Task<WayBackAnswer> {
    return this.ask((history) => history.redo(asker));
  }

  checkpoint(name: string): Task<WayBackAnswer> {
    return this.ask((history) => {
      const { done, text } = history.checkpoint(name);
      return { done, text: done ? `${text}\n` : text };
    });
  }

  restore(name: string, asker: number | undefined): Task<WayBackAnswer> {
    return this.ask((history) => history.restore(name, asker));
  }

  list(): Places | undefined {
    return this.sandbox?.history.view;
  }

  /** Between two steps of the clock. */
  *ask(wish: (history: History) => WayBackAnswer): Task<WayBackAnswer> {
    const { sandbox } = this;
    if (sandbox === undefined) return { done: false, text: "this world has no history" };
    return yield* waitFor<WayBackAnswer>({
      begin: (resume) => {
        sandbox.between(() => resume(wish(sandbox.history)));
        return undefined;
      },
    });
  }
}
