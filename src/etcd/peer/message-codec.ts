import type { RaftMessage } from "../raft/message.ts";
import { CodecError, type Plain, Reader, Writer } from "../snapshot/codec.ts";

/** A message as it travels. A snapshot's data must be bytes by now. */
export function encodeMessage(message: RaftMessage): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.value(message as unknown as Plain);
  return writer.take();
}

/** Undefined for anything that is no message: whoever knows a cluster's ID can send what they like. */
export function decodeMessage(bytes: Uint8Array): RaftMessage | undefined {
  try {
    const value = new Reader(bytes).value();
    const isMessage = typeof value === "object" && value !== null && "type" in value && "term" in value;
    return isMessage ? (value as unknown as RaftMessage) : undefined;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}
