import { BrokenPipe } from "./file-descriptor.ts";
import { ExitProgram, KilledBySignal } from "./signals.ts";

/** Whether what a program threw is a way to end, and no defect. */
export function isExpected(error: unknown): boolean {
  return error instanceof ExitProgram || error instanceof KilledBySignal || error instanceof BrokenPipe;
}

/** The host's stack ran out: the program recursed too deep. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes("call stack");
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
