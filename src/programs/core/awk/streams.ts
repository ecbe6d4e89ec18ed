import type { FileDescriptor } from "../../../machine/file-descriptor.ts";
import { LineReader, writeText } from "../../../machine/file-descriptor.ts";
import { createPipe } from "../../../machine/pipe.ts";
import type { ChildProcess, Process } from "../../../machine/process.ts";
import { type Task, waitFor } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { openInput } from "../utility.ts";
import type { Output } from "./syntax.ts";

interface Sink {
  write(text: string): Task<void>;
  close(): Task<number>;
}

/** A file whose disk is full: awk notices when it closes it. */
export class AwkWriteError extends Error {
  constructor(name: string, reason: string) {
    super(`close failed on file ${name} (${reason})`);
  }
}

/** Files and commands that a program writes to or reads from, each opened once and kept under its name. */
export class Streams {
  private readonly process: Process;
  private readonly sinks = new Map<string, Sink>();
  private readonly sources = new Map<string, LineReader>();

  constructor(process: Process) {
    this.process = process;
  }

  *write(kind: Output["kind"], name: string, data: string): Task<void> {
    let sink = this.sinks.get(name);
    if (sink === undefined) {
      sink = kind === "|" ? this.command(name) : this.file(name, kind === ">>");
      this.sinks.set(name, sink);
    }
    yield* sink.write(data);
  }

  /** A line of a file; undefined at its end, null when it cannot be opened. */
  *readFile(name: string): Task<string | undefined | null> {
    let source = this.sources.get(name);
    if (source === undefined) {
      if (name !== "-" && !this.process.fs.exists(name)) return null;
      source = new LineReader(openInput(this.process, name).descriptor);
      this.sources.set(name, source);
    }
    return yield* source.next();
  }

  /** A line of a command's output; undefined at its end. */
  *readCommand(command: string): Task<string | undefined> {
    let source = this.sources.get(command);
    if (source === undefined) {
      const pipe = createPipe();
      this.spawn(
        command,
        new Map([
          [0, this.process.stdin],
          [1, pipe.writer],
          [2, this.process.stderr],
        ]),
      );
      pipe.writer.close();
      source = new LineReader(pipe.reader);
      this.sources.set(command, source);
    }
    return yield* source.next();
  }

  /** system(): runs a command and gives its exit code. */
  *run(command: string): Task<number> {
    return yield* waitFor(
      this.spawn(
        command,
        new Map([
          [0, this.process.stdin],
          [1, this.process.stdout],
          [2, this.process.stderr],
        ]),
      ).exited,
    );
  }

  *close(name: string): Task<number> {
    const sink = this.sinks.get(name);
    this.sinks.delete(name);
    const had = this.sources.delete(name);
    return sink === undefined ? (had ? 0 : -1) : yield* sink.close();
  }

  *closeAll(): Task<void> {
    for (const name of [...this.sinks.keys()]) yield* this.close(name);
  }

  private spawn(command: string, fds: ReadonlyMap<number, FileDescriptor>): ChildProcess {
    return this.process.spawn({ argv: ["sh", "-c", command], fds });
  }

  private file(name: string, append: boolean): Sink {
    const standard =
      name === "/dev/stdout" ? this.process.stdout : name === "/dev/stderr" ? this.process.stderr : undefined;
    if (standard !== undefined) return { write: (data) => writeText(standard, data), close: closed };
    if (!append || !this.process.fs.exists(name)) this.process.fs.writeFile(name, "");
    const fs = this.process.fs;
    return {
      *write(data) {
        try {
          fs.appendFile(name, data);
        } catch (error) {
          if (error instanceof FsError && error.code === "ENOSPC") throw new AwkWriteError(name, error.message);
          throw error;
        }
      },
      close: closed,
    };
  }

  private command(command: string): Sink {
    const pipe = createPipe();
    const child = this.spawn(
      command,
      new Map([
        [0, pipe.reader],
        [1, this.process.stdout],
        [2, this.process.stderr],
      ]),
    );
    pipe.reader.close();
    return {
      write: (data) => writeText(pipe.writer, data),
      *close() {
        pipe.writer.close();
        return yield* waitFor(child.exited);
      },
    };
  }
}

function* closed(): Task<number> {
  return 0;
}
