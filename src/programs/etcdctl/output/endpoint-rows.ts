import { humanBytes } from "../../../base/byte-size.ts";
import type { Member } from "../../../etcd/rpc/messages.ts";
import type { EndpointHash, EndpointHealth, EndpointStatus } from "./renderings.ts";

/** A header and rows, which `table` draws and `simple` joins with commas. */
export interface Rows {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function memberRows(members: readonly Member[]): Rows {
  return {
    header: ["ID", "Status", "Name", "Peer Addrs", "Client Addrs", "Is Learner"],
    rows: members.map((member) => [
      member.id.toString(16),
      member.name === "" ? "unstarted" : "started",
      member.name,
      member.peerUrls.join(","),
      member.clientUrls.join(","),
      String(member.isLearner),
    ]),
  };
}

export function healthRows(list: readonly EndpointHealth[]): Rows {
  return {
    header: ["endpoint", "health", "took", "error"],
    rows: list.map((one) => [one.endpoint, String(one.health), one.took, one.error]),
  };
}

export function statusRows(list: readonly EndpointStatus[], old: boolean): Rows {
  return old ? statusRows35(list) : statusRows36(list);
}

function statusRows35(list: readonly EndpointStatus[]): Rows {
  return {
    header: [
      "endpoint",
      "ID",
      "version",
      "db size",
      "is leader",
      "is learner",
      "raft term",
      "raft index",
      "raft applied index",
      "errors",
    ],
    rows: list.map(({ endpoint, status }) => [
      endpoint,
      status.header.memberId.toString(16),
      status.version,
      humanBytes(status.dbSize),
      ...raftCells({ endpoint, status }),
    ]),
  };
}

function statusRows36(list: readonly EndpointStatus[]): Rows {
  return {
    header: [
      "endpoint",
      "ID",
      "version",
      "storage version",
      "db size",
      "in use",
      "percentage not in use",
      "quota",
      "is leader",
      "is learner",
      "raft term",
      "raft index",
      "raft applied index",
      "errors",
      "downgrade target version",
      "downgrade enabled",
    ],
    rows: list.map(({ endpoint, status }) => [
      endpoint,
      status.header.memberId.toString(16),
      status.version,
      status.storageVersion,
      humanBytes(status.dbSize),
      humanBytes(status.dbSizeInUse),
      status.dbSize === 0 ? "0%" : `${100 - Math.floor((status.dbSizeInUse * 100) / status.dbSize)}%`,
      humanBytes(status.dbSizeQuota),
      ...raftCells({ endpoint, status }),
      status.downgradeInfo.targetVersion,
      String(status.downgradeInfo.enabled),
    ]),
  };
}

function raftCells({ status }: EndpointStatus): string[] {
  return [
    String(status.leader === status.header.memberId),
    String(status.isLearner),
    String(status.raftTerm),
    String(status.raftIndex),
    String(status.raftAppliedIndex),
    status.errors.join(", "),
  ];
}

export function hashRows(list: readonly EndpointHash[], old: boolean): Rows {
  return {
    header: old ? ["endpoint", "hash"] : ["endpoint", "hash", "hash revision"],
    rows: list.map(({ endpoint, hash }) => {
      const cells = [endpoint, String(hash.hash)];
      return old ? cells : [...cells, String(hash.hashRevision)];
    }),
  };
}
