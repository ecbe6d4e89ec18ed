import { decodeShellText } from "../../base/byte-text.ts";
import { demandMemory } from "../../machine/memory.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import type { Shell } from "../state/shell.ts";

/** Reads a descriptor byte by byte, so that what follows stays for whoever reads next. */
export class DescriptorReader {
  private readonly shell: Shell;
  private readonly number: number;
  /** Whether the last line ended with its delimiter. */
  complete = true;

  constructor(shell: Shell, number: number) {
    this.shell = shell;
    this.number = number;
  }

  /** One byte; undefined at the end. Throws FsError EBADF when the descriptor is not open. */
  *byte(): Task<number | undefined> {
    const descriptor = this.shell.process.fds.get(this.number);
    if (descriptor === undefined) throw new FsError("EBADF", String(this.number));
    const bytes = yield* descriptor.read(1);
    return bytes?.[0];
  }

  /** A line without its delimiter; undefined at the end. */
  *line(delimiter = 10): Task<string | undefined> {
    const bytes: number[] = [];
    for (;;) {
      const byte = yield* this.byte();
      if (byte === undefined) {
        this.complete = false;
        return bytes.length === 0 ? undefined : decodeShellText(Uint8Array.from(bytes));
      }
      if (byte === delimiter) return decodeShellText(Uint8Array.from(bytes));
      bytes.push(byte);
      demandMemory(bytes.length);
    }
  }
}
