import type { Frame } from "../../sim/channel.ts";
import type { GrpcCode } from "./client.ts";
import type { StreamMethod, UnaryMethod } from "./messages.ts";

/**
 * What travels on a gRPC connection. One frame is one HTTP/2 message, with the values themselves instead of protobuf
 * (both sides treat them as immutable). A connection begins with the client's preface and the server's settings:
 *
 *     client                      server
 *       preface ------------------>
 *       <------------------ settings     ("reading server preface")
 *       begin(1, KV/Put, request) ->
 *       <--------------- message(1), status(1, OK)
 *       begin(3, Watch), message(3)… ->
 *       <--------------- message(3)…, status(3)
 */
export type RpcFrame = Frame & { readonly protocol: "http2" } & (
    | { readonly rpc: "preface" }
    | { readonly rpc: "settings" }
    | { readonly rpc: "ping"; readonly ack: boolean }
    | { readonly rpc: "goaway" }
    | {
        readonly rpc: "begin";
        readonly stream: number;
        readonly method: UnaryMethod | StreamMethod;
        readonly metadata: Readonly<Record<string, string>> | undefined;
        /** When the client gives up, milliseconds since the epoch. */
        readonly deadline: number | undefined;
        /** The request of a unary call. */
        readonly request: unknown;
      }
    | { readonly rpc: "message"; readonly stream: number; readonly message: unknown }
    | { readonly rpc: "end"; readonly stream: number }
    | { readonly rpc: "answer"; readonly stream: number; readonly message: unknown }
    | { readonly rpc: "status"; readonly stream: number; readonly code: GrpcCode | "OK"; readonly desc: string }
    | { readonly rpc: "reset"; readonly stream: number }
  );

/** Octets that one message is counted as; the values are never encoded. */
export const FRAME_SIZE = 96;

export function isRpc(frame: Frame): frame is RpcFrame {
  return "rpc" in frame;
}

/** The server's settings, which end the client's wait for a ready transport. */
export const SETTINGS: RpcFrame = { protocol: "http2", size: 24, rpc: "settings" };
export const PREFACE: RpcFrame = { protocol: "http2", size: 24, rpc: "preface" };
