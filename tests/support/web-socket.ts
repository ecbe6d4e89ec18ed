import { createHash } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { concat } from "../../src/base/bytes.ts";
import { bodyBytes, type HttpHeaders, type HttpResponse, type HttpStream } from "../../src/sim/http.ts";
import type { Task } from "../../src/sim/task.ts";

/** What RFC 6455 has both sides hash with the client's key. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const OPCODE = { binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Answers an upgrade with something else than a connection. */
export function refuseWebSocket(socket: Duplex, response: HttpResponse): void {
  const bytes = response.body.kind === "stream" ? new Uint8Array() : bodyBytes(response.body);
  const type =
    typeof response.headers["content-type"] === "string" ? response.headers["content-type"] : "application/json";
  socket.write(
    `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ""}\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`,
  );
  socket.end(bytes);
}

/** Takes over a socket as a WebSocket and carries the messages of `stream` both ways until one side ends. */
export function* joinWebSocket(socket: Duplex, key: string, headers: HttpHeaders, stream: HttpStream): Task<void> {
  const protocol = headers["sec-websocket-protocol"];
  socket.write(
    [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${createHash("sha1")
        .update(key + GUID)
        .digest("base64")}`,
      ...(typeof protocol === "string" ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
      "\r\n",
    ].join("\r\n"),
  );
  listen(socket, stream);
  for (let item = yield* stream.items.take(); item !== undefined; item = yield* stream.items.take())
    socket.write(frame(OPCODE.binary, bodyBytes(item)));
  socket.end(frame(OPCODE.close, new Uint8Array([3, 232])));
}

function listen(socket: Duplex, stream: HttpStream): void {
  let pending: Uint8Array = new Uint8Array();
  socket.on("data", (bytes: Uint8Array) => {
    pending = concat([pending, bytes]);
    for (let read = readFrame(pending); read !== undefined; read = readFrame(pending)) {
      pending = pending.subarray(read.length);
      if (read.opcode === OPCODE.ping) socket.write(frame(OPCODE.pong, read.payload));
      else if (read.opcode === OPCODE.close) stream.fromClient.close();
      else if (read.opcode !== OPCODE.pong) stream.fromClient.push({ kind: "bytes", bytes: read.payload });
    }
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    stream.fromClient.close();
    stream.onAbort?.();
    stream.items.close();
  });
}

/** One frame of a server's: unmasked and whole. */
function frame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const size =
    length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 255]
        : [127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
  return concat([new Uint8Array([0x80 | opcode, ...size]), payload]);
}

/** The first frame of a client's in `bytes`, if all of it is there. */
function readFrame(bytes: Uint8Array): { opcode: number; payload: Uint8Array; length: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 6) return undefined;
  const short = view.getUint8(1) & 127;
  const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
  const begin = 2 + wide + 4;
  if (bytes.length < begin) return undefined;
  const size = wide === 2 ? view.getUint16(2) : wide === 8 ? Number(view.getBigUint64(2)) : short;
  if (bytes.length < begin + size) return undefined;
  const mask = bytes.subarray(begin - 4, begin);
  const payload = bytes.slice(begin, begin + size).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return { opcode: view.getUint8(0) & 15, payload, length: begin + size };
}
