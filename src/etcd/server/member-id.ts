import { sha1 } from "@noble/hashes/legacy.js";
import { concat, utf8 } from "../../base/bytes.ts";
import type { RandomStream } from "../../sim/random.ts";

/** The ID of a member of a static cluster: SHA-1 over its sorted peer URLs and the cluster's token, first 8 bytes. */
export function memberId(peerUrls: readonly string[], token: string, unixSeconds?: number): bigint {
  const time = unixSeconds === undefined ? "" : String(unixSeconds);
  return firstEight(utf8([...peerUrls].sort().join("") + token + time));
}

/** The cluster's ID: SHA-1 over its members' sorted IDs, first 8 bytes. */
export function clusterId(members: readonly bigint[]): bigint {
  return firstEight(concat([...members].sort((a, b) => (a < b ? -1 : 1)).map(eightBytes)));
}

function firstEight(data: Uint8Array): bigint {
  return new DataView(sha1(data).buffer).getBigUint64(0);
}

function eightBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

/**
 * Numbers for requests and leases, unique in the cluster (pkg/idutil): 16 bits of the member, 40 bits of the time at
 * start in milliseconds, 8 bits and up of a counter.
 */
export class IdGenerator {
  private readonly prefix: bigint;
  private suffix: bigint;

  constructor(member: bigint, nowMs: number) {
    this.prefix = (member & 0xffffn) << 48n;
    this.suffix = (BigInt(Math.floor(nowMs)) & 0xff_ffff_ffffn) << 8n;
  }

  next(): bigint {
    this.suffix++;
    return this.prefix | (this.suffix & 0xffff_ffff_ffffn);
  }
}

/** A token of etcd's simple provider: 16 letters, then the raft index. */
export function simpleToken(random: RandomStream, index: number): string {
  return `${random.letters(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")}.${index}`;
}
