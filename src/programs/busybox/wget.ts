import { utf8 } from "../../base/bytes.ts";
import { type GivenOptions, type OptionSpec, parseOptions } from "../../base/getopt.ts";
import { lookupHost } from "../../dns/lookup-host.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { tlsConnect } from "../../pki/tls.ts";
import { TlsError } from "../../pki/tls-config.ts";
import { type Channel, ChannelError, NetError } from "../../sim/channel.ts";
import { type HttpAnswer, HttpProtocolError, type HttpRequest, httpRequest, NO_BODY, readAll } from "../../sim/http.ts";
import { firstHeader, headLines } from "../../sim/http-head.ts";
import { runAtMost, type Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { AppletFailure, showUsage } from "./applet.ts";

const USAGE = `wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]
	[--post-data STR | --post-file FILE] [-Y on/off]
	[-P DIR] [-U AGENT] [-T SEC] URL...

Retrieve files via HTTP or FTP

	--spider	Only check URL existence: $? is 0 if exists
	--header STR	Add STR (of form 'header: value') to headers
	--post-data STR	Send STR using POST method
	--post-file FILE	Send FILE using POST method
	-q		Quiet
	-P DIR		Save to DIR (default .)
	-S    		Show server response
	-T SEC		Network read timeout is SEC seconds
	-O FILE		Save to FILE ('-' for stdout)
	-U STR		Use STR for User-Agent header`;

const OPTIONS: readonly OptionSpec[] = [
  { short: "q", long: "quiet" },
  { short: "S", long: "server-response" },
  { short: "O", long: "output-document", value: "required" },
  { short: "P", long: "directory-prefix", value: "required" },
  { short: "U", long: "user-agent", value: "required" },
  { short: "T", long: "timeout", value: "required" },
  { short: "t", long: "tries", value: "required" },
  { short: "Y", long: "proxy", value: "required" },
  { short: "n", value: "optional" },
  { long: "header", value: "required" },
  { long: "post-data", value: "required" },
  { long: "post-file", value: "required" },
  { long: "spider" },
  { long: "no-check-certificate" },
  { short: "c", long: "continue" },
  { short: "o", long: "output-file", value: "required" },
];
const REFUSED = ["continue", "output-file"];
const TIMEOUT_SECONDS = 900;
const REDIRECTS_MAX = 16;
const REDIRECTS = [300, 301, 302, 303, 307, 308];
const TIMED_OUT = "download timed out";

interface Target {
  readonly secure: boolean;
  /** As written, maybe with a port. */
  readonly host: string;
  readonly path: string;
}

/** busybox's wget: fetches URLs over http and, without checking certificates, https. */
export const wget: Program = function* (process) {
  const parsed = parseOptions(process.argv.slice(1), OPTIONS);
  if (!parsed.ok) {
    yield* writeText(process.stderr, `wget: ${parsed.message}\n`);
    return yield* showUsage(process, USAGE);
  }
  if (parsed.operands.length === 0) return yield* showUsage(process, USAGE);
  const refused = REFUSED.find((name) => parsed.options.has(name));
  if (refused !== undefined) {
    yield* writeText(process.stderr, `not simulated in this sandbox: wget --${refused}\n`);
    return 1;
  }
  try {
    for (const url of parsed.operands) yield* new Download(process, parsed.options).run(url);
    return 0;
  } catch (error) {
    if (!(error instanceof AppletFailure)) throw error;
    yield* writeText(process.stderr, `wget: ${error.message}\n`);
    return 1;
  }
};

/** Reads a URL; without a scheme it is http. Throws AppletFailure. */
function parseTarget(url: string): Target {
  const match = /^(?:([A-Za-z]+):\/\/)?([^/?#]*)([^#]*)/.exec(url);
  const scheme = match?.[1]?.toLowerCase() ?? "http";
  if (scheme !== "http" && scheme !== "https") throw new AppletFailure(`not an http or ftp url: ${url}`);
  const path = match?.[3] ?? "";
  return { secure: scheme === "https", host: match?.[2] ?? "", path: path.startsWith("/") ? path : `/${path}` };
}

/** One URL from start to end. Its tasks throw AppletFailure. */
class Download {
  private readonly process: Process;
  private readonly options: GivenOptions;

  constructor(process: Process, options: GivenOptions) {
    this.process = process;
    this.options = options;
  }

  *run(url: string): Task<void> {
    let target = parseTarget(url);
    const name = this.fileName(target);
    let ip = yield* this.resolve(target);
    for (let redirects = 1; ; redirects++) {
      const channel = yield* this.open(target, ip);
      try {
        const answer = yield* this.ask(channel, target);
        const location = REDIRECTS.includes(answer.status) ? firstHeader(answer, "location") : undefined;
        if (location === undefined) return yield* this.receive(answer, name);
        if (redirects >= REDIRECTS_MAX) throw new AppletFailure("too many redirections");
        const sameServer = location.startsWith("/");
        target = sameServer ? { ...target, path: location } : parseTarget(location);
        if (!sameServer) ip = yield* this.resolve(target);
      } finally {
        channel.close();
      }
    }
  }

  private get quiet(): boolean {
    return this.options.has("quiet");
  }

  private *tell(text: string): Task<void> {
    if (!this.quiet) yield* writeText(this.process.stderr, text);
  }

  /** Where it is saved; `-` is standard output. */
  private fileName({ path }: Target): string {
    const given = this.options.value("output-document");
    if (given !== undefined) return given;
    const last = path.slice(path.lastIndexOf("/") + 1);
    const directory = this.options.value("directory-prefix");
    const name = last === "" ? "index.html" : last;
    return directory === undefined ? name : `${directory.replace(/\/$/, "")}/${name}`;
  }

  private *resolve(target: Target): Task<string> {
    const host = target.host.replace(/:\d+$/, "");
    const found = yield* lookupHost(this.process, host);
    if ("failed" in found) throw new AppletFailure(`bad address '${target.host}'`);
    const [ip] = found.addresses;
    yield* this.tell(`Connecting to ${target.host} (${ip}:${portOf(target)})\n`);
    return ip;
  }

  private *open(target: Target, ip: string): Task<Channel> {
    const channel = yield* this.dial(ip, portOf(target));
    if (!target.secure) return channel;
    yield* this.tell("wget: note: TLS certificate validation not implemented\n");
    try {
      const tls = {
        insecureSkipVerify: true,
        serverName: target.host.replace(/:\d+$/, ""),
        library: "openssl",
      } as const;
      return yield* tlsConnect(channel, { ...tls, rootCas: [], certificate: undefined }, this.process.clock);
    } catch (error) {
      channel.close();
      if (error instanceof TlsError || error instanceof NetError) throw new AppletFailure("error getting response");
      throw error;
    }
  }

  private *dial(ip: string, port: number): Task<Channel> {
    try {
      return yield* this.inTime(this.process.net.dial({ ip, port }));
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      const reason = error.message.replace(/^connect: /, "");
      const said = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
      throw new AppletFailure(`can't connect to remote host (${ip}): ${said}`);
    }
  }

  private *inTime<T>(task: Task<T>): Task<T> {
    const seconds = Number(this.options.value("timeout") ?? TIMEOUT_SECONDS);
    const race = yield* runAtMost(this.process.clock, task, seconds === 0 ? undefined : seconds * 1000);
    if (race.status === "timeout") throw new AppletFailure(TIMED_OUT);
    return race.value;
  }

  private *ask(channel: Channel, target: Target): Task<HttpAnswer> {
    let answer: HttpAnswer;
    try {
      answer = yield* this.inTime(httpRequest(channel, "http1", this.request(target)));
    } catch (error) {
      if (error instanceof HttpProtocolError || error instanceof ChannelError)
        throw new AppletFailure("error getting response");
      throw error;
    }
    const [status = "", ...headers] = headLines(answer, false, this.process.clock.now).filter((line) => line !== "");
    if (this.options.has("server-response")) yield* writeText(this.process.stderr, `  ${status}\n`);
    if (!(answer.status >= 200 && answer.status <= 204) && !REDIRECTS.includes(answer.status))
      throw new AppletFailure(`server returned error: ${status}`);
    if (this.options.has("server-response"))
      for (const line of headers) yield* writeText(this.process.stderr, `  ${line}\n`);
    return answer;
  }

  private request({ host, path }: Target): HttpRequest {
    const { options } = this;
    const data = this.postData();
    const own = options.values("header").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
    });
    return {
      method: data === undefined ? "GET" : "POST",
      path,
      headers: {
        host,
        "user-agent": options.value("user-agent") ?? "Wget",
        connection: "close",
        ...(data === undefined
          ? {}
          : { "content-type": "application/x-www-form-urlencoded", "content-length": String(data.length) }),
        ...Object.fromEntries(own),
      },
      body: data === undefined ? NO_BODY : { kind: "bytes", bytes: data },
    };
  }

  private postData(): Uint8Array | undefined {
    const file = this.options.value("post-file");
    if (file === undefined) {
      const given = this.options.value("post-data");
      return given === undefined ? undefined : utf8(given);
    }
    try {
      return this.process.fs.readFile(file);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new AppletFailure(`can't open '${file}': ${error.message}`);
    }
  }

  private *receive(answer: HttpAnswer, name: string): Task<void> {
    if (this.options.has("spider")) return yield* this.tell("remote file exists\n");
    const toOutput = name === "-";
    if (!toOutput) this.save(name, new Uint8Array(0), !this.options.has("output-document"));
    yield* this.tell(toOutput ? "writing to stdout\n" : `saving to '${name}'\n`);
    let bytes: Uint8Array;
    try {
      bytes = yield* this.inTime(readAll(answer));
    } catch (error) {
      if (error instanceof ChannelError) throw new AppletFailure("connection closed prematurely");
      throw error;
    }
    if (toOutput) yield* this.process.stdout.write(bytes);
    else this.save(name, bytes, false);
    yield* this.tell(meter(name, bytes.length));
    yield* this.tell(toOutput ? "written to stdout\n" : `'${name}' saved\n`);
  }

  private save(name: string, bytes: Uint8Array, mustBeNew: boolean): void {
    const { fs } = this.process;
    if (mustBeNew && fs.exists(name)) throw new AppletFailure(`can't open '${name}': File exists`);
    try {
      fs.writeFile(name, bytes);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new AppletFailure(`can't open '${name}': ${error.message}`);
    }
  }
}

function portOf({ host, secure }: Target): number {
  const port = /:(\d+)$/.exec(host)?.[1];
  return port === undefined ? (secure ? 443 : 80) : Number(port);
}

/** The progress bar of a transfer that is over, 80 columns wide. */
function meter(name: string, size: number): string {
  const label = name
    .slice(name.lastIndexOf("/") + 1)
    .slice(0, 20)
    .padEnd(20);
  const amount = size < 100_000 ? `${String(size).padStart(6)} ` : `${String(Math.floor(size / 1024)).padStart(6)}k`;
  return `\r${label} 100% |${"*".repeat(32)}|${amount} 0:00:00 ETA\n`;
}
