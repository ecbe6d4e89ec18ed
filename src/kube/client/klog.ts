import { Queue } from "../../sim/signal.ts";
import type { Task, TaskGroup } from "../../sim/task.ts";

/** Something that takes text in the end: a process's standard error. */
export interface LogSink {
  write(text: string): Task<void>;
}

/** klog's text format: `I1122 10:23:45.123456       1 file.go:12] "message" key="value"`. */
export function klogLine(
  severity: "I" | "W" | "E" | "F",
  nowMs: number,
  pid: number,
  source: string,
  text: string,
): string {
  const iso = new Date(nowMs).toISOString();
  const micros = Math.floor((nowMs - Math.floor(nowMs)) * 1000);
  const stamp = `${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}${String(micros).padStart(3, "0")}`;
  return `${severity}${stamp} ${String(pid).padStart(7)} ${source}] ${text}\n`;
}

/** Structured values of a log line, in order. */
export type LogValues = Readonly<Record<string, string | number | boolean>>;

/** A component's log. Lines are queued, so that logging never waits; one task writes them out. */
export class Klog {
  private readonly lines = new Queue<string>();
  private readonly tasks: TaskGroup;
  private readonly pid: number;

  constructor(tasks: TaskGroup, pid: number, sink: LogSink) {
    this.tasks = tasks;
    this.pid = pid;
    tasks.spawn("klog", this.drain(sink));
  }

  /** `source` is upstream's file and line. */
  info(source: string, message: string, values: LogValues = {}): void {
    this.emit("I", source, structured(message, values));
  }

  warning(source: string, message: string, values: LogValues = {}): void {
    this.emit("W", source, structured(message, values));
  }

  error(source: string, message: string, error: unknown, values: LogValues = {}): void {
    const text = error instanceof Error ? error.message : String(error);
    const head =
      error === undefined ? JSON.stringify(message) : `${JSON.stringify(message)} err=${JSON.stringify(text)}`;
    this.emit("E", source, `${head}${suffix(values)}`);
  }

  /** An unstructured line. */
  plain(severity: "I" | "W" | "E" | "F", source: string, text: string): void {
    this.emit(severity, source, text);
  }

  private emit(severity: "I" | "W" | "E" | "F", source: string, text: string): void {
    this.lines.push(klogLine(severity, this.tasks.clock.now, this.pid, source, text));
  }

  private *drain(sink: LogSink): Task<void> {
    for (let line = yield* this.lines.take(); line !== undefined; line = yield* this.lines.take()) {
      let text = line;
      for (let more = this.lines.poll(); more !== undefined; more = this.lines.poll()) text += more;
      yield* sink.write(text);
    }
  }
}

function structured(message: string, values: LogValues): string {
  return `${JSON.stringify(message)}${suffix(values)}`;
}

function suffix(values: LogValues): string {
  let text = "";
  for (const key in values) {
    const value = values[key];
    text += ` ${key}=${typeof value === "string" ? JSON.stringify(value) : String(value)}`;
  }
  return text;
}
