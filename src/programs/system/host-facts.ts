import { strftime } from "../../base/calendar.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import { KERNEL_RELEASE, MEMORY_KIB, PROCESSORS } from "../../machine/proc.ts";
import type { Process, Program } from "../../machine/process.ts";
import { FsError } from "../../vfs/file-system.ts";
import { columns, fail, readOptions } from "./options.ts";

/** hostname: the host's name and addresses. */
export const hostname: Program = function* (process) {
  const { options, operands } = yield* readOptions(process, {
    name: "hostname",
    usage: "[-f|-i|-I|-s]",
    options: [
      { short: "f", long: "fqdn", help: "long host name" },
      { short: "s", long: "short", help: "short host name" },
      { short: "i", long: "ip-address", help: "addresses for the host name" },
      { short: "I", long: "all-ip-addresses", help: "all addresses for the host" },
      { short: "d", long: "domain", help: "DNS domain name" },
    ],
  });
  if (operands.length > 0) return yield* fail(process, "not simulated in this sandbox: changing the host name");
  const addresses = process.net.addresses.filter((address) => address !== "127.0.0.1" && address !== "::1");
  let line = process.hostname;
  if (options.has("all-ip-addresses") || options.has("ip-address")) line = `${addresses.join(" ")} `.trimEnd();
  if (options.has("domain")) line = "";
  yield* writeText(process.stdout, `${line}\n`);
  return 0;
};

/** id: the user's numbers and names. */
export const id: Program = function* (process) {
  const { options, operands } = yield* readOptions(process, {
    name: "id",
    usage: "[OPTION]... [USER]",
    options: [
      { short: "u", long: "user", help: "print only the effective user ID" },
      { short: "g", long: "group", help: "print only the effective group ID" },
      { short: "G", long: "groups", help: "print all group IDs" },
      { short: "n", long: "name", help: "print a name instead of a number" },
    ],
  });
  const name = operands[0] ?? process.user.name;
  const user = name === process.user.name ? process.user : findUser(process, name);
  if (user === undefined) return yield* fail(process, `id: '${name}': no such user`);
  const named = options.has("name");
  const one = (number: number) => (named ? user.name : String(number));
  let line = `uid=${user.uid}(${user.name}) gid=${user.gid}(${user.name}) groups=${user.gid}(${user.name})`;
  if (options.has("user")) line = one(user.uid);
  else if (options.has("group") || options.has("groups")) line = one(user.gid);
  yield* writeText(process.stdout, `${line}\n`);
  return 0;
};

function findUser(process: Process, name: string): { name: string; uid: number; gid: number } | undefined {
  try {
    for (const line of process.fs.readText("/etc/passwd").split("\n")) {
      const [user = "", , uid, gid] = line.split(":");
      if (user === name || uid === name) return { name: user, uid: Number(uid), gid: Number(gid) };
    }
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
  }
  return undefined;
}

/** whoami: the name of the effective user. */
export const whoami: Program = function* (process) {
  yield* writeText(process.stdout, `${process.user.name}\n`);
  return 0;
};

/** groups: the names of the user's groups. */
export const groups: Program = function* (process) {
  yield* writeText(process.stdout, `${process.user.name}\n`);
  return 0;
};

