import { text, utf8 } from "../../../../src/base/bytes.ts";
import type {
  Configuration,
  HardState,
  LogEntry,
  Place,
  RaftSnapshot,
  Ready,
} from "../../../../src/etcd/raft/consensus.ts";
import type { RaftMessage } from "../../../../src/etcd/raft/message.ts";
import { Raft } from "../../../../src/etcd/raft/raft.ts";

const ELECTION_TICKS = 10;
/** A member keeps so many applied entries for those who are behind. */
const CATCH_UP = 3;

/** What a member has applied, and so what a snapshot holds. */
interface State extends Place, Configuration {
  readonly values: readonly string[];
}

/** What outlives a crash. */
interface Disk {
  hard: HardState;
  entries: LogEntry[];
  state: State;
}

/** A broken promise; the message begins with the number of the law in src/etcd/raft/SPEC.md. */
class LawBroken extends Error {}

/** One member with its disk, of which everything behind the last fsync can be lost. */
class Node {
  readonly id: bigint;
  readonly disk: Disk;
  raft: Raft;
  state: State;
  /** Taken, but not written yet. */
  pending: Ready | undefined;
  up = true;
  /** It was told that it belongs to the cluster no more, and ended for good, as an etcd member does. */
  removed = false;

  /** `founders` are the first entries of every founder's log, agreed on by definition; who joins has an empty log. */
  constructor(id: bigint, founders: readonly bigint[], random: (limit: number) => number) {
    this.id = id;
    const entries = founders.map((founder, i) => ({
      term: 1,
      index: i + 1,
      kind: "conf-change" as const,
      data: utf8(`add ${founder}`),
    }));
    const state = { term: 0, index: 0, voters: [], learners: [], values: [] };
    this.disk = { hard: { term: founders.length === 0 ? 0 : 1, vote: 0n, commit: founders.length }, entries, state };
    this.state = state;
    this.raft = this.boot(random);
  }

  boot(random: (limit: number) => number): Raft {
    const { hard, entries, state } = this.disk;
    this.state = state;
    this.pending = undefined;
    const start = { id: this.id, hardState: hard, entries, before: state, commit: hard.commit, applied: state.index };
    const capture = (): RaftSnapshot => ({ ...this.state, data: this.state });
    return new Raft(
      { ...start, configuration: state, electionTicks: ELECTION_TICKS, random, capture },
      () => undefined,
    );
  }
}

/** Members, and everything that is said between them; each step is chosen by a test, and every law is judged after it. */
export class Cluster {
  readonly nodes: Node[] = [];
  /** On their way. */
  wire: RaftMessage[] = [];
  /** Pairs that do not hear each other. */
  readonly cuts = new Set<string>();
  private readonly random: (limit: number) => number;
  private readonly leaders = new Map<number, bigint>();
  /** What was ever applied, by index. */
  private readonly agreed: { readonly term: number; readonly value: string }[] = [];
  private readonly reads = new Map<bigint, { readonly by: bigint; readonly atLeast: number }>();
  private nextRead = 1n;
  private nextValue = 1;
  answered = 0;

  constructor(voters: number, random: (limit: number) => number) {
    this.random = random;
    const founders = Array.from({ length: voters }, (_, i) => BigInt(i + 1));
    for (const id of founders) this.nodes.push(new Node(id, founders, random));
  }

  node(which: number): Node {
    const node = this.nodes[which % this.nodes.length];
    if (node === undefined) throw new Error("no such member");
    return node;
  }

  tick(which: number): void {
    const node = this.node(which);
    if (node.up) node.raft.tick();
  }

  /** Takes work, or does what was taken: between the two others may speak, or the power may go. */
  work(which: number): void {
    const node = this.node(which);
    if (!node.up) return;
    if (node.pending === undefined) {
      if (node.raft.hasReady) node.pending = node.raft.takeReady();
    } else this.finish(node, node.pending);
  }

