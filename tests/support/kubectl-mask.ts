/** A column is masked as one: what stands in its cells, and what a row of its table says in their place. */
interface ColumnMask {
  /** What the column is headed with; its rows are the lines right below that have a cell there. */
  readonly header: RegExp;
  readonly mask: (cell: string) => string;
}

interface Cell {
  readonly start: number;
  readonly text: string;
}

/** Ages as kubectl writes them: `5d`, `3m20s`, `2y45d`, `<unknown>`, and `<invalid>` for what has yet to come. */
const AGE = /(?:\d+[smhdy]){1,2}|<invalid>|<unknown>/g;
const AGE_COLUMN: ColumnMask = { header: /^(?:AGE|LAST SEEN|Age)$/, mask: (cell) => cell.replace(AGE, "<AGE>") };

/**
 * Masks ages in tables, with the blanks behind them that only their width decides: in a column of masked cells every row
 * moves by as much as its widest cell has become wider. What is left of the blanks must be the same.
 */
export function withoutAges(text: string): string {
  return withColumnMasked(text, AGE_COLUMN);
}

/** Masks every match of `pattern`, as `withoutAges` does for ages wherever it stands in a cell. */
export function levelled(text: string, pattern: RegExp, name: string): string {
  const lines = text.split("\n");
  const mask = (cell: string) => cell.replace(pattern, name);
  for (let row = 0; row < lines.length; row++) {
    for (let at = 0; ; at++) {
      const cell = cellsOf(lines[row] ?? "")[at];
      if (cell === undefined) break;
      if (mask(cell.text) !== cell.text) maskColumn(lines, runAround(lines, row, cell.start), cell.start, mask);
    }
  }
  return lines.join("\n");
}

function withColumnMasked(text: string, { header, mask }: ColumnMask): string {
  const lines = text.split("\n");
  for (let row = 0; row < lines.length; row++) {
    for (const { start, text: title } of cellsOf(lines[row] ?? "")) {
      if (header.test(title)) maskColumn(lines, [row, runAround(lines, row, start)[1]], start, mask);
    }
  }
  return lines.join("\n");
}

/** First and last of the lines around `row` that have a cell at `start`. */
function runAround(lines: readonly string[], row: number, start: number): [number, number] {
  const has = (at: number) => cellAt(lines[at], start) !== undefined;
  let [first, last] = [row, row];
  while (has(first - 1)) first--;
  while (has(last + 1)) last++;
  return [first, last];
}

function maskColumn(lines: string[], [first, last]: [number, number], start: number, mask: (cell: string) => string) {
  const rows = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const cells = rows.map((row) => cellAt(lines[row], start)?.text ?? "");
  const masks = cells.map(mask);
  const grown = widest(masks) - widest(cells);
  for (const [index, row] of rows.entries()) {
    const line = lines[row] ?? "";
    const [cell = "", masked = ""] = [cells[index], masks[index]];
    const rest = line.slice(start + cell.length);
    const blanks = rest.length - rest.trimStart().length;
    const padded = rest.trim() === "" ? rest : " ".repeat(Math.max(1, blanks + cell.length + grown - masked.length));
    lines[row] = line.slice(0, start) + masked + padded + rest.trimStart();
  }
}

function widest(cells: readonly string[]): number {
  return Math.max(...cells.map(({ length }) => length));
}

function cellAt(line: string | undefined, start: number): Cell | undefined {
  return line === undefined ? undefined : cellsOf(line).find((cell) => cell.start === start);
}

/** What stands between runs of two or more blanks. */
function cellsOf(line: string): Cell[] {
  return [...line.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ start: match.index, text: match[0] }));
}
