/** A walk through what was entered before, from a draft at its end; what is changed on the way stays so for the walk. */
export class Recall {
  private readonly lines: string[];
  private at: number;

  /** `entered`: oldest first. What has several lines has no place in a field of one. */
  constructor(entered: readonly string[], draft: string) {
    this.lines = [...entered.filter((line) => !line.includes("\n")), draft];
    this.at = this.lines.length - 1;
  }

  /** Leaves `current` where it stands and gives the line one further back or on; undefined: there is none. */
  move(by: -1 | 1, current: string): string | undefined {
    const line = this.lines[this.at + by];
    if (line === undefined) return undefined;
    this.lines[this.at] = current;
    this.at += by;
    return line;
  }
}
