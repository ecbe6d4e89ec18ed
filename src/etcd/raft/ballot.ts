import type { Place, RaftLogger } from "./consensus.ts";
import { hex } from "./leadership.ts";
import type { RaftMessage } from "./message.ts";
import { type Tally, tally } from "./voters.ts";

export type VoteRequest = RaftMessage & { readonly type: "MsgPreVote" | "MsgVote" };

/** The votes of one candidacy. */
export class Ballot {
  private readonly votes = new Map<bigint, boolean>();
  private readonly self: bigint;
  private readonly say: RaftLogger;

  constructor(self: bigint, say: RaftLogger) {
    this.self = self;
    this.say = say;
  }

  clear(): void {
    this.votes.clear();
  }

  /** Takes a vote in; a member's first one counts. */
  count(
    { from, type, term }: Pick<RaftMessage, "from" | "type" | "term">,
    granted: boolean,
    voters: ReadonlySet<bigint>,
  ): Tally {
    const self = hex(this.self);
    this.say(
      `${self} received ${type}${granted ? "" : " rejection"} from ${hex(from)} at term ${term}`,
      granted ? "v3/raft.go:1077" : "v3/raft.go:1079",
    );
    if (!this.votes.has(from)) this.votes.set(from, granted);
    const yes = [...this.votes.values()].filter((vote) => vote).length;
    this.say(
      `${self} has received ${yes} ${type} votes and ${this.votes.size - yes} vote rejections`,
      "v3/raft.go:1693",
    );
    return tally(voters, this.votes);
  }
}

/** `A [logterm: 2, index: 9, vote: 0] cast MsgVote for B [logterm: 2, index: 9] at term 3`. */
export function voteText(
  voter: { readonly id: bigint; readonly vote: bigint; readonly term: number; readonly last: Place },
  verb: "cast" | "rejected" | "ignored",
  { type, from, last }: VoteRequest,
): string {
  const own = `${hex(voter.id)} [logterm: ${voter.last.term}, index: ${voter.last.index}, vote: ${hex(voter.vote)}]`;
  const other = `${hex(from)} [logterm: ${last.term}, index: ${last.index}]`;
  return `${own} ${verb} ${type} ${verb === "cast" ? "for" : "from"} ${other} at term ${voter.term}`;
}
