import { concat } from "../../base/bytes.ts";
import { BrokenPipe } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import { Queue, Signal } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";

/** Where log lines go: standard error, standard output or files. Lines queue, so that logging never waits. */
export class LogOutput {
  private readonly process: Process;
  private readonly outputs: readonly string[];
  private readonly queue = new Queue<Uint8Array>();
  private readonly written = new Signal();
  private writing = false;

  constructor(process: Process, outputs: readonly string[]) {
    this.process = process;
    this.outputs = outputs.map((output) => (output === "default" ? "stderr" : output));
    process.tasks.spawn("etcd/log", this.run());
  }

  readonly write = (line: Uint8Array): void => {
    this.queue.push(line);
  };

  /** Waits until everything is written. */
  *drain(): Task<void> {
    while (this.queue.size > 0 || this.writing) yield* waitFor(this.written);
  }

  private *run(): Task<void> {
    for (let line = yield* this.queue.take(); line !== undefined; line = yield* this.queue.take()) {
      const lines = [line];
      for (let more = this.queue.poll(); more !== undefined; more = this.queue.poll()) lines.push(more);
      this.writing = true;
      yield* this.writeAll(concat(lines));
      this.writing = false;
      this.written.notify();
    }
  }

  private *writeAll(bytes: Uint8Array): Task<void> {
    for (const output of this.outputs) {
      try {
        if (output === "stderr") yield* this.process.stderr.write(bytes);
        else if (output === "stdout") yield* this.process.stdout.write(bytes);
        else this.process.fs.appendFile(output, bytes);
      } catch (error) {
        // Nobody reads the log any more, or the disk is full: the server goes on.
        if (!(error instanceof BrokenPipe || error instanceof FsError)) throw error;
      }
    }
  }
}
