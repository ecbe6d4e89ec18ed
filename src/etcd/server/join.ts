import { utf8 } from "../../base/bytes.ts";
import { bodyText, NO_BODY } from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import { PeerClient, PeerError } from "../peer/peer-client.ts";
import { header } from "../peer/peer-headers.ts";
import type { Member } from "../rpc/messages.ts";
import { memberOfRecord } from "../snapshot/schema.ts";
import { BootError } from "./boot-error.ts";
import type { EtcdConfig } from "./config.ts";
import type { MemberHost } from "./member.ts";
import { hasTlsFiles, ReloadingTls } from "./tls-files.ts";

/** How long an existing member may take to tell of its cluster. */
const FETCH_TIMEOUT_MS = 10_000;
/** How long each founder is asked whether it is at work already. */
const BOOTSTRAP_TIMEOUT_MS = 1000;

/** A cluster that is there, as one of its members tells of it. */
interface ExistingCluster {
  readonly clusterId: bigint;
  readonly members: readonly Member[];
}

/** The cluster that a member joins, and who the member is in it. */
export interface Joined extends ExistingCluster {
  readonly localId: bigint;
}

/** Finds out about the cluster to be joined. Throws `BootError`. Mirrors etcdserver bootstrap.go and cluster_util.go. */
export function* joinCluster(config: EtcdConfig, host: MemberHost, wanted: readonly Member[]): Task<Joined> {
  const urls = wanted.filter(({ name }) => name !== config.name).flatMap(({ peerUrls }) => peerUrls);
  const existing = yield* fetchCluster(config, host, urls.sort(), FETCH_TIMEOUT_MS, true);
  if (existing === undefined)
    throw new BootError(
      "cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs",
    );
  const ids = assignIds(wanted, existing);
  if (typeof ids === "string") throw new BootError(`error validating peerURLs ${clusterText(existing)}: ${ids}`);
  const localId = ids.get(config.name);
  if (localId === undefined) throw new BootError("unreachable");
  return { ...existing, localId };
}

/** Whether the cluster has known this member before: then it must not begin anew. */
export function* isBootstrapped(
  config: EtcdConfig,
  host: MemberHost,
  members: readonly Member[],
  local: bigint,
): Task<boolean> {
  const urls = members.filter(({ id }) => id !== local).flatMap(({ peerUrls }) => peerUrls);
  const existing = yield* fetchCluster(config, host, urls.sort(), BOOTSTRAP_TIMEOUT_MS, false);
  const known = existing?.members.find(({ id }) => id === local);
  return known !== undefined && known.clientUrls.length > 0;
}

function* fetchCluster(
  config: EtcdConfig,
  host: MemberHost,
  urls: readonly string[],
  timeoutMs: number,
  complain: boolean,
): Task<ExistingCluster | undefined> {
  const tls = hasTlsFiles(config.peerTls) ? new ReloadingTls(host.fs, config.peerTls) : undefined;
  const client = new PeerClient(host, tls);
  for (const url of urls) {
    const address = `${url}/members`;
    try {
      const answer = yield* client.fetch(
        url,
        { method: "GET", path: "/members", headers: {}, body: NO_BODY },
        timeoutMs,
      );
      const members = membersOf(answer.body === undefined ? "" : bodyText(answer.body));
      const clusterId = header(answer.headers, "x-etcd-cluster-id");
      if (members !== undefined && /^[0-9a-f]{1,16}$/.test(clusterId))
        return members.length === 0 ? undefined : { clusterId: BigInt(`0x${clusterId}`), members };
      if (complain)
        host.log.warn("etcdserver/cluster_util.go:103", "failed to unmarshal cluster response", { address });
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      const fields = { address, error: `Get ${JSON.stringify(address)}: ${error.message}` };
      if (complain) host.log.warn("etcdserver/cluster_util.go:86", "failed to get cluster response", fields);
    }
  }
  return undefined;
}

/** What `/members` answers; undefined for anything else. */
function membersOf(text: string): readonly Member[] | undefined {
  const records = text.trim().match(/\{"id":\d+,[^{}]*\}/g);
  if (records === null) return text.trim() === "[]" ? [] : undefined;
  return records.map((record) => {
    const id = BigInt(/^\{"id":(\d+)/.exec(record)?.[1] ?? "0");
    return memberOfRecord(id.toString(16), utf8(record));
  });
}

/** Each wanted member's ID in the existing cluster, by its peer URLs; or why they do not fit together. */
function assignIds(wanted: readonly Member[], existing: ExistingCluster): ReadonlyMap<string, bigint> | string {
  if (wanted.length !== existing.members.length) return "member count is unequal";
  const ids = new Map<string, bigint>();
  const sorted = [...wanted].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const member of existing.members) {
    let problem = "";
    const fitting = sorted.find((candidate) => {
      problem = difference(member.peerUrls, candidate.peerUrls) ?? "";
      return problem === "";
    });
    if (fitting === undefined)
      return `PeerURLs: no match found for existing member (${member.id.toString(16)}, [${member.peerUrls.join(" ")}]), last resolver error (${problem})`;
    ids.set(fitting.name, member.id);
  }
  return ids;
}

function difference(a: readonly string[], b: readonly string[]): string | undefined {
  if (a.length !== b.length) return `len(${JSON.stringify(a)}) != len(${JSON.stringify(b)})`;
  const left = [...a].sort();
  const right = [...b].sort();
  const at = left.findIndex((url, i) => url !== right[i]);
  return at < 0 ? undefined : `resolved urls: ${JSON.stringify(left[at])} != ${JSON.stringify(right[at])}`;
}

/** A cluster as Go prints it. */
function clusterText({ clusterId, members }: ExistingCluster): string {
  const listed = members.map(
    ({ id, peerUrls, isLearner, name, clientUrls }) =>
      `&{ID:${id.toString(16)} RaftAttributes:{PeerURLs:[${peerUrls.join(" ")}] IsLearner:${isLearner}} Attributes:{Name:${name} ClientURLs:[${clientUrls.join(" ")}]}}`,
  );
  return `{ClusterID:${clusterId.toString(16)} Members:[${listed.join(" ")}] RemovedMemberIDs:[]}`;
}
