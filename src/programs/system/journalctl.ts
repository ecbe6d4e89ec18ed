import { strftime } from "../../base/calendar.ts";
import type { GivenOptions } from "../../base/getopt.ts";
import { compileRegex } from "../../base/regex/regex.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { JournalEntry } from "../../machine/systemd/journal.ts";
import type { SystemdManager } from "../../machine/systemd/manager.ts";
import { unitName } from "../../machine/systemd/unit.ts";
import { parseSpan } from "../../machine/systemd/unit-file.ts";
import { syslogTime } from "../../machine/timestamp.ts";
import { Queue } from "../../sim/signal.ts";
import type { Task } from "../../sim/task.ts";
import { fail, readOptions } from "./options.ts";

const OPTIONS = [
  { short: "u", long: "unit", value: "required" as const, help: "show logs of a unit" },
  { short: "f", long: "follow", help: "follow the journal" },
  { short: "n", long: "lines", value: "optional" as const, help: "number of entries to show" },
  { short: "e", long: "pager-end", help: "jump to the end" },
  { short: "x", long: "catalog", help: "add explanations" },
  { short: "r", long: "reverse", help: "newest first" },
  { short: "o", long: "output", value: "required" as const, help: "short, short-iso, short-precise, cat, json" },
  { short: "S", long: "since", value: "required" as const, help: "show entries not older than a date" },
  { short: "U", long: "until", value: "required" as const, help: "show entries not newer than a date" },
  { short: "b", long: "boot", value: "optional" as const, help: "only this boot, or boot -1 and so on" },
  { short: "t", long: "identifier", value: "required" as const, help: "show entries of a syslog identifier" },
  { short: "g", long: "grep", value: "required" as const, help: "show entries whose message matches" },
  { short: "p", long: "priority", value: "required" as const, help: "show entries of a priority or range" },
  { short: "q", long: "quiet" },
  { short: "k", long: "dmesg" },
  { long: "no-pager" },
  { long: "no-hostname" },
  { long: "utc" },
  { short: "a", long: "all" },
  { short: "l", long: "full" },
];
const TAIL_LINES = 10;
const END_LINES = 1000;

/** journalctl: the journal of the host's services. */
export const journalctl: Program = function* (process) {
  const { options, operands } = yield* readOptions(process, {
    name: "journalctl",
    usage: "[OPTIONS...] [MATCHES...]",
    options: OPTIONS,
    args: joinNumbers(process.argv.slice(1)),
  });
  const manager = process.machine.service<SystemdManager>("systemd");
  if (manager === undefined) return yield* fail(process, "No journal files were found.", 1);
  if (operands.length > 0) return yield* fail(process, "not simulated in this sandbox: matches by field");
  if (options.has("dmesg")) return yield* fail(process, "not simulated in this sandbox: the kernel's messages");
  const filter = readFilter(process, options, manager.context.journal.boot);
  if (typeof filter === "string") return yield* fail(process, filter);
  const format = formatOf(options.value("output") ?? "short", process.hostname);
  if (format === undefined) return yield* fail(process, `Unknown output format '${options.value("output")}'.`);
  return yield* show(process, manager, options, filter, format);
};

/** `-n 5` and `-b -1` are one option with its value, as journalctl takes them. */
function joinNumbers(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    const next = args[at + 1] ?? "";
    const takes = /^(-[a-z]*n|--lines)$/.test(arg)
      ? /^(\+?\d+|all)$/
      : /^(-b|--boot)$/.test(arg)
        ? /^-?\d+$/
        : undefined;
    if (takes?.test(next) !== true) joined.push(arg);
    else {
      joined.push(arg.startsWith("--") ? `${arg}=${next}` : arg + next);
      at++;
    }
  }
  return joined;
}

function* show(
  process: Process,
  manager: SystemdManager,
  options: GivenOptions,
  filter: (entry: JournalEntry) => boolean,
  format: (entry: JournalEntry) => string,
): Task<number> {
  const follow = options.has("follow");
  const limit = lineLimit(options, follow);
  let entries = manager.context.journal.all().filter(filter);
  if (limit !== undefined && !Number.isNaN(limit)) entries = limit === 0 ? [] : entries.slice(-limit);
  if (options.has("reverse")) entries = [...entries].reverse();
  const news = new Queue<JournalEntry>();
  const subscription = manager.context.journal.onAppend((entry) => {
    if (filter(entry)) news.push(entry);
  });
  try {
    if (entries.length === 0 && !follow) yield* writeText(process.stdout, "-- No entries --\n");
    yield* writeText(process.stdout, withBoots(entries, format));
    if (!follow) return 0;
    for (;;) {
      const entry = yield* news.take();
      if (entry !== undefined) yield* writeText(process.stdout, `${format(entry)}\n`);
    }
  } finally {
    subscription.dispose();
  }
}

function lineLimit(options: GivenOptions, follow: boolean): number | undefined {
  if (options.has("lines")) {
    const given = options.value("lines");
    return given === undefined ? TAIL_LINES : given === "all" ? undefined : Number(given.replace(/^\+/, ""));
  }
  if (follow) return TAIL_LINES;
  return options.has("pager-end") ? END_LINES : undefined;
}

