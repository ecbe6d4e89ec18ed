import { isIpAddress, resolveHost } from "../sim/resolver.ts";
import type { Task } from "../sim/task.ts";
import type { FileSystem } from "../vfs/file-system.ts";
import { type Asker, askServer, type NoAnswer } from "./ask.ts";
import type { DnsResponse } from "./message.ts";
import { candidates, type ResolverConfig, readOrNothing, readResolverConfig } from "./resolver-config.ts";

/** Who looks names up: a process has it all. */
export interface NameUser extends Asker {
  readonly fs: FileSystem;
}

/** What became of a name: its addresses, or why there are none. */
export type HostLookup =
  | { readonly addresses: readonly [string, ...string[]] }
  | {
      /** `unknown`: the servers say that there is none; `unanswered`: ask again later (EAI_AGAIN). */
      readonly failed: "unknown" | "unanswered";
      /** Go's text of it: `lookup x on 10.96.0.10:53: no such host`. */
      readonly message: string;
    };

/**
 * Finds a host's addresses as the C library does with `hosts: files dns`: an address stands for itself, then /etc/hosts,
 * then the servers of /etc/resolv.conf with its search list.
 */
export function* lookupHost(user: NameUser, name: string): Task<HostLookup> {
  const known = resolveHost(readOrNothing(user.fs, "/etc/hosts"), name);
  if (known !== undefined) return { addresses: [known] };
  const config = readResolverConfig(user.fs);
  const failure = (reason: string) => `lookup ${name} on ${config.servers[0]}:53: ${reason}`;
  if (!isHostName(name)) return { failed: "unknown", message: failure("no such host") };
  let silence: string | undefined;
  for (const candidate of candidates(config, name)) {
    const answer = yield* ask(user, config, candidate);
    if ("failed" in answer) return { failed: "unanswered", message: failure(answer.reason) };
    if (answer.code !== "NOERROR" && answer.code !== "NXDOMAIN") silence = "server misbehaving";
    const [first, ...more] = answer.answers.flatMap(({ type, data }) => (type === "A" ? [data] : []));
    if (first !== undefined) return { addresses: [first, ...more] };
  }
  if (silence !== undefined) return { failed: "unanswered", message: failure(silence) };
  return { failed: "unknown", message: failure("no such host") };
}

/** Asks the servers in turn, and again, until one says yes or no. */
function* ask(user: NameUser, config: ResolverConfig, name: string): Task<DnsResponse | NoAnswer> {
  let last: DnsResponse | NoAnswer = { failed: "timeout", reason: "i/o timeout" };
  for (let attempt = 0; attempt < config.attempts; attempt++) {
    for (const server of config.servers) {
      const answer = yield* askServer(user, server, { name, type: "A" }, config.timeoutMs);
      if ("code" in answer && (answer.code === "NOERROR" || answer.code === "NXDOMAIN")) return answer;
      last = answer;
    }
  }
  return last;
}

/** What can't be a name is never asked for. */
function isHostName(name: string): boolean {
  const labels = name.replace(/\.$/, "").split(".");
  return !isIpAddress(name) && name.length < 254 && labels.every((label) => /^[A-Za-z0-9_-]{1,63}$/.test(label));
}
