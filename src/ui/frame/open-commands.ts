import type { CommandEvent } from "../../worker/protocol.ts";

/**
 * The commands that a host was told to run and not yet to end. A world that is thrown away says nothing more, nor does a
 * terminal that is closed: their commands are ended here, so that every `run` gets its `result`.
 */
export class OpenCommands {
  private open: CommandEvent[] = [];

  begin(event: CommandEvent): void {
    this.open.push(event);
  }

  /** Whether the host still waits for this end. */
  end({ terminal, host, line }: CommandEvent): boolean {
    const place = this.open.findLastIndex(
      (begun) => begun.terminal === terminal && begun.host === host && begun.line === line,
    );
    if (place < 0) return false;
    this.open.splice(place, 1);
    return true;
  }

  /** Takes out those whose terminal is none of these, innermost first. */
  takeOrphans(terminals: readonly number[]): readonly CommandEvent[] {
    const orphans = this.open.filter(({ terminal }) => !terminals.includes(terminal));
    this.open = this.open.filter((each) => !orphans.includes(each));
    return orphans.reverse();
  }
}
