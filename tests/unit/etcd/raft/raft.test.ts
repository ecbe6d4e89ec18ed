import { expect, test } from "vitest";
import type { HardState, LogEntry, Ready } from "../../../../src/etcd/raft/consensus.ts";
import type { MessageBody } from "../../../../src/etcd/raft/message.ts";
import { Raft } from "../../../../src/etcd/raft/raft.ts";

const VALUE = new Uint8Array([1]);

function entries(...terms: readonly number[]): LogEntry[] {
  return terms.map((term, i) => ({ term, index: i + 1, kind: "normal", data: VALUE }));
}

/** Member 1 of three; `log` is on its disk. */
function member(log: readonly LogEntry[] = [], hardState: HardState = { term: 1, vote: 0n, commit: 0 }): Raft {
  const start = {
    id: 1n,
    hardState,
    entries: log,
    before: { term: 0, index: 0 },
    commit: hardState.commit,
    applied: 0,
  };
  const configuration = { voters: [1n, 2n, 3n], learners: [] };
  const rest = { configuration, electionTicks: 10, random: () => 0, capture: () => undefined };
  return new Raft({ ...start, ...rest }, () => undefined);
}

function hear(raft: Raft, from: bigint, term: number, body: MessageBody): void {
  raft.step({ to: 1n, from, term, ...body });
}

/** Does all work that there is; gives what it was. */
function work(raft: Raft): Ready[] {
  const done: Ready[] = [];
  while (raft.hasReady) {
    const ready = raft.takeReady();
    raft.advance(ready);
    done.push(ready);
  }
  return done;
}

/** Makes the member leader, by the vote of 2. */
function elect(raft: Raft): void {
  raft.campaign();
  work(raft);
  hear(raft, 2n, raft.term + 1, { type: "MsgPreVoteResp", reject: false });
  work(raft);
  hear(raft, 2n, raft.term, { type: "MsgVoteResp", reject: false });
}

test("CM1: an entry of an earlier term is agreed on only with one of the leader's own", () => {
  const raft = member(entries(1, 2), { term: 2, vote: 0n, commit: 1 });
  elect(raft);
  work(raft);
  expect([raft.role, raft.term, raft.lastIndex]).toEqual(["leader", 3, 3]);
  hear(raft, 2n, 3, { type: "MsgAppResp", index: 2 });
  expect(raft.commit).toBe(1);
  hear(raft, 2n, 3, { type: "MsgAppResp", index: 3 });
  expect(raft.commit).toBe(3);
});

test("ST1: a leader counts itself once its disk has the entry", () => {
  const raft = member();
  elect(raft);
  const ready = raft.takeReady();
  expect(ready.mustSync).toBe(true);
  hear(raft, 2n, raft.term, { type: "MsgAppResp", index: 1 });
  expect(raft.commit).toBe(0);
  raft.advance(ready);
  expect(raft.commit).toBe(1);
});

test("ST1: what was replaced, before or after it was written, does not count as written", () => {
  const raft = member();
  hear(raft, 2n, 1, { type: "MsgApp", prev: { term: 0, index: 0 }, entries: entries(1, 1, 1), commit: 0 });
  work(raft);
  expect(raft.log.stableIndex).toBe(3);
  const replacement = entries(1, 2, 2).slice(1);
  hear(raft, 3n, 2, { type: "MsgApp", prev: { term: 1, index: 1 }, entries: replacement, commit: 0 });
  expect([raft.lastIndex, raft.log.stableIndex]).toEqual([3, 1]);
  const ready = raft.takeReady();
  const another = entries(1, 3, 3).slice(1);
  hear(raft, 2n, 3, { type: "MsgApp", prev: { term: 1, index: 1 }, entries: another, commit: 0 });
  raft.advance(ready);
  expect(raft.log.stableIndex).toBe(1);
  work(raft);
  expect(raft.log.stableIndex).toBe(3);
});

