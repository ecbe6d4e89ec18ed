/** At most so many messages with entries are under way to a member that has not acknowledged them. */
const IN_FLIGHT_MAX = 512;

/**
 * What a leader knows of a member's log:
 *
 *     probe --agreed--> replicate        one message at a time; as many as IN_FLIGHT_MAX
 *       ^ \                |
 *       |  needs what is compacted
 *       |      v           v
 *       +--- snapshot <----+
 *
 * Mirrors go.etcd.io/raft tracker/progress.go.
 */
export class Progress {
  state: "probe" | "replicate" | "snapshot" = "probe";
  /** Up to here the logs agree for certain. */
  match: number;
  /** What is sent next. */
  next: number;
  /** Heard of since the leader last counted its quorum. */
  active = false;
  /** A probe is out; the next one follows its answer or a heartbeat's. */
  private probing = false;
  private pendingSnapshot = 0;
  /** Last indices of messages under way. */
  private inFlight: number[] = [];

  constructor(match: number, next: number) {
    this.match = match;
    this.next = next;
  }

  get isPaused(): boolean {
    if (this.state === "probe") return this.probing;
    return this.state === "snapshot" || this.inFlight.length >= IN_FLIGHT_MAX;
  }

  becomeProbe(): void {
    const after = this.state === "snapshot" ? this.pendingSnapshot : this.match;
    this.enter("probe");
    this.next = Math.max(this.match, after) + 1;
  }

  becomeReplicate(): void {
    this.enter("replicate");
    this.next = this.match + 1;
  }

  becomeSnapshot(index: number): void {
    this.enter("snapshot");
    this.pendingSnapshot = index;
  }

  /** The member told up to where it agrees; true if that is news. */
  update(index: number): boolean {
    this.next = Math.max(this.next, index + 1);
    if (index <= this.match) return false;
    this.match = index;
    this.probing = false;
    if (this.state === "probe") this.becomeReplicate();
    else if (this.state === "snapshot" && this.match >= this.pendingSnapshot) this.becomeReplicate();
    this.inFlight = this.inFlight.filter((last) => last > index);
    return true;
  }

  /** The member refused what followed `rejected`; true unless the news is old. `hint` is where it may agree. */
  fallBack(rejected: number, hint: number): boolean {
    if (this.state === "replicate") {
      if (rejected <= this.match) return false;
      this.becomeProbe();
      return true;
    }
    if (this.next - 1 !== rejected) return false;
    this.next = Math.max(Math.min(rejected, hint + 1), this.match + 1);
    this.probing = false;
    return true;
  }

  /** A message whose last entry is `last` is on its way; it has `count` entries. */
  sent(last: number, count: number): void {
    if (this.state === "replicate") {
      if (count === 0) return;
      this.next = last + 1;
      this.inFlight.push(last);
    } else if (this.state === "probe") this.probing = true;
  }

  /** The member answers: what was lost may be sent again. */
  resume(): void {
    this.probing = false;
    if (this.inFlight.length >= IN_FLIGHT_MAX) this.inFlight.shift();
  }

  /** A snapshot went wrong: it is not waited for. */
  abandonSnapshot(): void {
    this.pendingSnapshot = 0;
  }

  /** Not before something is heard again. */
  pauseProbe(): void {
    this.probing = true;
  }

  private enter(state: Progress["state"]): void {
    this.state = state;
    this.probing = false;
    this.pendingSnapshot = 0;
    this.inFlight = [];
  }
}
