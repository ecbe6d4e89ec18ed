import { text, utf8 } from "../../base/bytes.ts";
import type { Member } from "../rpc/messages.ts";
import { memberKey, memberOfRecord, memberRecord } from "../snapshot/schema.ts";
import type { Backend } from "./backend.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Logger } from "./log.ts";
import type { ConfChange } from "./request.ts";

/** The cluster as this member knows it. Mirrors etcd server/etcdserver/api/membership/cluster.go. */
export class Membership {
  readonly clusterId: bigint;
  readonly localId: bigint;
  /** `3.6.0`; undefined until the leader has set it. */
  version: string | undefined;
  /** How many may only learn at a time. */
  maxLearners = 1;
  downgrade: { readonly enabled: boolean; readonly targetVersion: string } = { enabled: false, targetVersion: "" };
  private readonly members = new Map<bigint, Member>();
  private readonly removed = new Set<bigint>();
  private readonly backend: Backend;
  private readonly log: Logger;

  constructor(ids: { clusterId: bigint; localId: bigint }, backend: Backend, log: Logger) {
    this.clusterId = ids.clusterId;
    this.localId = ids.localId;
    this.backend = backend;
    this.log = log;
    this.load();
  }

  /** Takes everything from the backend. */
  load(): void {
    const { backend } = this;
    this.members.clear();
    this.removed.clear();
    for (const [key, value] of backend.all("members")) this.members.set(BigInt(`0x${key}`), memberOfRecord(key, value));
    for (const key of backend.all("members_removed").keys()) this.removed.add(BigInt(`0x${key}`));
    const version = backend.get("cluster", "clusterVersion");
    this.version = version === undefined ? undefined : text(version);
    const downgrade = backend.get("cluster", "downgrade");
    if (downgrade !== undefined) this.downgrade = { enabled: downgrade.length > 0, targetVersion: text(downgrade) };
  }

  /** All members, by ID as etcd lists them. */
  list(): readonly Member[] {
    return [...this.members.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  get(id: bigint): Member | undefined {
    return this.members.get(id);
  }

  isRemoved(id: bigint): boolean {
    return this.removed.has(id);
  }

  get voters(): readonly Member[] {
    return this.list().filter((member) => !member.isLearner);
  }

  /** Whether a change makes sense (ValidateConfigurationChange). Throws `EtcdError`. */
  validate(change: ConfChange): void {
    if (change.op === "member_add") {
      if (this.members.has(change.member.id)) throw new EtcdError("MemberExist");
      this.checkUrls(change.member.peerUrls, undefined);
      if (change.member.isLearner && this.list().filter((member) => member.isLearner).length >= this.maxLearners)
        throw new EtcdError("TooManyLearners");
      return;
    }
    const member = this.members.get(change.id);
    if (member === undefined) throw new EtcdError("MemberNotFound");
    if (change.op === "member_update") this.checkUrls(change.peerUrls, change.id);
    if (change.op === "member_promote" && !member.isLearner) throw new EtcdError("NotLearner");
  }

  /** Whether enough started members would be left to agree. Throws `EtcdError`. */
  checkQuorum(change: ConfChange): void {
    const started = this.voters.filter((member) => member.name !== "").length;
    const count = this.voters.length;
    if (
      change.op === "member_add" &&
      !change.member.isLearner &&
      count > 1 &&
      started < Math.floor((count + 1) / 2) + 1
    )
      throw new EtcdError("NotEnoughStarted");
    if (change.op !== "member_remove" || this.members.get(change.id)?.isLearner === true) return;
    const gone = this.members.get(change.id)?.name === "" ? 0 : 1;
    const quorum = Math.floor((count - 1) / 2) + 1;
    if (started - gone >= quorum) return;
    this.log.warn("membership/cluster.go:766", "rejecting member remove; started member will be less than quorum", {
      "number-of-started-member": started - gone,
      quorum,
      ...this.ids(),
    });
    throw new EtcdError("NotEnoughStarted");
  }

  apply(change: ConfChange): void {
    if (change.op === "member_add") {
      this.save(change.member);
      this.log.info("membership/cluster.go:424", "added member", {
        ...this.ids(),
        "added-peer-id": change.member.id.toString(16),
        "added-peer-peer-urls": change.member.peerUrls,
        "added-peer-is-learner": change.member.isLearner,
      });
    } else if (change.op === "member_remove") this.remove(change.id);
    else {
      const member = this.members.get(change.id);
      if (member === undefined) return;
      if (change.op === "member_update") this.save({ ...member, peerUrls: change.peerUrls });
      else this.save({ ...member, isLearner: false });
    }
  }

  setAttributes(id: bigint, name: string, clientUrls: readonly string[]): void {
    const member = this.members.get(id);
    if (member !== undefined) this.save({ ...member, name, clientUrls });
  }

  setVersion(version: string): void {
    this.version = version;
    this.backend.set("cluster", "clusterVersion", utf8(version));
  }

  setDowngrade(enabled: boolean, targetVersion: string): void {
    this.downgrade = { enabled, targetVersion: enabled ? targetVersion : "" };
    this.backend.set("cluster", "downgrade", enabled ? utf8(targetVersion) : undefined);
  }

  /** Fields that most lines about the cluster carry. */
  ids(): { readonly "cluster-id": string; readonly "local-member-id": string } {
    return { "cluster-id": this.clusterId.toString(16), "local-member-id": this.localId.toString(16) };
  }

  private remove(id: bigint): void {
    const member = this.members.get(id);
    if (member === undefined) return;
    this.members.delete(id);
    this.removed.add(id);
    this.backend.set("members", memberKey(id), undefined);
    this.backend.set("members_removed", memberKey(id), utf8("removed"));
    this.log.info("membership/cluster.go:460", "removed member", {
      ...this.ids(),
      "removed-remote-peer-id": id.toString(16),
      "removed-remote-peer-urls": member.peerUrls,
      "removed-remote-peer-is-learner": member.isLearner,
    });
  }

  private save(member: Member): void {
    this.members.set(member.id, member);
    this.backend.set("members", memberKey(member.id), memberRecord(member));
  }

  private checkUrls(urls: readonly string[], own: bigint | undefined): void {
    for (const member of this.members.values())
      if (member.id !== own && member.peerUrls.some((url) => urls.includes(url))) throw new EtcdError("PeerUrlExist");
  }
}
