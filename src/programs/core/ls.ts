import { humanSize } from "../../base/byte-size.ts";
import { strftime } from "../../base/calendar.ts";
import type { GivenOptions } from "../../base/getopt.ts";
import { join } from "../../base/path.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { Task } from "../../sim/task.ts";
import type { Stats } from "../../vfs/file-system.ts";
import { modeText } from "./file-mode.ts";
import { complain, fileErrorText, utility } from "./utility.ts";

/** ls: names in a directory, in columns on a terminal. */
export const ls = utility({
  name: "ls",
  usage: "[OPTION]... [FILE]...",
  summary: "List the entries of directories.",
  usageExitCode: 2,
  options: [
    { short: "a", long: "all", help: "show names that begin with a dot" },
    { short: "A", long: "almost-all", help: "as -a, without . and .." },
    { short: "l", help: "one line each with mode, owner, size and time" },
    { short: "1", help: "one name a line" },
    { short: "d", long: "directory", help: "show directories themselves" },
    { short: "R", long: "recursive", help: "go into subdirectories" },
    { short: "h", long: "human-readable", help: "sizes like 1K 234M" },
    { short: "t", help: "newest first" },
    { short: "S", help: "largest first" },
    { short: "r", long: "reverse", help: "the other way round" },
    { short: "i", long: "inode", help: "show inode numbers" },
    { short: "F", long: "classify", value: "optional", help: "mark kinds with one of */=@|" },
    { short: "p", help: "mark directories with /" },
    { short: "n", long: "numeric-uid-gid", help: "as -l, with numbers for owners" },
    { short: "s", long: "size", help: "show allocated blocks" },
    { short: "C", help: "in columns" },
    { short: "X", help: "ordered by extension" },
    { short: "U", help: "unordered" },
    { short: "Z", refused: "security contexts (-Z)" },
    { long: "color", value: "optional", help: "accepted; names are not coloured" },
    { long: "time-style", value: "required", help: "full-iso, long-iso, iso or +FORMAT" },
    { long: "full-time", help: "as -l --time-style=full-iso" },
    { long: "group-directories-first", help: "directories before files" },
  ],
  *run(process, options, operands) {
    const listing = new Listing(process, options);
    return yield* listing.all(operands.length === 0 ? ["."] : operands);
  },
});

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stats: Stats;
}

class Listing {
  private readonly process: Process;
  private readonly options: GivenOptions;
  private readonly long: boolean;
  private code = 0;
  private printedSomething = false;

  constructor(process: Process, options: GivenOptions) {
    this.process = process;
    this.options = options;
    this.long = options.has("l") || options.has("numeric-uid-gid") || options.has("full-time");
  }

  *all(operands: readonly string[]): Task<number> {
    const files: Entry[] = [];
    const directories: Entry[] = [];
    for (const operand of [...operands].sort()) {
      const entry = yield* this.look(operand, operand, !this.long && !this.options.has("directory"));
      if (entry === undefined) continue;
      const isDirectory = entry.stats.type === "directory" && !this.options.has("directory");
      (isDirectory ? directories : files).push(entry);
    }
    if (files.length > 0) yield* this.print(this.sort(files), false);
    const titled = operands.length > 1 || this.options.has("recursive");
    for (const directory of this.sort(directories)) yield* this.directory(directory.path, titled);
    return this.code;
  }

  private *look(name: string, path: string, followLink: boolean): Task<Entry | undefined> {
    try {
      const stats = this.process.fs.lstat(path);
      const target =
        stats.type === "symlink" && followLink && this.process.fs.exists(path) ? this.process.fs.stat(path) : stats;
      return { name, path, stats: target };
    } catch (error) {
      this.code = 2;
      yield* complain(this.process, "ls", `cannot access '${path}': ${fileErrorText(error)}`);
      return undefined;
    }
  }

  private *directory(path: string, titled: boolean): Task<void> {
    let names: readonly string[];
    try {
      names = this.process.fs.readdir(path);
    } catch (error) {
      this.code = Math.max(this.code, 2);
      yield* complain(this.process, "ls", `cannot open directory '${path}': ${fileErrorText(error)}`);
      return;
    }
    const entries = this.sort(this.entries(path, names));
    if (titled) yield* writeText(this.process.stdout, `${this.printedSomething ? "\n" : ""}${path}:\n`);
    this.printedSomething = true;
    yield* this.print(entries, true);
    if (!this.options.has("recursive")) return;
    for (const entry of entries) {
      if (entry.stats.type === "directory" && entry.name !== "." && entry.name !== "..")
        yield* this.directory(entry.path, true);
    }
  }

  private entries(path: string, names: readonly string[]): Entry[] {
    const all = this.options.has("all");
    const shown = names.filter((name) => all || this.options.has("almost-all") || !name.startsWith("."));
    return [...(all ? [".", ".."] : []), ...shown].flatMap((name) => {
      const full = join(path, name);
      return this.process.fs.exists(full) || names.includes(name)
        ? [{ name, path: full, stats: this.process.fs.lstat(full) }]
        : [];
    });
  }

