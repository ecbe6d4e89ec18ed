import type { GivenOptions } from "../../base/getopt.ts";
import { lookupHost } from "../../dns/lookup-host.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import { type Channel, ChannelError, type Frame, NetError } from "../../sim/channel.ts";
import { runAtMost, sleep, type Task } from "../../sim/task.ts";
import { utility } from "./utility.ts";

/** Octets as they are, for what has no protocol that the sandbox knows. */
interface RawFrame extends Frame {
  readonly protocol: "raw";
  readonly bytes: Uint8Array;
}

const SERVICES: Readonly<Record<number, string>> = {
  22: "ssh",
  53: "domain",
  80: "http",
  443: "https",
  2379: "etcd-client",
  2380: "etcd-server",
};

/** nc: whether a port answers; or bytes to and from it. */
export const nc = utility({
  name: "nc",
  usage: "[-vz] [-w SECONDS] HOST PORT | -l PORT",
  summary: "Connect to a port, or listen on one, and pass bytes on.",
  options: [
    { short: "z", help: "only see whether the port answers" },
    { short: "v", help: "say what happens" },
    { short: "l", help: "listen instead of connecting" },
    { short: "w", value: "required", help: "give up after so many seconds" },
    { short: "p", value: "required" },
    { short: "n" },
    { short: "N", help: "close when the input ends" },
    { short: "q", value: "required", help: "close so many seconds after the input ended" },
    { short: "t" },
    { short: "4" },
    { short: "k", refused: "listening on after the first connection (-k)" },
    { short: "u" },
  ],
  *run(process, options, operands) {
    if (options.has("u")) {
      yield* writeText(process.stderr, "not simulated in this sandbox: UDP\n");
      return 1;
    }
    if (options.has("l")) return yield* listen(process, options, Number(options.value("p") ?? operands.at(-1)));
    const [host, ports] = operands;
    if (host === undefined || ports === undefined) {
      yield* writeText(process.stderr, ports === undefined && host !== undefined ? "nc: missing port number\n" : USAGE);
      return 1;
    }
    return yield* connectAll(process, options, host, ports);
  },
});

const USAGE = "usage: nc [-vz] [-w timeout] destination port\n       nc -l port\n";

/** `80`, or a range `80-90` with -z. */
function* connectAll(process: Process, options: GivenOptions, host: string, ports: string): Task<number> {
  const [first, last = first] = ports.split("-").map(Number);
  if (first === undefined || last === undefined || !isPort(first) || !isPort(last)) {
    yield* writeText(process.stderr, `nc: port number invalid: ${ports}\n`);
    return 1;
  }
  const found = yield* lookupHost(process, host);
  if ("failed" in found) {
    const reason = found.failed === "unknown" ? "Name or service not known" : "Temporary failure in name resolution";
    yield* writeText(process.stderr, `nc: getaddrinfo for host "${host}" port ${first}: ${reason}\n`);
    return 1;
  }
  const [ip] = found.addresses;
  let code = 1;
  for (let port = first; port <= last; port++) code = Math.min(code, yield* connect(process, options, host, ip, port));
  return code;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

function* connect(process: Process, options: GivenOptions, host: string, ip: string, port: number): Task<number> {
  const limit = options.value("w");
  const shown = host === ip ? host : `${host} (${ip})`;
  const failure = `nc: connect to ${shown} port ${port} (tcp) `;
  try {
    const dialled = yield* runAtMost(
      process.clock,
      process.net.dial({ ip, port }),
      limit === undefined ? undefined : Number(limit) * 1000,
    );
    if (dialled.status === "timeout") {
      if (options.has("v")) yield* writeText(process.stderr, `${failure}timed out: Operation now in progress\n`);
      return 1;
    }
    if (options.has("v"))
      yield* writeText(
        process.stderr,
        `Connection to ${host === ip ? host : `${host} (${ip})`} ${port} port [tcp/${SERVICES[port] ?? "*"}] succeeded!\n`,
      );
    if (options.has("z")) dialled.value.close();
    else yield* exchange(process, dialled.value, options);
    return 0;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const reason = error.message.replace(/^connect: /, "");
    if (options.has("v"))
      yield* writeText(process.stderr, `${failure}failed: ${reason.charAt(0).toUpperCase()}${reason.slice(1)}\n`);
    return 1;
  }
}

function* listen(process: Process, options: GivenOptions, port: number): Task<number> {
  if (!isPort(port)) {
    yield* writeText(process.stderr, USAGE);
    return 1;
  }
  try {
    const listener = process.net.listen("0.0.0.0", port);
    const channel = yield* listener.accept();
    listener.close();
    if (channel !== undefined) yield* exchange(process, channel, options);
    return 0;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    yield* writeText(process.stderr, "nc: Address already in use\n");
    return 1;
  }
}

/** Passes bytes both ways until the peer closes. What speaks a protocol of its own cannot be read as bytes. */
function* exchange(process: Process, channel: Channel, options: GivenOptions): Task<void> {
  const input = process.tasks.spawn("nc/input", send(process, channel, options));
  try {
    for (let frame = yield* channel.receive(); frame !== undefined; frame = yield* channel.receive()) {
      if ("bytes" in frame) yield* process.stdout.write((frame as RawFrame).bytes);
      else
        yield* writeText(
          process.stderr,
          `not simulated in this sandbox: reading ${frame.protocol} as bytes; try curl or openssl s_client\n`,
        );
    }
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
  } finally {
    input.cancel();
    channel.close();
  }
}

function* send(process: Process, channel: Channel, options: GivenOptions): Task<void> {
  for (let bytes = yield* process.stdin.read(); bytes !== undefined; bytes = yield* process.stdin.read()) {
    const frame: RawFrame = { protocol: "raw", size: bytes.length, bytes };
    channel.send(frame);
  }
  const linger = options.has("N") ? 0 : options.value("q");
  if (linger === undefined) return; // as nc does: what the peer says is still shown
  yield* sleep(process.clock, Number(linger) * 1000);
  channel.close();
}