function withBoots(entries: readonly JournalEntry[], format: (entry: JournalEntry) => string): string {
  let text = "";
  let boot = entries[0]?.boot;
  for (const entry of entries) {
    if (entry.boot !== boot) text += `-- Boot ${String(entry.boot).padStart(32, "0")} --\n`;
    boot = entry.boot;
    text += `${format(entry)}\n`;
  }
  return text;
}

function readFilter(
  process: Process,
  options: GivenOptions,
  boot: number,
): ((entry: JournalEntry) => boolean) | string {
  const units = new Set(options.values("unit").map(unitName));
  const identifiers = new Set(options.values("identifier"));
  const since = readDate(options.value("since"), process.clock.now);
  const until = readDate(options.value("until"), process.clock.now);
  if (since === "bad") return `Failed to parse timestamp: ${options.value("since")}`;
  if (until === "bad") return `Failed to parse timestamp: ${options.value("until")}`;
  const range = readPriorities(options.value("priority"));
  if (range === "bad") return `Unknown log level ${options.value("priority")}`;
  const offset = Number(options.value("boot") ?? 0);
  const onlyBoot = options.has("boot") ? (offset > 0 ? offset : boot + offset) : undefined;
  const source = options.value("grep");
  const pattern =
    source === undefined ? undefined : compileRegex(source, { syntax: "pcre", ignoreCase: !/[A-Z]/.test(source) });
  if (typeof pattern === "string") return `Bad pattern "${source}": ${pattern}`;
  return (entry) =>
    (units.size === 0 || units.has(entry.unit)) &&
    (identifiers.size === 0 || identifiers.has(entry.identifier)) &&
    (since === undefined || entry.at >= since) &&
    (until === undefined || entry.at <= until) &&
    (range === undefined || (entry.priority >= range[0] && entry.priority <= range[1])) &&
    (onlyBoot === undefined || entry.boot === onlyBoot) &&
    (pattern === undefined || pattern.test(entry.message));
}

const PRIORITIES = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/** `err` is that and all that is worse; `warning..err` is a range. */
function readPriorities(text: string | undefined): readonly [least: number, most: number] | undefined | "bad" {
  if (text === undefined) return undefined;
  const numbers = text.split("..").map((name) => (/^[0-7]$/.test(name) ? Number(name) : PRIORITIES.indexOf(name)));
  if (numbers.length > 2 || numbers.includes(-1)) return "bad";
  const [first = 0, second] = numbers;
  return second === undefined ? [0, first] : [Math.min(first, second), Math.max(first, second)];
}

/** `2026-11-22 10:00`, `10:00:00`, `today`, `yesterday`, `5 min ago`, `-1h`. */
function readDate(text: string | undefined, now: number): number | undefined | "bad" {
  if (text === undefined) return undefined;
  const midnight = Math.floor(now / 86_400_000) * 86_400_000;
  if (text === "today") return midnight;
  if (text === "yesterday") return midnight - 86_400_000;
  if (text === "now") return now;
  const relative = /^(?:-(.+)|(.+?)\s+ago)$/.exec(text);
  if (relative !== null) {
    const words = (relative[1] ?? relative[2] ?? "").replace(
      /\b(second|minute|hour|day|week)s?\b/g,
      (word) => UNITS[word.replace(/s$/, "")] ?? word,
    );
    const span = parseSpan(words.replace(/\bw\b/, "d"));
    return span === undefined ? "bad" : now - span;
  }
  const clock = /^(?:(\d{4}-\d{2}-\d{2})(?:[ T]|$))?(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?(?: UTC|Z)?$/.exec(text);
  if (clock === null || text === "") return "bad";
  const day = clock[1] === undefined ? midnight : Date.parse(`${clock[1]}T00:00:00Z`);
  const time = Number(clock[2] ?? 0) * 3600 + Number(clock[3] ?? 0) * 60 + Number(clock[4] ?? 0);
  return Number.isNaN(day) ? "bad" : day + time * 1000;
}

const UNITS: Readonly<Record<string, string>> = { second: "s", minute: "min", hour: "h", day: "d", week: "w" };

function formatOf(name: string, hostname: string): ((entry: JournalEntry) => string) | undefined {
  const tail = (entry: JournalEntry) => `${hostname} ${entry.identifier}[${entry.pid}]: ${entry.message}`;
  switch (name) {
    case "short":
    case "short-full":
    case "with-unit":
      return (entry) => `${syslogTime(entry.at)} ${tail(entry)}`;
    case "short-precise":
      return (entry) => `${strftime("%b %d %T.%6N", entry.at)} ${tail(entry)}`;
    case "short-iso":
      return (entry) => `${strftime("%FT%T%z", entry.at)} ${tail(entry)}`;
    case "cat":
      return (entry) => entry.message;
    case "json":
      return (entry) =>
        JSON.stringify({
          __REALTIME_TIMESTAMP: String(Math.floor(entry.at * 1000)),
          _HOSTNAME: hostname,
          _SYSTEMD_UNIT: entry.unit,
          PRIORITY: String(entry.priority),
          SYSLOG_IDENTIFIER: entry.identifier,
          _PID: String(entry.pid),
          MESSAGE: entry.message,
        });
    default:
      return undefined;
  }
}
