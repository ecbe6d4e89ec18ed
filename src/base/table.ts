/** How columns are set (Go's text/tabwriter). */
export interface TabOptions {
  readonly minWidth: number;
  readonly padding: number;
}

/** kubectl get, api-resources, config get-contexts (cli-runtime printers.GetNewTabWriter). */
export const GET_TABS: TabOptions = { minWidth: 6, padding: 3 };
/** kubectl describe. */
export const DESCRIBE_TABS: TabOptions = { minWidth: 0, padding: 2 };

/**
 * Aligns text whose cells end with tabs. A column is a run of neighbouring lines that have such a cell there, so tables
 * in one text do not disturb each other:
 *
 *     a\tbb\tc        a  bb c
 *     aaa\tb\tc   ->  aaa b c      (the last cell of a line is never padded)
 *     no tab          no tab
 *     x\ty            x y
 */
export function alignTabs(text: string, options: TabOptions): string {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const out: string[] = [];
  new Aligner(lines, options, out).block(0, lines.length);
  return out.join("\n");
}

class Aligner {
  private readonly widths: number[] = [];
  private readonly lines: readonly (readonly string[])[];
  private readonly options: TabOptions;
  private readonly out: string[];

  constructor(lines: readonly (readonly string[])[], options: TabOptions, out: string[]) {
    this.lines = lines;
    this.options = options;
    this.out = out;
  }

  /** Writes lines `from` to `to`, whose columns so far are in `widths`. */
  block(from: number, to: number): void {
    const column = this.widths.length;
    let start = from;
    for (let at = from; at < to; at++) {
      if (!this.hasCell(at, column)) continue;
      this.write(start, at);
      start = at;
      let width = this.options.minWidth;
      for (; at < to && this.hasCell(at, column); at++) {
        width = Math.max(width, textWidth(this.lines[at]?.[column] ?? "") + this.options.padding);
      }
      this.widths.push(width);
      this.block(start, at);
      this.widths.pop();
      start = at;
    }
    this.write(start, to);
  }

  private hasCell(line: number, column: number): boolean {
    return column < (this.lines[line]?.length ?? 0) - 1;
  }

  private write(from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const cells = this.lines[at] ?? [];
      let text = "";
      cells.forEach((cell, column) => {
        const width = this.widths[column];
        text += width === undefined ? cell : cell + " ".repeat(Math.max(0, width - textWidth(cell)));
      });
      this.out.push(text);
    }
  }
}

/**
 * Rows printed as they come, as `get -w` does: a column never gets narrower than it has been
 * (tabwriter.RememberWidths).
 */
export class GrowingTable {
  private widths: number[] = [];
  private readonly options: TabOptions;

  constructor(options: TabOptions) {
    this.options = options;
  }

  /** The rows' text, each with a newline. */
  format(rows: readonly (readonly string[])[]): string {
    for (const row of rows) {
      row.slice(0, -1).forEach((cell, column) => {
        const width = Math.max(this.options.minWidth, textWidth(cell) + this.options.padding);
        this.widths[column] = Math.max(this.widths[column] ?? 0, width);
      });
    }
    return rows.map((row) => `${this.line(row)}\n`).join("");
  }

  private line(row: readonly string[]): string {
    return row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + " ".repeat(Math.max(0, (this.widths[column] ?? 0) - textWidth(cell))),
      )
      .join("");
  }
}

/** Width in code points, as Go counts. */
function textWidth(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return [...text].length;
  return text.length;
}