/** uname: facts about the system. */
export const uname: Program = function* (process) {
  const { options } = yield* readOptions(process, {
    name: "uname",
    usage: "[OPTION]...",
    options: [
      { short: "a", long: "all" },
      { short: "s", long: "kernel-name" },
      { short: "n", long: "nodename" },
      { short: "r", long: "kernel-release" },
      { short: "v", long: "kernel-version" },
      { short: "m", long: "machine" },
      { short: "p", long: "processor" },
      { short: "o", long: "operating-system" },
    ],
  });
  const facts: [string, string][] = [
    ["kernel-name", "Linux"],
    ["nodename", process.hostname],
    ["kernel-release", KERNEL_RELEASE],
    ["kernel-version", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.129-1 (2025-03-06)"],
    ["machine", "x86_64"],
    ["processor", "unknown"],
    ["operating-system", "GNU/Linux"],
  ];
  const all = options.has("all");
  const wanted = facts.filter(([name]) => (all ? name !== "processor" : options.has(name)));
  yield* writeText(
    process.stdout,
    `${(wanted.length > 0 ? wanted : facts.slice(0, 1)).map(([, fact]) => fact).join(" ")}\n`,
  );
  return 0;
};

/** nproc: the number of processors. */
export const nproc: Program = function* (process) {
  yield* writeText(process.stdout, `${PROCESSORS}\n`);
  return 0;
};

/** arch: the machine's hardware name. */
export const arch: Program = function* (process) {
  yield* writeText(process.stdout, "x86_64\n");
  return 0;
};

/** uptime: the time, how long the machine has been on, users and load. */
export const uptime: Program = function* (process) {
  const { options } = yield* readOptions(process, {
    name: "uptime",
    usage: "[options]",
    options: [
      { short: "p", long: "pretty", help: "show uptime in pretty format" },
      { short: "s", long: "since", help: "system up since" },
    ],
  });
  const seconds = Number(process.fs.readText("/proc/uptime").split(" ")[0]);
  const now = process.clock.now;
  if (options.has("since")) {
    yield* writeText(process.stdout, `${strftime("%F %T", now - seconds * 1000)}\n`);
    return 0;
  }
  if (options.has("pretty")) {
    yield* writeText(process.stdout, `up ${prettyTime(seconds)}\n`);
    return 0;
  }
  const terminals = new Set(process.machine.processes().flatMap((row) => row.terminal ?? []));
  const users = `${terminals.size} user${terminals.size === 1 ? "" : "s"}`;
  const load = process.fs.readText("/proc/loadavg").split(" ").slice(0, 3).join(", ");
  yield* writeText(
    process.stdout,
    ` ${strftime("%T", now)} up ${upText(seconds)},  ${users},  load average: ${load}\n`,
  );
  return 0;
};

function upText(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  const clock = hours > 0 ? `${String(hours).padStart(2)}:${String(minutes).padStart(2, "0")}` : `${minutes} min`;
  return days > 0 ? `${days} day${days === 1 ? "" : "s"}, ${clock}` : clock;
}

function prettyTime(seconds: number): string {
  const parts: string[] = [];
  const add = (count: number, unit: string) => count > 0 && parts.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
  add(Math.floor(seconds / 604_800), "week");
  add(Math.floor(seconds / 86_400) % 7, "day");
  add(Math.floor(seconds / 3600) % 24, "hour");
  add(Math.floor(seconds / 60) % 60, "minute");
  return parts.length > 0 ? parts.join(", ") : "0 minutes";
}

/** free: memory, from /proc/meminfo. */
export const free: Program = function* (process) {
  const { options } = yield* readOptions(process, {
    name: "free",
    usage: "[options]",
    options: [
      { short: "h", long: "human", help: "show human-readable output" },
      { short: "b", long: "bytes" },
      { short: "k", long: "kibi" },
      { short: "m", long: "mebi" },
      { short: "g", long: "gibi" },
    ],
  });
  const facts = new Map(
    process.fs
      .readText("/proc/meminfo")
      .split("\n")
      .map((line) => [line.split(":")[0] ?? "", Number(/(\d+) kB/.exec(line)?.[1] ?? 0)]),
  );
  const fact = (name: string) => facts.get(name) ?? 0;
  const total = fact("MemTotal") || MEMORY_KIB;
  const cache = fact("Buffers") + fact("Cached");
  const used = total - fact("MemAvailable");
  const show = (kib: number) => {
    if (options.has("human")) return humanKib(kib);
    const divisor = options.has("mebi")
      ? 1024
      : options.has("gibi")
        ? 1024 * 1024
        : options.has("bytes")
          ? 1 / 1024
          : 1;
    return String(Math.floor(kib / divisor));
  };
  const row = (name: string, values: readonly number[]) => [
    name.padEnd(8),
    ...values.map((kib) => show(kib).padStart(11)),
  ];
  const titles = ["", "total", "used", "free", "shared", "buff/cache", "available"].map((title, at) =>
    at === 0 ? title.padEnd(8) : title.padStart(11),
  );
  const rows = [
    titles,
    row("Mem:", [total, used, fact("MemFree"), 2140, cache, fact("MemAvailable")]),
    row("Swap:", [fact("SwapTotal"), fact("SwapTotal") - fact("SwapFree"), fact("SwapFree")]),
  ];
  yield* writeText(process.stdout, columns(rows));
  return 0;
};

function humanKib(kib: number): string {
  if (kib === 0) return "0B";
  const units = ["Ki", "Mi", "Gi", "Ti"];
  let value = kib;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)}${units[unit]}`;
}
