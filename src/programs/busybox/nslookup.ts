import { DNS_PORT } from "../../dns/ask.ts";
import { lookupHost } from "../../dns/lookup-host.ts";
import { type DnsQuery, type DnsRecord, type DnsResponse, type RecordType, reverseName } from "../../dns/message.ts";
import { readResolverConfig } from "../../dns/resolver-config.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { NetError } from "../../sim/channel.ts";
import type { DatagramSocket } from "../../sim/datagram.ts";
import { runAtMost, type Task } from "../../sim/task.ts";
import { AppletFailure, showUsage } from "./applet.ts";

const USAGE = `nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]

Query DNS about HOST

QUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,srv,ptr,any`;

/** In the order in which several are asked. */
const TYPES: readonly RecordType[] = ["SOA", "NS", "A", "AAAA", "CNAME", "MX", "TXT", "SRV", "PTR", "ANY"];
const TIMEOUT_MS = 5000;
const SENDINGS = 2;

interface Query {
  readonly name: string;
  readonly type: RecordType;
  id: number;
  answered: boolean;
}

interface Request {
  readonly types: readonly RecordType[];
  readonly timeoutMs: number;
  readonly sendings: number;
  readonly host: string;
  readonly server: string | undefined;
}

/** busybox's nslookup: asks the name servers itself, for a name without dots under each domain of the search list. */
export const nslookup: Program = function* (process) {
  try {
    const request = readRequest(process.argv.slice(1));
    if (request === undefined) return yield* showUsage(process, USAGE);
    const { servers, search } = readResolverConfig(process.fs);
    const queries = queriesFor(request, search);
    const asked = request.server === undefined ? servers : [request.server];
    for (const name of asked) {
      const conversation = new Conversation(process, request, queries, name);
      if ((yield* conversation.run(yield* addressOf(process, name))) > 0)
        return yield* unanswered(process, conversation);
    }
    yield* writeText(process.stdout, ";; connection timed out; no servers could be reached\n\n");
    return 1;
  } catch (error) {
    if (!(error instanceof AppletFailure)) throw error;
    yield* writeText(process.stderr, `nslookup: ${error.message}\n`);
    return 1;
  }
};

/** Undefined: the usage is to be shown. Throws AppletFailure. */
function readRequest(args: readonly string[]): Request | undefined {
  const rest = [...args];
  const types = new Set<RecordType>();
  const numbers = { retry: SENDINGS, timeout: TIMEOUT_MS / 1000 };
  while (rest[0]?.startsWith("-")) {
    const [name = "", value = ""] = rest.shift()?.slice(1).split("=") ?? [];
    if (name === "debug") continue;
    if (name === "retry") numbers.retry = positive(value);
    else if (name === "timeout" || name === "t") numbers.timeout = positive(value);
    else if (name !== "" && ("type".startsWith(name) || "querytype".startsWith(name))) types.add(typeOf(value));
    else return undefined;
  }
  const [host, server, ...more] = rest;
  if (host === undefined || more.length > 0) return undefined;
  const inOrder = TYPES.filter((type) => types.has(type));
  return { types: inOrder, timeoutMs: numbers.timeout * 1000, sendings: numbers.retry, host, server };
}

function positive(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text)) throw new AppletFailure(`invalid number '${text}'`);
  if (value < 1) throw new AppletFailure(`number ${text} is not in 1..2147483647 range`);
  return value;
}

function typeOf(text: string): RecordType {
  const found = TYPES.find((type) => type === text.toUpperCase());
  if (found === undefined) throw new AppletFailure(`invalid query type "${text}"`);
  return found;
}

function queriesFor({ host, types }: Request, search: readonly string[]): Query[] {
  const reverse = types.length === 0 ? reverseName(host) : undefined;
  if (reverse !== undefined) return [{ name: reverse, type: "PTR", id: 0, answered: false }];
  const wanted: readonly RecordType[] = types.length === 0 ? ["A", "AAAA"] : types;
  return wanted.flatMap((type) => {
    const names = type === "PTR" || host.includes(".") ? [host] : search.map((domain) => `${host}.${domain}`);
    return (names.length === 0 ? [host] : names).map((name) => ({ name, type, id: 0, answered: false }));
  });
}