  private sort(entries: readonly Entry[]): Entry[] {
    const byName = (a: Entry, b: Entry) => compareNames(a.name, b.name);
    let order = byName;
    if (this.options.has("t")) order = (a, b) => b.stats.modifiedAt - a.stats.modifiedAt || byName(a, b);
    if (this.options.has("S")) order = (a, b) => b.stats.size - a.stats.size || byName(a, b);
    if (this.options.has("X")) order = (a, b) => compareNames(extension(a.name), extension(b.name)) || byName(a, b);
    const sorted = this.options.has("U") ? [...entries] : [...entries].sort(order);
    if (this.options.has("reverse")) sorted.reverse();
    if (!this.options.has("group-directories-first")) return sorted;
    const isDirectory = (entry: Entry) => entry.stats.type === "directory";
    return [...sorted.filter(isDirectory), ...sorted.filter((entry) => !isDirectory(entry))];
  }

  private *print(entries: readonly Entry[], total: boolean): Task<void> {
    this.printedSomething = true;
    if (this.long) return yield* writeText(this.process.stdout, this.longText(entries, total));
    const labels = entries.map((entry) => this.label(entry));
    const columns = this.options.has("C") || (this.process.stdout.kind === "terminal" && !this.options.has("1"));
    const text = columns
      ? inColumns(labels, this.process.terminal?.columns ?? 80)
      : labels.map((label) => `${label}\n`).join("");
    yield* writeText(this.process.stdout, text);
  }

  private label(entry: Entry): string {
    const inode = this.options.has("inode") ? `${entry.stats.inode} ` : "";
    const blocks = this.options.has("size") ? `${blocksOf(entry.stats) / 2} ` : "";
    return `${inode}${blocks}${this.shownName(entry)}${this.mark(entry.stats)}`;
  }

  /** On a terminal, names with blanks are quoted and control characters shown, so that no name can drive it. */
  private shownName(entry: Entry): string {
    if (this.process.stdout.kind !== "terminal") return entry.name;
    if (/[\u0000-\u001f\u007f]/.test(entry.name)) {
      return `'${entry.name.replace(/[\u0000-\u001f\u007f]/g, (char) => `'$'\\${char.charCodeAt(0).toString(8).padStart(3, "0")}''`)}'`;
    }
    return /[\s'"\\$`!*?[\]{}()<>|&;~#]/.test(entry.name) ? `'${entry.name}'` : entry.name;
  }

  private mark(stats: Stats): string {
    if (stats.type === "directory") return this.options.has("classify") || this.options.has("p") ? "/" : "";
    if (!this.options.has("classify")) return "";
    if (stats.type === "symlink") return "@";
    if (stats.type === "fifo") return "|";
    return (stats.mode & 0o111) !== 0 ? "*" : "";
  }

  private longText(entries: readonly Entry[], total: boolean): string {
    const rows = entries.map((entry) => [
      modeText(entry.stats),
      String(entry.stats.links),
      this.owner(entry.stats.uid),
      this.owner(entry.stats.gid),
      this.size(entry.stats.size),
      this.time(entry.stats.modifiedAt),
    ]);
    const width = (column: number) => Math.max(0, ...rows.map((row) => (row[column] ?? "").length));
    const [links, owner, group, size] = [width(1), width(2), width(3), width(4)];
    const blocks = entries.reduce((sum, entry) => sum + blocksOf(entry.stats), 0) / 2;
    const head = total ? `total ${this.options.has("human-readable") ? this.size(blocks * 1024) : blocks}\n` : "";
    return (
      head +
      entries
        .map((entry, index) => {
          const [mode = "", l = "", o = "", g = "", s = "", time = ""] = rows[index] ?? [];
          const link = entry.stats.type === "symlink" ? ` -> ${this.process.fs.readlink(entry.path)}` : "";
          return `${mode} ${l.padStart(links)} ${o.padEnd(owner)} ${g.padEnd(group)} ${s.padStart(size)} ${time} ${this.label(entry)}${link}\n`;
        })
        .join("")
    );
  }

  private owner(id: number): string {
    return id === 0 && !this.options.has("numeric-uid-gid") ? "root" : String(id);
  }

  private size(bytes: number): string {
    if (!this.options.has("human-readable") || bytes < 1024) return String(bytes);
    return humanSize(bytes);
  }

  private time(at: number): string {
    const style = this.options.has("full-time") ? "full-iso" : (this.options.value("time-style") ?? "locale");
    if (style.startsWith("+")) return strftime(style.slice(1), at);
    if (style === "full-iso") return strftime("%F %T.%N %z", at);
    if (style === "long-iso") return strftime("%F %R", at);
    const halfYear = 31_556_952_000 / 2;
    const recent = at > this.process.clock.now - halfYear && at <= this.process.clock.now;
    return strftime(recent ? "%b %e %H:%M" : "%b %e  %Y", at);
  }
}

function blocksOf(stats: Stats): number {
  return stats.type === "directory" ? 8 : stats.type === "file" ? Math.ceil(stats.size / 4096) * 8 : 0;
}

function extension(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot) : "";
}

/** The C.UTF-8 locale's order: by code point. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Down the columns, as many as fit into `width`. */
function inColumns(labels: readonly string[], width: number): string {
  if (labels.length === 0) return "";
  for (let rows = 1; rows <= labels.length; rows++) {
    const widths: number[] = [];
    for (let start = 0; start < labels.length; start += rows) {
      widths.push(Math.max(...labels.slice(start, start + rows).map((label) => label.length)) + 2);
    }
    const total = widths.reduce((sum, each) => sum + each, 0) - 2;
    if (total > width && rows < labels.length) continue;
    let text = "";
    for (let row = 0; row < rows; row++) {
      const cells = widths.map((columnWidth, column) => (labels[column * rows + row] ?? "").padEnd(columnWidth));
      text += `${cells.join("").trimEnd()}\n`;
    }
    return text;
  }
  return "";
}
