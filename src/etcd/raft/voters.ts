/** How an election stands. */
export type Tally = "won" | "lost" | "open";

/** How many of so many voters agree on anything. */
export function quorumOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** Whether the votes that are in decide. */
export function tally(voters: ReadonlySet<bigint>, votes: ReadonlyMap<bigint, boolean>): Tally {
  let granted = 0;
  let refused = 0;
  for (const voter of voters) {
    const vote = votes.get(voter);
    if (vote === true) granted++;
    else if (vote === false) refused++;
  }
  const quorum = quorumOf(voters.size);
  if (granted >= quorum) return "won";
  return voters.size - refused < quorum ? "lost" : "open";
}

/** The highest index that a quorum of voters has reached. */
export function agreedIndex(voters: ReadonlySet<bigint>, matchOf: (voter: bigint) => number): number {
  const reached = [...voters].map(matchOf).sort((a, b) => b - a);
  return reached[quorumOf(voters.size) - 1] ?? 0;
}