  private finish(node: Node, ready: Ready): void {
    node.pending = undefined;
    const { disk } = node;
    if (ready.snapshot !== undefined) {
      node.state = ready.snapshot.data as State;
      disk.state = node.state;
      disk.entries = [];
    }
    if (ready.hardState !== undefined) this.persist(node, ready.hardState);
    for (const entry of ready.entries) {
      disk.entries = disk.entries.filter((old) => old.index < entry.index);
      disk.entries.push(entry);
    }
    for (const message of ready.messages) this.wire.push(message);
    for (const entry of ready.committed) this.apply(node, entry);
    for (const { read, index } of ready.reads) this.answer(node, read, index);
    node.raft.advance(ready);
  }

  private persist(node: Node, hard: HardState): void {
    const before = node.disk.hard;
    if (hard.term < before.term) throw new LawBroken(`TE1 ${node.id} went back from term ${before.term}`);
    if (hard.term === before.term && before.vote !== 0n && hard.vote !== before.vote)
      throw new LawBroken(`VO1 ${node.id} voted twice in term ${hard.term}`);
    node.disk.hard = hard;
  }

  private apply(node: Node, entry: LogEntry): void {
    const { state } = node;
    if (entry.index !== state.index + 1)
      throw new LawBroken(`AP1 ${node.id} applied ${entry.index} after ${state.index}`);
    const value = text(entry.data);
    const known = this.agreed[entry.index];
    if (known === undefined) this.agreed[entry.index] = { term: entry.term, value };
    else if (known.term !== entry.term || known.value !== value)
      throw new LawBroken(`LM1 ${node.id} applied another entry ${entry.index}`);
    node.state = { ...state, term: entry.term, index: entry.index, values: [...state.values, value] };
    if (entry.kind === "conf-change") this.reconfigure(node, value);
  }

  private reconfigure(node: Node, change: string): void {
    const [what = "", member = "0"] = change.split(" ");
    const id = BigInt(member);
    const without = (ids: readonly bigint[]) => ids.filter((other) => other !== id);
    const voters = what === "add" ? [...without(node.state.voters), id] : without(node.state.voters);
    const learners = what === "learn" ? [...without(node.state.learners), id] : without(node.state.learners);
    node.state = { ...node.state, voters, learners };
    node.raft.configure({ voters, learners });
    if (what !== "remove" || id !== node.id) return;
    node.removed = true;
    node.up = false;
  }

  private answer(node: Node, read: bigint, index: number): void {
    const asked = this.reads.get(read);
    if (asked === undefined || asked.by !== node.id) return;
    this.reads.delete(read);
    this.answered++;
    if (index < asked.atLeast) throw new LawBroken(`RD1 ${node.id} read at ${index} after ${asked.atLeast}`);
  }

  /** A message arrives, in any order; `twice` leaves it on the wire. */
  deliver(which: number, twice = false): void {
    const at = this.wire.length === 0 ? -1 : which % this.wire.length;
    const message = this.wire[at];
    if (message === undefined) return;
    if (!twice) this.wire.splice(at, 1);
    const node = this.nodes.find(({ id }) => id === message.to);
    if (node?.up !== true || this.isCut(message)) {
      this.reportSnapshot(message, false);
      return;
    }
    node.raft.step(message);
    this.reportSnapshot(message, true);
  }

  drop(which: number): void {
    const [message] = this.wire.splice(which % Math.max(1, this.wire.length), 1);
    if (message !== undefined) this.reportSnapshot(message, false);
  }

  /** A host hears what became of a snapshot that it sent: its connection breaks, or ends in order. */
  private reportSnapshot(message: RaftMessage, arrived: boolean): void {
    const sender = this.nodes.find(({ id }) => id === message.from);
    if (message.type === "MsgSnap" && sender?.up === true) sender.raft.reportSnapshot(message.to, arrived);
  }

  private isCut({ from, to }: RaftMessage): boolean {
    return this.cuts.has(`${from}-${to}`) || this.cuts.has(`${to}-${from}`);
  }

  /** Loses everything that is not on the disk; comes back at the next call. */
  crash(which: number): void {
    const node = this.node(which);
    if (node.removed) return;
    node.up = !node.up;
    if (node.up) node.raft = node.boot(this.random);
  }

  propose(which: number): void {
    const node = this.node(which);
    if (node.up) node.raft.propose("normal", utf8(`v${this.nextValue++}`));
  }

