import { strftime } from "../../base/calendar.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import { MEMORY_KIB } from "../../machine/proc.ts";
import type { Process, ProcessInfo, Program } from "../../machine/process.ts";
import { columns, fail } from "./options.ts";

interface Column {
  readonly title: string;
  readonly right?: boolean;
  value(row: ProcessInfo, now: number, elapsedMs: number): string;
}

/** Resident size that is shown for a process, in KiB: by its name, as nothing here measures memory. */
const RESIDENT_KIB: Readonly<Record<string, number>> = {
  etcd: 51_200,
  "kube-apiserver": 262_144,
  "kube-controller-manager": 98_304,
  "kube-scheduler": 61_440,
  kubelet: 94_208,
  "kube-proxy": 49_152,
  coredns: 45_056,
  containerd: 57_344,
  bash: 5120,
  init: 12_288,
};

const COLUMNS: Readonly<Record<string, Column>> = {
  user: { title: "USER", value: (row) => row.user },
  uid: { title: "UID", value: (row) => row.user },
  pid: { title: "PID", right: true, value: (row) => String(row.pid) },
  ppid: { title: "PPID", right: true, value: (row) => String(row.parentPid) },
  pgid: { title: "PGID", right: true, value: (row) => String(row.processGroup) },
  c: { title: "C", right: true, value: () => "0" },
  pcpu: { title: "%CPU", right: true, value: () => "0.0" },
  pmem: { title: "%MEM", right: true, value: (row) => ((100 * residentKib(row)) / MEMORY_KIB).toFixed(1) },
  vsz: { title: "VSZ", right: true, value: (row) => String(residentKib(row) * 14) },
  rss: { title: "RSS", right: true, value: (row) => String(residentKib(row)) },
  tty: { title: "TTY", value: (row) => row.terminal?.replace("/dev/", "") ?? "?" },
  stat: { title: "STAT", value: (row) => row.state + (row.pid === row.processGroup ? "s" : "") },
  s: { title: "S", value: (row) => row.state },
  start: { title: "START", value: (_row, now, elapsedMs) => startedText(now - elapsedMs, now) },
  stime: { title: "STIME", value: (_row, now, elapsedMs) => startedText(now - elapsedMs, now) },
  time: { title: "TIME", right: true, value: () => "00:00:00" },
  bsdtime: { title: "TIME", right: true, value: () => "0:00" },
  etime: { title: "ELAPSED", right: true, value: (_row, _now, elapsedMs) => elapsedText(elapsedMs) },
  comm: { title: "CMD", value: commandName },
  cmd: { title: "CMD", value: commandLine },
  command: { title: "COMMAND", value: commandLine },
};

const ALIASES: Readonly<Record<string, string>> = {
  args: "command",
  "%cpu": "pcpu",
  "%mem": "pmem",
  euser: "user",
  tname: "tty",
  state: "s",
  ucmd: "comm",
};
const FORMATS = {
  short: ["pid", "tty", "time", "comm"],
  full: ["uid", "pid", "ppid", "c", "stime", "tty", "time", "cmd"],
  bsd: ["user", "pid", "pcpu", "pmem", "vsz", "rss", "tty", "stat", "start", "bsdtime", "command"],
} as const;

interface Request {
  columns: { name: string; title: string | undefined }[];
  keep: (row: ProcessInfo) => boolean;
  headers: boolean;
}

/** ps: the process table in Unix (`-ef`) and BSD (`aux`) styles. */
export const ps: Program = function* (process) {
  const request = readRequest(process);
  if (typeof request === "string") return yield* fail(process, request);
  const { now, uptime } = process.clock;
  const rows = process.machine.processes().filter(request.keep);
  const shown = request.columns.map(({ name, title }) => ({ column: COLUMNS[name], title }));
  const cells = rows.map((row) =>
    shown.map(({ column }) => column?.value(row, now, uptime - row.startedUptime) ?? "-"),
  );
  const titles = shown.map(({ column, title }) => title ?? column?.title ?? "");
  const right = new Set(shown.flatMap(({ column }, at) => (column?.right === true ? [at] : [])));
  const table = request.headers && titles.some((title) => title !== "") ? [padded(request, titles), ...cells] : cells;
  yield* writeText(process.stdout, columns(table, 1, right));
  return rows.length > 0 ? 0 : 1;
};

/** Columns have procps's least widths. */
function padded(request: Request, titles: readonly string[]): string[] {
  return titles.map((title, at) => {
    const { name } = request.columns[at] ?? { name: "" };
    const width =
      {
        bsdtime: 6,
        start: 5,
        stat: 4,
        pcpu: 4,
        pmem: 4,
        time: 8,
        stime: 5,
        c: 2,
        pid: 7,
        ppid: 7,
        user: 8,
        uid: 8,
        tty: 8,
        vsz: 6,
        rss: 5,
      }[name] ?? 0;
    return COLUMNS[name]?.right === true
      ? title.padStart(width)
      : at === titles.length - 1
        ? title
        : title.padEnd(width);
  });
}

