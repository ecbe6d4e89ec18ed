import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import { Queue } from "../../sim/signal.ts";
import type { Task } from "../../sim/task.ts";

/** CoreDNS's standard output, in order; writing never waits. */
export class CorednsLog {
  private readonly lines = new Queue<string>();

  constructor(process: Process) {
    process.tasks.spawn("coredns/log", this.drain(process));
  }

  write(level: "INFO" | "WARNING" | "ERROR", message: string): void {
    this.print(`[${level}] ${message}\n`);
  }

  print(text: string): void {
    this.lines.push(text);
  }

  private *drain(process: Process): Task<void> {
    for (let text = yield* this.lines.take(); text !== undefined; text = yield* this.lines.take())
      yield* writeText(process.stdout, text);
  }
}
