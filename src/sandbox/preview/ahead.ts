import type { Disposable } from "../../base/disposable.ts";
import type { Process } from "../../machine/process.ts";
import type { Ahead, AheadAnswer } from "../../programs/lab/preview.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Consequences } from "./consequences.ts";
import { consequencesText } from "./consequences-text.ts";
import type { PreviewLink } from "./preview-link.ts";
import { type PreviewRequest, PreviewRun } from "./preview-run.ts";
import { WarmFork } from "./warm-fork.ts";

/** Runs a line ahead; `done` is given what it did, or undefined after a defect of the sandbox itself. Disposing of it ends the run, and nobody is called. */
export function runAhead(
  sandbox: Sandbox,
  link: PreviewLink,
  request: PreviewRequest & { readonly byCommand: boolean },
  done: (consequences: Consequences | undefined) => void,
): Disposable {
  const run = new PreviewRun(link.takeSpare(request.byCommand) ?? new WarmFork(sandbox), request);
  return link.run(run, () => {
    const { consequences } = run;
    run.dispose();
    done(consequences);
  });
}

/** The program `lab`'s way to previews of its world. */
export function aheadOf(link: PreviewLink): Ahead {
  return {
    *preview(line: string, process: Process): Task<AheadAnswer> {
      const { sandbox } = link;
      if (sandbox === undefined)
        return { done: false, text: "this is a copy of the world already; it makes no copies" };
      const consequences = yield* waitFor<Consequences | undefined>({
        begin(resume) {
          const running = runAhead(sandbox, link, requestOf(sandbox, line, process), resume);
          return () => running.dispose();
        },
      });
      return consequences === undefined
        ? { done: false, text: "the copy could not be run" }
        : { done: true, text: consequencesText(consequences) };
    },
  };
}

function requestOf(sandbox: Sandbox, line: string, process: Process) {
  const session = sandbox.sessions.find(({ terminal }) => terminal === process.terminal);
  return { line, host: process.hostname, terminal: session?.id, directory: process.cwd, byCommand: true };
}