function readRequest(process: Process): Request | string {
  const terminal = process.terminal?.name;
  const request: Request = {
    columns: FORMATS.short.map(plainColumn),
    keep: (row) => row.terminal === terminal,
    headers: true,
  };
  const queue = process.argv.slice(1);
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const failure = takeWord(request, word, queue);
    if (failure !== undefined) return failure;
  }
  return request;
}

function takeWord(request: Request, word: string, queue: string[]): string | undefined {
  const long = /^--(\w[\w-]*)(?:=(.*))?$/.exec(word);
  if (long?.[1] === "no-headers") request.headers = false;
  else if (long?.[1] === "pid") request.keep = byPid(long[2] ?? queue.shift() ?? "");
  else if (long?.[1] === "forest") return undefined;
  else if (long !== null) return `error: unknown gnu long option\n${USAGE}`;
  else if (word.startsWith("-")) return takeUnix(request, word.slice(1), queue);
  else if (/^\d+(,\d+)*$/.test(word)) request.keep = byPid(word);
  else return takeBsd(request, word);
  return undefined;
}

function takeUnix(request: Request, letters: string, queue: string[]): string | undefined {
  for (let at = 0; at < letters.length; at++) {
    const letter = letters.charAt(at);
    const argument = () => {
      const rest = letters.slice(at + 1);
      at = letters.length;
      return rest !== "" ? rest : (queue.shift() ?? "");
    };
    if (letter === "e" || letter === "A") request.keep = () => true;
    else if (letter === "f" || letter === "F") request.columns = FORMATS.full.map(plainColumn);
    else if (letter === "p") request.keep = byPid(argument());
    else if (letter === "C") request.keep = byName(argument());
    else if (letter === "u" || letter === "U") request.keep = byUser(argument());
    else if (letter === "o") {
      const failure = chooseColumns(request, argument());
      if (failure !== undefined) return failure;
    } else if (!"lHwaxTL".includes(letter)) return `error: unsupported SysV option\n${USAGE}`;
  }
  return undefined;
}

function takeBsd(request: Request, letters: string): string | undefined {
  for (const letter of letters) {
    if (letter === "a" || letter === "x") request.keep = () => true;
    else if (letter === "u") request.columns = FORMATS.bsd.map(plainColumn);
    else if (!"fwjle".includes(letter)) return `error: unsupported option (BSD syntax)\n${USAGE}`;
  }
  return undefined;
}

/** `pid,comm` or `pid=,comm=NAME`. */
function chooseColumns(request: Request, list: string): string | undefined {
  if (
    request.columns.some(
      ({ name }) => (FORMATS.short as readonly string[]).includes(name) && request.columns.length === 4,
    )
  )
    request.columns = [];
  for (const item of list.split(",")) {
    const [name = "", title] = item.split("=");
    const known = ALIASES[name] ?? name;
    if (COLUMNS[known] === undefined) return `error: unknown user-defined format specifier "${name}"\n${USAGE}`;
    request.columns.push({ name: known, title: title ?? (known === "comm" ? "COMMAND" : undefined) });
  }
  return undefined;
}

const USAGE =
  "\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).";

function plainColumn(name: string): { name: string; title: undefined } {
  return { name, title: undefined };
}

function byPid(list: string): (row: ProcessInfo) => boolean {
  const pids = new Set(list.split(/[, ]+/).map(Number));
  return (row) => pids.has(row.pid);
}

function byName(list: string): (row: ProcessInfo) => boolean {
  const names = new Set(list.split(/[, ]+/));
  return (row) => names.has(commandName(row));
}

function byUser(list: string): (row: ProcessInfo) => boolean {
  const users = new Set(list.split(/[, ]+/));
  return (row) => users.has(row.user);
}

/** The program's name, as the kernel keeps it: 15 characters. */
export function commandName(row: ProcessInfo): string {
  const name = (row.argv[0] ?? "").split("/").pop()?.replace(/^-/, "").slice(0, 15) ?? "";
  return row.state === "Z" ? `${name} <defunct>` : name;
}

function commandLine(row: ProcessInfo): string {
  return row.state === "Z"
    ? `[${commandName({ ...row, state: "S" })}] <defunct>`
    : row.argv.join(" ").replace(/\n/g, "?");
}

function residentKib(row: ProcessInfo): number {
  return row.state === "Z" ? 0 : (RESIDENT_KIB[commandName(row)] ?? 2048);
}

function startedText(startedAt: number, now: number): string {
  const today = strftime("%F", startedAt) === strftime("%F", now);
  return strftime(today ? "%R" : "%b%d", startedAt);
}

function elapsedText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600) % 24;
  const days = Math.floor(seconds / 86_400);
  const clock = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (days > 0) return `${days}-${two(hours)}:${clock}`;
  return hours > 0 ? `${two(hours)}:${clock}` : clock;
}
