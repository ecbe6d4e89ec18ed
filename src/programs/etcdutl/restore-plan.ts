import { CommandFailure, EXIT } from "../../base/cli/exit.ts";
import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import { goQuote } from "../../base/go-quote.ts";
import { urlFault } from "../../base/go-url.ts";
import type { Member } from "../../etcd/rpc/messages.ts";
import { clusterId, memberId } from "../../etcd/server/member-id.ts";

/** Where a snapshot is restored to, and the cluster that the member will find itself in. */
export interface RestorePlan {
  readonly path: string;
  readonly dataDir: string;
  readonly walDir: string;
  readonly snapDir: string;
  readonly members: readonly Member[];
  readonly local: Member;
  readonly clusterId: bigint;
  readonly skipHashCheck: boolean;
  /** How many revisions to skip; 0: none. */
  readonly bumpRevision: number;
}

/** A peer URL that differed and had to be looked up by name; it is logged before the complaint. */
export class AdvertiseMismatch extends Error {
  readonly resolved: readonly string[];

  constructor(message: string, resolved: readonly string[]) {
    super(message);
    this.resolved = resolved;
  }
}

/** Checks the arguments of `snapshot restore`. Fails with codes 128 and 1. */
export function planRestore(parsed: ParsedFlags): RestorePlan {
  if (parsed.args.length !== 1) {
    throw new CommandFailure(EXIT.badArgs, "snapshot restore requires exactly one argument");
  }
  const bumpRevision = parsed.number("bump-revision");
  if (bumpRevision > 0 !== parsed.bool("mark-compacted")) {
    throw new CommandFailure(EXIT.badArgs, "--mark-compacted required if --revision-bump > 0");
  }
  const name = parsed.string("name");
  const dataDir = parsed.string("data-dir") === "" ? `${name}.etcd` : parsed.string("data-dir");
  const walDir = parsed.string("wal-dir") === "" ? `${dataDir}/member/wal` : parsed.string("wal-dir");
  const cluster = parseCluster(parsed.string("initial-cluster"));
  const advertised = parsed.string("initial-advertise-peer-urls").split(",");
  for (const url of advertised) checkUrl(url);
  checkLocal(name, cluster, advertised);
  const members = [...cluster].map(([member, urls]) => newMember(member, urls, parsed.string("initial-cluster-token")));
  const local = members.find((member) => member.name === name);
  if (local === undefined) throw new CommandFailure(EXIT.error, "member not found");
  return {
    path: parsed.args[0] ?? "",
    dataDir,
    walDir,
    snapDir: `${dataDir}/member/snap`,
    members,
    local,
    clusterId: clusterId(members.map((member) => member.id)),
    skipHashCheck: parsed.bool("skip-hash-check"),
    bumpRevision,
  };
}

function newMember(name: string, urls: readonly string[], token: string): Member {
  const peerUrls = [...urls].sort();
  return { id: memberId(peerUrls, token), name, peerUrls, clientUrls: [], isLearner: false };
}

/** `a=http://x:1,a=http://x:2,b=…`, as types.NewURLsMap reads it. */
function parseCluster(text: string): Map<string, string[]> {
  const cluster = new Map<string, string[]>();
  for (const part of text.split(",")) {
    const equals = part.indexOf("=");
    const name = equals < 0 ? part : part.slice(0, equals);
    const url = equals < 0 ? "" : part.slice(equals + 1);
    checkUrl(url);
    cluster.set(name, [...(cluster.get(name) ?? []), url]);
  }
  return cluster;
}

function checkUrl(url: string): void {
  const fault = urlFault(url.trim());
  if (fault !== undefined) throw new CommandFailure(EXIT.error, fault);
}

function checkLocal(
  name: string,
  cluster: ReadonlyMap<string, readonly string[]>,
  advertised: readonly string[],
): void {
  const own = cluster.get(name);
  if (own === undefined) {
    const what = `couldn't find local name ${goQuote(name)} in the initial cluster configuration`;
    throw new CommandFailure(EXIT.error, what);
  }
  const wanted = [...own].sort();
  const given = [...advertised].sort();
  const different = wanted.findIndex((url, i) => url !== given[i]);
  if (different < 0 && wanted.length === given.length) return;
  const listed = own.map((url) => `${name}=${url}`).join(",");
  const pair = `${goQuote(given[different] ?? "")} != ${goQuote(wanted[different] ?? "")}`;
  const resolved = [...given, ...wanted].filter((url) => !url.includes("//localhost:"));
  throw new AdvertiseMismatch(
    `--initial-cluster has ${listed} but missing from --initial-advertise-peer-urls=${advertised.join(",")} (resolved urls: ${pair})`,
    resolved,
  );
}
