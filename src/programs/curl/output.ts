import { concat, utf8 } from "../../base/bytes.ts";
import { BrokenPipe } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { CODE, CurlError } from "./curl-error.ts";

/** Where a transfer's body goes: standard output, or a file that is made when the first octets come. */
export class Output {
  private readonly process: Process;
  private readonly file: string | undefined;
  private opened = false;

  constructor(process: Process, file: string | undefined) {
    this.process = process;
    this.file = file === "-" ? undefined : file;
  }

  get toTerminal(): boolean {
    return this.file === undefined && this.process.stdout.kind === "terminal";
  }

  *write(data: Uint8Array): Task<void> {
    if (this.file === undefined) {
      if (data.length > 0) yield* this.toStdout(data);
      return;
    }
    try {
      if (this.opened) this.process.fs.appendFile(this.file, data);
      else this.process.fs.writeFile(this.file, data);
      this.opened = true;
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new CurlError(CODE.writeFailed, "Failure writing output to destination");
    }
  }

  *text(text: string): Task<void> {
    if (text !== "") yield* this.write(concat([utf8(text)]));
  }

  private *toStdout(data: Uint8Array): Task<void> {
    try {
      yield* this.process.stdout.write(data);
    } catch (error) {
      if (!(error instanceof BrokenPipe)) throw error;
      throw new CurlError(CODE.writeFailed, "Failure writing output to destination");
    }
  }
}
