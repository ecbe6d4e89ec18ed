import type { PromptMark } from "../../base/prompt-mark.ts";
import type { Task } from "../../sim/task.ts";
import type { Shell } from "../state/shell.ts";

/**
 * OSC 133 marks (FinalTerm's), by which a page or a script that types sees where prompts, commands and their exit codes
 * are. They are written only to terminals that say they want them.
 */
export class PromptMarks {
  private readonly shell: Shell;
  private readonly wanted: boolean;
  private running = false;

  constructor(shell: Shell) {
    this.shell = shell;
    this.wanted = shell.process.terminal?.promptMarks === true;
  }

  *promptBegins(): Task<void> {
    yield* this.write({ kind: "prompt" });
  }

  /** Before PS2: the line that was begun goes on. */
  *lineContinues(): Task<void> {
    yield* this.write({ kind: "more" });
  }

  /** To stand behind the prompt; it takes no columns. */
  get promptEnds(): string {
    return this.wanted ? `\x01${this.shell.process.marks.text({ kind: "input" })}\x02` : "";
  }

  *commandBegins(): Task<void> {
    this.running = true;
    yield* this.write({ kind: "output" });
  }

  *commandEnds(status: number): Task<void> {
    if (!this.running) yield* this.write({ kind: "output" });
    this.running = false;
    yield* this.write({ kind: "end", exitCode: status });
  }

  private *write(mark: PromptMark): Task<void> {
    if (this.wanted) yield* this.shell.writeError(this.shell.process.marks.text(mark));
  }
}
