import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { columns, readOptions } from "./options.ts";

interface Socket {
  readonly state: "LISTEN" | "ESTAB";
  readonly local: string;
  readonly remote: string;
}

const OPTIONS = ["t", "u", "l", "n", "p", "a", "e", "o", "4", "6", "H"].map((short) => ({ short }));

/** Sockets of the process's network namespace; without `all` either the listening or the connected ones. */
function sockets(process: Process, listening: boolean, all: boolean): Socket[] {
  const found: Socket[] = [];
  if (listening || all)
    for (const listener of process.net.openListeners) {
      const { ip, port } = listener.address;
      found.push({ state: "LISTEN", local: `${anyText(ip)}:${port}`, remote: "0.0.0.0:*" });
    }
  if (!listening || all)
    for (const { local, remote } of process.net.openConnections)
      found.push({ state: "ESTAB", local: `${local.ip}:${local.port}`, remote: `${remote.ip}:${remote.port}` });
  return found;
}

function anyText(ip: string): string {
  if (ip === "" || ip === "::") return "*";
  return ip.includes(":") ? `[${ip}]` : ip;
}

/** ss: sockets. Which process holds one is not known here. */
export const ss: Program = function* (process) {
  const { options } = yield* readOptions(process, { name: "ss", usage: "[options]", options: OPTIONS });
  if (options.has("p")) yield* writeText(process.stderr, "ss: not simulated in this sandbox: owners of sockets (-p)\n");
  const rows = options.has("u") && !options.has("t") ? [] : sockets(process, options.has("l"), options.has("a"));
  const title = ["State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port", "Process"];
  const lines = rows.map((row) => [row.state, "0", row.state === "LISTEN" ? "4096" : "0", row.local, row.remote]);
  yield* writeText(process.stdout, columns(options.has("H") ? lines : [title, ...lines], 2, new Set([3])));
  return 0;
};

/** netstat of net-tools, for sockets only. */
export const netstat: Program = function* (process) {
  const { options } = yield* readOptions(process, {
    name: "netstat",
    usage: "[options]",
    options: [...OPTIONS, { short: "r" }, { short: "i" }],
  });
  if (options.has("r") || options.has("i")) {
    yield* writeText(process.stderr, "not simulated in this sandbox: routing tables and interfaces of netstat\n");
    return 1;
  }
  const listening = options.has("l");
  const title = `Active Internet connections (${listening ? "only servers" : options.has("a") ? "servers and established" : "w/o servers"})\n`;
  const rows = sockets(process, listening, options.has("a")).map((row) => [
    "tcp",
    "     0",
    "     0",
    row.local.padEnd(23),
    row.remote.padEnd(23),
    row.state === "ESTAB" ? "ESTABLISHED" : row.state,
  ]);
  const head = ["Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "State"];
  yield* writeText(process.stdout, title + columns([head, ...rows]));
  return 0;
};