  change(which: number, what: "add" | "learn" | "remove", member: bigint): void {
    const node = this.node(which);
    if (!node.up || node.raft.role !== "leader") return;
    const { voters, learners } = node.state;
    const isMember = voters.includes(member) || learners.includes(member);
    const known = this.nodes.some(({ id }) => id === member);
    // As etcd refuses it: nobody comes back, no voter becomes a learner, and the last voters stay.
    if (what === "remove" ? !isMember || voters.length <= 2 : voters.includes(member) || (known && !isMember)) return;
    if (!known) this.nodes.push(new Node(member, [], this.random));
    node.raft.propose("conf-change", utf8(`${what} ${member}`));
  }

  read(which: number): void {
    const node = this.node(which);
    if (!node.up) return;
    const read = this.nextRead++;
    this.reads.set(read, { by: node.id, atLeast: this.agreed.length - 1 });
    node.raft.requestRead(read);
  }

  transfer(which: number, to: number): void {
    const node = this.node(which);
    if (node.up) node.raft.transferLeadership(this.node(to).id);
  }

  compact(which: number): void {
    const node = this.node(which);
    if (!node.up || node.pending !== undefined) return;
    const { disk, state } = node;
    disk.state = state;
    disk.entries = disk.entries.filter(({ index }) => index > state.index);
    node.raft.compact(state.index - CATCH_UP);
  }

  /** Those in the bits of `group` hear each other, and the others each other. */
  partition(group: number): void {
    this.cuts.clear();
    for (const [i, { id }] of this.nodes.entries())
      for (const [j, other] of this.nodes.entries())
        if (i < j && ((group >> i) & 1) !== ((group >> j) & 1)) this.cuts.add(`${id}-${other.id}`);
  }

  /** Whoever believes to lead, be it in vain, is asked for something. */
  askLeaders(what: "propose" | "read"): void {
    for (const [which, { up, raft }] of this.nodes.entries()) if (up && raft.role === "leader") this[what](which);
  }

  /** One round of everybody's time, in which each message is lost in `percent` of cases. */
  storm(percent: number): void {
    for (const which of this.nodes.keys()) {
      this.tick(which);
      this.work(which);
      if (this.random(100) < 80) this.work(which);
    }
    for (const message of this.wire.splice(0)) {
      this.wire.push(message);
      if (this.random(100) < percent) this.drop(this.wire.length - 1);
      else if (this.random(100) < 90) this.deliver(this.wire.length - 1);
    }
    this.judge();
  }

  /** Judges what must hold at any moment. */
  judge(): void {
    for (const { id, up, raft } of this.nodes) {
      if (!up || raft.role !== "leader") continue;
      const other = this.leaders.get(raft.term);
      if (other !== undefined && other !== id) throw new LawBroken(`EL1 ${other} and ${id} lead in term ${raft.term}`);
      if (other !== undefined) continue;
      this.leaders.set(raft.term, id);
      this.judgeCompleteness(raft);
    }
  }

  private judgeCompleteness(raft: Raft): void {
    for (let index = raft.log.firstIndex; index < this.agreed.length; index++)
      if (raft.log.termAt(index) !== this.agreed[index]?.term)
        throw new LawBroken(`LC1 leader ${raft.id} of term ${raft.term} lacks entry ${index}`);
  }

  /** Everybody is up and hears everybody for `rounds` ticks. */
  heal(rounds: number): void {
    this.cuts.clear();
    for (const [which, node] of this.nodes.entries()) if (!node.up) this.crash(which);
    for (let round = 0; round < rounds; round++) {
      for (const which of this.nodes.keys()) this.tick(which);
      this.settle();
    }
  }

  /** Delivers and works until nothing is left to do. */
  settle(): void {
    for (let busy = true; busy; ) {
      busy = false;
      while (this.wire.length > 0) this.deliver(0);
      for (const [which, node] of this.nodes.entries())
        while (node.up && (node.pending !== undefined || node.raft.hasReady)) {
          this.work(which);
          busy = true;
        }
      this.judge();
    }
  }

  get leader(): Node | undefined {
    const leaders = this.nodes.filter(({ up, raft }) => up && raft.role === "leader");
    return leaders.sort((a, b) => b.raft.term - a.raft.term)[0];
  }
}
