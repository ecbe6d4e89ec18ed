import type { HttpHeaders } from "../../sim/http.ts";
import { idText, type PeerHost, type PeerOwner } from "./peer-owner.ts";

/** The oldest cluster that this release works with. */
const MIN_CLUSTER_VERSION = "3.0.0";

/** By what a member is known to another one. */
export function peerHeaders(owner: PeerOwner, to?: bigint): HttpHeaders {
  return {
    "x-server-from": idText(owner.localId),
    "x-server-version": owner.serverVersion,
    "x-min-cluster-version": MIN_CLUSTER_VERSION,
    "x-etcd-cluster-id": idText(owner.clusterId),
    "x-peerurls": owner.peerUrls.join(","),
    ...(to === undefined ? {} : { "x-raft-to": idText(to) }),
  };
}

export function header(headers: HttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : (value?.[0] ?? "");
}

export const CLUSTER_MISMATCH = "cluster ID mismatch";

/** Whether a request comes from a member of the same cluster; what is wrong otherwise, for the answer. */
export function refusalOf(headers: HttpHeaders, owner: PeerOwner, host: PeerHost): string | undefined {
  const theirs = header(headers, "x-etcd-cluster-id");
  if (theirs === idText(owner.clusterId)) return undefined;
  host.log.warn("rafthttp/http.go:512", "request cluster ID mismatch", {
    "local-member-id": idText(owner.localId),
    "local-member-cluster-id": idText(owner.clusterId),
    "local-member-server-version": owner.serverVersion,
    "local-member-server-minimum-cluster-version": MIN_CLUSTER_VERSION,
    "remote-peer-server-name": header(headers, "x-server-from"),
    "remote-peer-server-version": header(headers, "x-server-version"),
    "remote-peer-server-minimum-cluster-version": header(headers, "x-min-cluster-version"),
    "remote-peer-cluster-id": theirs,
  });
  return CLUSTER_MISMATCH;
}
