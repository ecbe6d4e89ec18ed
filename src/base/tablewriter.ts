/**
 * Tables as tablewriter 0.0.5 draws them for etcdctl and etcdutl: header in capitals and centred, cells to the right,
 * texts wider than 30 broken between words.
 *
 *     +----------+-------+
 *     | ENDPOINT | HASH  |
 *     +----------+-------+
 *     |        a | 12345 |
 *     +----------+-------+
 */
export function drawTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(wrapCell));
  const widths = header.map((title, column) =>
    Math.max(
      width(title),
      ...rows.map((row) => Math.min(CELL_WIDTH_MAX, width(row[column] ?? ""))), // a broken text keeps its full width
      ...cells.flatMap((row) => (row[column] ?? [""]).map(width)),
    ),
  );
  const rule = `+${widths.map((size) => "-".repeat(size + 2)).join("+")}+\n`;
  const titles = header.map((title, column) => center(title.toUpperCase(), widths[column] ?? 0));
  let text = `${rule}| ${titles.join(" | ")} |\n${rule}`;
  for (const row of cells) text += drawRow(row, widths);
  return text + (rows.length > 0 ? rule : "");
}

/**
 * Tables as tablewriter 1.0 draws them for etcdctl and etcdutl 3.5, which took it late in their line: boxes, nothing
 * broken.
 *
 *     ┌──────────┬───────┐
 *     │ ENDPOINT │ HASH  │
 *     ├──────────┼───────┤
 *     │        a │ 12345 │
 *     └──────────┴───────┘
 */
export function drawBoxes(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((text) => text.trim()));
  const widths = header.map((title, column) => Math.max(width(title), ...cells.map((row) => width(row[column] ?? ""))));
  const titles = header.map((title, column) => center(title.toUpperCase(), widths[column] ?? 0));
  const rule = (left: string, middle: string, right: string) =>
    `${left}${widths.map((size) => "─".repeat(size + 2)).join(middle)}${right}\n`;
  const body = cells.map(
    (row) => `│ ${widths.map((size, column) => toRight(row[column] ?? "", size)).join(" │ ")} │\n`,
  );
  const head = `${rule("┌", "┬", "┐")}│ ${titles.join(" │ ")} │\n`;
  return `${head}${body.length === 0 ? "" : rule("├", "┼", "┤")}${body.join("")}${rule("└", "┴", "┘")}`;
}

function drawRow(row: readonly (readonly string[])[], widths: readonly number[]): string {
  const height = Math.max(1, ...row.map((lines) => lines.length));
  let text = "";
  for (let line = 0; line < height; line++) {
    const parts = widths.map((size, column) => toRight(row[column]?.[line] ?? "", size));
    text += `| ${parts.join(" | ")} |\n`;
  }
  return text;
}

function toRight(text: string, size: number): string {
  return " ".repeat(Math.max(0, size - width(text))) + text;
}

function center(text: string, size: number): string {
  const gap = Math.max(0, size - width(text));
  const left = Math.floor(gap / 2);
  return " ".repeat(left) + text + " ".repeat(gap - left);
}

function width(text: string): number {
  return [...text].length;
}

const CELL_WIDTH_MAX = 30;
const TOO_LONG_PENALTY = 100_000;

function wrapCell(text: string): string[] {
  if (width(text) <= CELL_WIDTH_MAX) return [text];
  const words = text.replaceAll("\n", " ").split(" ");
  const limit = Math.max(CELL_WIDTH_MAX, ...words.map(width));
  return words.length > 500 ? [text] : wrapWords(words, limit);
}

/** Breaks where the squares of the blanks left at line ends are fewest (Knuth's minimal raggedness). */
function wrapWords(words: readonly string[], limit: number): string[] {
  const count = words.length;
  const cost = new Array<number>(count + 1).fill(0);
  const breaks = new Array<number>(count).fill(count);
  for (let from = count - 1; from >= 0; from--) {
    if (lineWidth(words, from, count) <= limit) continue;
    cost[from] = Number.POSITIVE_INFINITY;
    for (let to = from + 1; to < count; to++) {
      const rest = limit - lineWidth(words, from, to);
      const total = rest * rest + (cost[to] ?? 0) + (rest < 0 ? TOO_LONG_PENALTY : 0);
      if (total >= (cost[from] ?? 0)) continue;
      cost[from] = total;
      breaks[from] = to;
    }
  }
  const lines: string[] = [];
  for (let at = 0; at < count; at = breaks[at] ?? count) lines.push(words.slice(at, breaks[at]).join(" "));
  return lines;
}

function lineWidth(words: readonly string[], from: number, to: number): number {
  let total = to - from - 1;
  for (let i = from; i < to; i++) total += width(words[i] ?? "");
  return total;
}
