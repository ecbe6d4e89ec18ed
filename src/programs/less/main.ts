import { type FileDescriptor, LineReader, writeText } from "../../machine/file-descriptor.ts";
import { runFullScreen } from "../../machine/full-screen.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { Terminal } from "../../machine/terminal.ts";
import { Signal } from "../../sim/signal.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import { FsError, type OpenFile } from "../../vfs/file-system.ts";
import { type PagedText, Pager, type PagerSettings } from "./pager.ts";

/** Keys come one by one, but Ctrl-C still reaches the whole pipeline. */
const PAGER_MODE = { canonical: false, echo: false, signals: true };
const LINES_PER_BREATH = 2000;

/** less: shows text a screen at a time. */
export const less: Program = (process) => page(process, "less", false);

/** more: the older pager, over at the end of the text. */
export const more: Program = (process) => page(process, "more", true);

interface Request {
  readonly settings: PagerSettings;
  readonly files: readonly string[];
  readonly start: string;
}

function* page(process: Process, name: string, isMore: boolean): Task<number> {
  const request = readRequest(process, isMore);
  if (typeof request === "string") {
    yield* writeText(process.stdout, request);
    return 0;
  }
  if (request.files.length === 0 && process.stdin.kind === "terminal") {
    const help = isMore ? "more: bad usage\nTry 'more --help' for more information.\n" : MISSING_NAME;
    yield* writeText(isMore ? process.stderr : process.stdout, help);
    return 1;
  }
  const sources = yield* openSources(process, name, request.files);
  if (sources.length === 0) return 1;
  const { terminal } = process;
  if (terminal === undefined || process.stdout.kind !== "terminal") return yield* copy(process, sources);
  return yield* show(process, terminal, sources, request);
}

const MISSING_NAME = 'Missing filename ("less --help" for help)\n';

function readRequest(process: Process, isMore: boolean): Request | string {
  const fromEnvironment = isMore ? [] : (process.env.get("LESS") ?? "").split(/\s+/).filter((word) => word !== "");
  const flags = new Set<string>();
  const files: string[] = [];
  let start = "";
  for (const word of [
    ...fromEnvironment.map((each) => (each.startsWith("-") ? each : `-${each}`)),
    ...process.argv.slice(1),
  ]) {
    if (word === "--help" || word === "-?") return helpText(isMore ? "more" : "less");
    if (word === "--version" || word === "-V") return isMore ? "more from util-linux 2.39.3\n" : "less 590\n";
    if (word.startsWith("+")) start = word.slice(1);
    else if (LONG[word] !== undefined) flags.add(LONG[word] ?? "");
    else if (word.startsWith("-") && word !== "-" && !word.startsWith("--"))
      for (const letter of word.slice(1)) flags.add(letter);
    else if (word !== "--") files.push(word);
  }
  const settings: PagerSettings = {
    chop: flags.has("S"),
    raw: flags.has("R") || flags.has("r") || isMore,
    numbers: flags.has("N"),
    ignoreCase: flags.has("i") || flags.has("I"),
    quitIfOneScreen: flags.has("F") || isMore,
    quitAtEnd: flags.has("e") || flags.has("E") || isMore,
  };
  return { settings, files, start };
}

const LONG: Readonly<Record<string, string>> = {
  "--chop-long-lines": "S",
  "--LINE-NUMBERS": "N",
  "--RAW-CONTROL-CHARS": "R",
  "--quit-if-one-screen": "F",
  "--no-init": "X",
  "--ignore-case": "i",
  "--QUIT-AT-EOF": "E",
};

function helpText(name: string): string {
  return `Usage: ${name} [-SNRFiEX] [+COMMAND] [FILE]...\nShow text a screen at a time. Press h while it runs for its keys, q to leave.\n\n  -S  cut long lines instead of wrapping them\n  -N  show line numbers\n  -R  pass colours on\n  -F  leave at once if the text fits the screen\n  -i  ignore case when searching\n  -E  leave at the end of the text\n`;
}

/** Text and the task that reads it. */
interface Source {
  readonly text: PagedText;
  readonly open: () => FileDescriptor | OpenFile;
  readonly path: string | undefined;
}