test("ST1: votes and terms are written before they are told", () => {
  const raft = member();
  hear(raft, 2n, 5, { type: "MsgVote", last: { term: 4, index: 9 }, transfer: false });
  const ready = raft.takeReady();
  expect(ready.hardState).toEqual({ term: 5, vote: 2n, commit: 0 });
  expect(ready.mustSync).toBe(true);
  expect(ready.messages).toMatchObject([{ to: 2n, type: "MsgVoteResp", reject: false }]);
});

test("AP1: what was said to be agreed on, but did not get onto the disk, is applied when it comes", () => {
  const raft = member(entries(1), { term: 1, vote: 0n, commit: 2 });
  hear(raft, 2n, 2, { type: "MsgApp", prev: { term: 1, index: 1 }, entries: entries(1, 1).slice(1), commit: 2 });
  expect(work(raft).flatMap(({ committed }) => committed.map(({ index }) => index))).toEqual([1, 2]);
});

test("LM1: what a leader has agreed on says nothing about entries that it has not compared", () => {
  const raft = member(entries(1, 1, 1));
  hear(raft, 2n, 2, { type: "MsgApp", prev: { term: 1, index: 1 }, entries: [], commit: 3 });
  expect(raft.commit).toBe(1);
});

test("RD1: a leader answers a read once it has agreed on something, and a quorum confirmed it after the question", () => {
  const raft = member();
  elect(raft);
  work(raft);
  raft.requestRead(7n);
  expect(work(raft).flatMap(({ reads }) => reads)).toEqual([]);
  hear(raft, 2n, raft.term, { type: "MsgAppResp", index: 1 });
  const beats = work(raft).flatMap(({ messages }) => messages.filter(({ type }) => type === "MsgHeartbeat"));
  expect(beats).toMatchObject([{ read: 7n }, { read: 7n }]);
  hear(raft, 2n, raft.term, { type: "MsgHeartbeatResp", read: 0n });
  expect(work(raft).flatMap(({ reads }) => reads)).toEqual([]);
  hear(raft, 3n, raft.term, { type: "MsgHeartbeatResp", read: 7n });
  expect(work(raft).flatMap(({ reads }) => reads)).toEqual([{ read: 7n, index: 1 }]);
});

test("MB1: a change of the membership waits for the one before", () => {
  const raft = member();
  elect(raft);
  work(raft);
  hear(raft, 2n, raft.term, { type: "MsgAppResp", index: 1 });
  work(raft);
  expect(raft.propose("conf-change", VALUE)).toMatchObject({ index: 2 });
  expect(raft.propose("conf-change", VALUE)).toMatchObject({ index: 3 });
  expect(work(raft).flatMap((ready) => ready.entries)).toMatchObject([
    { index: 2, kind: "conf-change" },
    { index: 3, kind: "normal", data: new Uint8Array(0) },
  ]);
});

test("CQ1: a leader that hears of nobody steps down within an election timeout, and keeps its term", () => {
  const raft = member();
  elect(raft);
  work(raft);
  const { term } = raft;
  for (let tick = 0; tick < 20; tick++) raft.tick();
  expect([raft.role === "leader", raft.leader, raft.term]).toEqual([false, 0n, term]);
});

test("PV1: whoever hears from a leader lets nobody else enter a later term", () => {
  const raft = member();
  hear(raft, 2n, 2, { type: "MsgHeartbeat", commit: 0, read: 0n });
  work(raft);
  hear(raft, 3n, 3, { type: "MsgPreVote", last: { term: 2, index: 9 }, transfer: false });
  expect([raft.term, raft.leader, work(raft).length]).toEqual([2, 2n, 0]);
  for (let tick = 0; tick < 10; tick++) raft.tick();
  hear(raft, 3n, 3, { type: "MsgPreVote", last: { term: 2, index: 9 }, transfer: false });
  expect(work(raft).flatMap(({ messages }) => messages.filter(({ to }) => to === 3n))).toContainEqual(
    expect.objectContaining({ type: "MsgPreVoteResp", reject: false, term: 3 }),
  );
});
