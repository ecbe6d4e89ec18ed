import { RegexExhausted } from "../base/regex/regex-node.ts";
import { FsError } from "../vfs/file-system.ts";
import { BrokenPipe } from "./file-descriptor.ts";
import { OutOfMemory } from "./memory.ts";
import { ExitProgram, KilledBySignal, type Signal } from "./signals.ts";

/** How a program ends that threw something; `said` is what stands on its standard error then. */
export interface ProgramEnd {
  readonly status?: number;
  readonly signal?: Signal;
  readonly said?: string;
}

const KILLED: ProgramEnd = { signal: "SIGKILL" };

/** The end that an error stands for, or undefined for a defect. */
export function endOf(error: unknown): ProgramEnd | undefined {
  if (error instanceof ExitProgram) return { status: error.code & 0xff };
  if (error instanceof KilledBySignal) return { signal: error.signal };
  if (error instanceof BrokenPipe) return { signal: "SIGPIPE" };
  if (error instanceof RegexExhausted) return { status: 2, said: error.message };
  if (error instanceof FsError && error.code === "ENOSPC") return { status: 1, said: `write error: ${error.message}` };
  if (isOutOfMemory(error)) return KILLED;
  const stack = error instanceof RangeError && error.message.includes("call stack");
  return stack ? { signal: "SIGSEGV", said: "Segmentation fault" } : undefined;
}

/** Whether a program wanted more memory than a process may have, or than the host has. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof OutOfMemory || (error instanceof Error && TOO_LONG.test(error.message));
}

/** What JavaScript engines say of texts and buffers that they do not hold. */
const TOO_LONG =
  /^(Invalid (string|array|array buffer|typed array) length|(Array buffer|ArrayBuffer) allocation failed|Cannot create a string longer|allocation size overflow|Out of memory)/i;

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