function* openSources(process: Process, name: string, files: readonly string[]): Task<Source[]> {
  if (files.length === 0) return [{ text: emptyText(""), open: () => process.stdin, path: undefined }];
  const sources: Source[] = [];
  for (const path of files) {
    try {
      if (path === "-") sources.push({ text: emptyText(""), open: () => process.stdin, path: undefined });
      else if (process.fs.stat(path).type === "directory")
        yield* writeText(
          process.stderr,
          name === "more" ? `\n*** ${path}: directory ***\n\n` : `${path} is a directory\n`,
        );
      else {
        const file = process.fs.open(path, { read: true });
        sources.push({ text: emptyText(path), open: () => file, path });
      }
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      yield* writeText(
        process.stderr,
        name === "more" ? `more: cannot open ${path}: ${error.message}\n` : `${path}: ${error.message}\n`,
      );
    }
  }
  return sources;
}

function emptyText(name: string): PagedText {
  return { name, lines: [], ended: false };
}

/** Standard output is no terminal: as cat. */
function* copy(process: Process, sources: readonly Source[]): Task<number> {
  for (const source of sources) {
    const from = source.open();
    if ("fsync" in from) yield* process.stdout.write(from.read(0, from.size));
    else
      for (let part = yield* from.read(); part !== undefined; part = yield* from.read())
        yield* process.stdout.write(part);
  }
  return 0;
}

function* show(process: Process, terminal: Terminal, sources: readonly Source[], request: Request): Task<number> {
  const pager = new Pager(
    sources.map((source) => source.text),
    request.settings,
  );
  const first = sources[0];
  const changed = new Signal();
  const reading = process.tasks.spawn("read", readAll(process, sources, changed));
  if (request.settings.quitIfOneScreen && first !== undefined) {
    while (!first.text.ended && pager.fitsOneScreen(terminal.columns, terminal.rows)) yield* waitFor(changed);
    if (pager.fitsOneScreen(terminal.columns, terminal.rows)) {
      yield* writeText(process.stdout, first.text.lines.map((line) => `${line}\n`).join(""));
      return 0;
    }
  }
  while (first !== undefined && !first.text.ended && first.text.lines.length === 0) yield* waitFor(changed);
  pager.fit(terminal.columns, terminal.rows);
  if (request.start !== "") pager.start(request.start);
  process.onSignal("SIGINT", () => pager.press("<C-c>"));
  try {
    return yield* runFullScreen(process, terminal, pager, {
      mode: PAGER_MODE,
      *feed(redraw) {
        for (;;) {
          yield* waitFor(changed);
          redraw();
        }
      },
    });
  } finally {
    reading.cancel();
  }
}

function* readAll(process: Process, sources: readonly Source[], changed: Signal): Task<void> {
  for (const source of sources) {
    const from = source.open();
    if ("fsync" in from) process.tasks.spawn("file", readFile(process, from, source, changed));
    else yield* readStream(process, from, source.text, changed);
  }
}

function* readStream(process: Process, from: FileDescriptor, text: PagedText, changed: Signal): Task<void> {
  const reader = new LineReader(from);
  let since = 0;
  for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
    text.lines.push(line);
    if (text.lines.length === 1 || ++since >= LINES_PER_BREATH) yield* process.compute(1);
    since %= LINES_PER_BREATH;
    changed.notify();
  }
  text.ended = true;
  changed.notify();
}

/** Reads a file, and what is added to it later. */
function* readFile(process: Process, file: OpenFile, source: Source, changed: Signal): Task<void> {
  const grown = new Signal();
  const watch = process.fs.watch(source.path ?? "", () => grown.notify());
  const decoder = new TextDecoder();
  let offset = 0;
  let partial = "";
  try {
    for (;;) {
      const bytes = file.read(offset, file.size);
      offset += bytes.length;
      const lines = (partial + decoder.decode(bytes, { stream: true })).split("\n");
      if (partial !== "") source.text.lines.pop();
      partial = lines.pop() ?? "";
      for (const line of lines) source.text.lines.push(line);
      if (partial !== "") source.text.lines.push(partial);
      source.text.ended = true;
      changed.notify();
      yield* waitFor(grown);
    }
  } finally {
    watch.dispose();
  }
}
