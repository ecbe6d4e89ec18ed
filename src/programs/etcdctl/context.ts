import { type ByteString, byteStringOf, fromByteString } from "../../base/bytes.ts";
import type { Command, CommandLine } from "../../base/cli/command.ts";
import type { CommandTypes } from "../../machine/command-program.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import type { EtcdctlProfile } from "./profile.ts";

/** What an etcdctl command runs in. */
export interface EtcdctlContext {
  readonly process: Process;
  readonly profile: EtcdctlProfile;
  /** The command table that is running. */
  readonly line: EtcdctlCommandLine;
  /** Run at the end, whatever the end is. */
  readonly cleanups: (() => void)[];
}

/** The types that etcdctl's command table is made of. */
export type Etcdctl = CommandTypes<EtcdctlContext>;

export type EtcdctlCommand = Command<Etcdctl>;
export type EtcdctlCommandLine = CommandLine<Etcdctl>;

/** Writes text to stdout. */
export function print(context: EtcdctlContext, text: string): Task<void> {
  return writeText(context.process.stdout, text);
}

/** Writes text to stderr. */
export function printError(context: EtcdctlContext, text: string): Task<void> {
  return writeText(context.process.stderr, text);
}

/** Writes bytes, one char per byte, to stdout. */
export function* printBytes(context: EtcdctlContext, bytes: ByteString): Task<void> {
  if (bytes !== "") yield* context.process.stdout.write(fromByteString(bytes));
}

/** The byte string of an argument. */
export const argumentBytes = byteStringOf;