function* addressOf(process: Process, server: string): Task<string> {
  const found = yield* lookupHost(process, server);
  if ("failed" in found) throw new AppletFailure(`bad address '${server}'`);
  return found.addresses[0];
}

function* unanswered(process: Process, { queries, exitCode }: Conversation): Task<number> {
  const left = queries.filter(({ answered }) => !answered);
  for (const { name } of left) yield* writeText(process.stdout, `*** Can't find ${name}: No answer\n`);
  if (left.length > 0) yield* writeText(process.stdout, "\n");
  return exitCode;
}

/** All queries to one server, sent at once and again; what it says is printed as it comes. */
class Conversation {
  readonly queries: readonly Query[];
  exitCode = 0;
  private readonly process: Process;
  private readonly request: Request;
  private readonly server: string;
  private replies = 0;
  private resends = 0;

  constructor(process: Process, request: Request, queries: readonly Query[], server: string) {
    this.process = process;
    this.request = request;
    this.queries = queries;
    this.server = server;
  }

  /** How many queries were answered; -1 when nothing can be sent. */
  *run(ip: string): Task<number> {
    const socket = this.process.net.bind("0.0.0.0", 0);
    try {
      for (let sending = 0; sending < this.request.sendings; sending++) {
        this.send(socket, ip);
        yield* this.listen(socket, ip, this.process.clock.uptime + this.request.timeoutMs / this.request.sendings);
        if (this.queries.every(({ answered }) => answered)) break;
      }
      return this.queries.filter(({ answered }) => answered).length;
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      yield* writeText(this.process.stderr, `nslookup: write to '${this.server}': Network is unreachable\n`);
      return -1;
    } finally {
      socket.close();
    }
  }

  private send(socket: DatagramSocket, ip: string): void {
    this.resends = 2 * this.queries.length;
    for (const [index, query] of this.queries.entries()) {
      query.id = socket.local.port + index;
      if (!query.answered) this.sendOne(socket, ip, query);
    }
  }

  private sendOne(socket: DatagramSocket, ip: string, { id, name, type }: Query): void {
    socket.send({ ip, port: DNS_PORT }, { dns: "query", id, name: name.replace(/\.$/, ""), type } satisfies DnsQuery);
  }

  private *listen(socket: DatagramSocket, ip: string, until: number): Task<void> {
    const { clock, stderr } = this.process;
    while (clock.uptime < until && this.queries.some(({ answered }) => !answered)) {
      try {
        const race = yield* runAtMost(clock, socket.receive(), until - clock.uptime);
        if (race.status === "value" && race.value !== undefined)
          yield* this.hear(socket, ip, race.value.payload as DnsResponse);
      } catch (error) {
        if (!(error instanceof NetError) || error.code !== "ECONNREFUSED") throw error;
        yield* writeText(stderr, "nslookup: read: Connection refused\n");
      }
    }
  }

  private *hear(socket: DatagramSocket, ip: string, response: DnsResponse): Task<void> {
    const { stdout } = this.process;
    if (this.replies++ === 0) yield* writeText(stdout, `Server:\t\t${this.server}\nAddress:\t${ip}:${DNS_PORT}\n\n`);
    const query = this.queries.find(({ id }) => id === response.id);
    if (query === undefined || query.answered) return;
    if (response.code === "SERVFAIL" && this.resends > 0) {
      this.resends--;
      this.sendOne(socket, ip, query);
      return;
    }
    query.answered = true;
    if (response.code !== "NOERROR") this.exitCode = 1;
    const said =
      response.code === "NOERROR" ? answerText(response) : `** server can't find ${query.name}: ${response.code}\n`;
    yield* writeText(stdout, `${said}\n`);
  }
}

function answerText({ authoritative, answers }: DnsResponse): string {
  return (authoritative ? "" : "Non-authoritative answer:\n") + answers.map(recordText).join("");
}

function recordText({ name, type, data }: DnsRecord): string {
  if (type === "A" || type === "AAAA") return `Name:\t${name}\nAddress: ${data}\n`;
  if (type === "CNAME") return `${name}\tcanonical name = ${data}\n`;
  if (type === "PTR") return `${name}\tname = ${data}\n`;
  return type === "SRV" ? `${name}\tservice = ${data}\n` : "";
}
