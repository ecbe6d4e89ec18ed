import type { Frame } from "../../sim/channel.ts";

/** What ssh and sshd say to each other: the meaning of the SSH protocol's messages, without its octets. */
export type SshMessage =
  | {
      readonly ssh: "open";
      readonly user: string;
      /** Undefined: a login shell. */
      readonly command: string | undefined;
      /** The size of the client's terminal, when the far side is to have one. */
      readonly terminal: { readonly name: string; readonly columns: number; readonly rows: number } | undefined;
    }
  | { readonly ssh: "refused"; readonly reason: string }
  | { readonly ssh: "input"; readonly data: Uint8Array }
  | { readonly ssh: "input-end" }
  | { readonly ssh: "output"; readonly stream: "stdout" | "stderr"; readonly data: Uint8Array }
  | { readonly ssh: "resize"; readonly columns: number; readonly rows: number }
  | { readonly ssh: "exit"; readonly code: number };

type SshFrame = Frame & { readonly message: SshMessage };

export function sshFrame(message: SshMessage): Frame {
  const size = "data" in message ? message.data.length + 48 : 96;
  const frame: SshFrame = { protocol: "raw", size, message };
  return frame;
}

/** The message in a frame; undefined when the peer speaks something else. */
export function sshMessage(frame: Frame): SshMessage | undefined {
  return "message" in frame ? (frame as SshFrame).message : undefined;
}
