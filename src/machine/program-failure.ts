import { RegexExhausted } from "../base/regex/regex-node.ts";
import { BrokenPipe } from "./file-descriptor.ts";
import { ExitProgram, KilledBySignal, type Signal } from "./signals.ts";

/** A program holds more than a process may: the kernel would end it. */
export class OutOfMemory extends Error {}

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
  if (error instanceof OutOfMemory) return KILLED;
  return error instanceof RangeError ? endOfRange(error.message) : undefined;
}

/** What the host refuses to hold a process must not hold, and where the host's stack ends the process's does. */
function endOfRange(message: string): ProgramEnd | undefined {
  if (message.includes("call stack")) return { signal: "SIGSEGV", said: "Segmentation fault" };
  return /^(Invalid (string|array|array buffer|typed array) length|Array buffer allocation failed)/.test(message)
    ? KILLED
    : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
