import { strftime } from "../../base/calendar.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { parseSpan } from "../../machine/systemd/unit-file.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { rows } from "./host-status.ts";
import { fail } from "./options.ts";

/** Whoever keeps the clock right is started at boot when this link is there. */
const NTP_LINK = "/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service";
const NTP_UNIT = "/usr/lib/systemd/system/systemd-timesyncd.service";

const USAGE = `timedatectl [OPTIONS...] COMMAND ...

Query or change system time and date settings.

Commands:
  status                   Show current time settings
  show                     Show properties of systemd-timedated
  set-time TIME            Set system time
  set-ntp BOOL             Enable or disable network time synchronization
`;

/**
 * timedatectl: shows the time and sets it, once nobody else keeps it right. No time server is in reach of the sandbox,
 * so that a clock set by hand stays as it is, and is called unsynchronized.
 */
export const timedatectl: Program = function* (process) {
  const args = process.argv.slice(1);
  if (args.includes("--help") || args.includes("-h")) {
    yield* writeText(process.stdout, USAGE);
    return 0;
  }
  const [command = "status", value] = args.filter((arg) => !/^-[a-z-]/.test(arg));
  switch (command) {
    case "status":
      return yield* showStatus(process);
    case "show":
      return yield* showProperties(process);
    case "set-time":
      return yield* setTime(process, value);
    case "set-ntp":
      return yield* setNtp(process, value);
    case "set-timezone":
    case "list-timezones":
    case "set-local-rtc":
    case "timesync-status":
    case "show-timesync":
      return yield* fail(process, `not simulated in this sandbox: timedatectl ${command}`);
    default:
      return yield* fail(process, `Unknown command verb '${command}'.`);
  }
};

function usesNtp({ fs }: Process): boolean {
  try {
    fs.lstat(NTP_LINK);
    return true;
  } catch (error) {
    if (error instanceof FsError) return false;
    throw error;
  }
}

/** The kernel knows whether somebody has set the clock since it was last right. */
function isSynchronized({ clock }: Process): boolean {
  return clock.now === clock.uptime;
}

function* showStatus(process: Process): Task<number> {
  const shown = strftime("%a %Y-%m-%d %H:%M:%S", process.clock.now);
  const status: readonly (readonly [string, string])[] = [
    ["Local time", `${shown} UTC`],
    ["Universal time", `${shown} UTC`],
    ["RTC time", shown],
    ["Time zone", "Etc/UTC (UTC, +0000)"],
    ["System clock synchronized", isSynchronized(process) ? "yes" : "no"],
    ["NTP service", usesNtp(process) ? "active" : "inactive"],
    ["RTC in local TZ", "no"],
  ];
  yield* writeText(process.stdout, rows(status, 25));
  return 0;
}

function* showProperties(process: Process): Task<number> {
  const yesNo = (on: boolean) => (on ? "yes" : "no");
  const shown = strftime("%a %Y-%m-%d %H:%M:%S", process.clock.now);
  yield* writeText(
    process.stdout,
    `Timezone=Etc/UTC\nLocalRTC=no\nCanNTP=yes\nNTP=${yesNo(usesNtp(process))}\nNTPSynchronized=${yesNo(isSynchronized(process))}\nTimeUSec=${shown} UTC\n`,
  );
  return 0;
}

function* setTime(process: Process, given: string | undefined): Task<number> {
  if (given === undefined) return yield* fail(process, "Too few arguments.");
  const at = readTime(given, process.clock.now);
  if (at === undefined) return yield* fail(process, `Failed to parse time specification '${given}': Invalid argument`);
  if (process.user.uid !== 0) return yield* fail(process, "Failed to set time: Interactive authentication required.");
  if (usesNtp(process)) return yield* fail(process, "Failed to set time: Automatic time synchronization is enabled");
  process.clock.set(at);
  return 0;
}

function* setNtp(process: Process, given: string | undefined): Task<number> {
  if (given === undefined) return yield* fail(process, "Too few arguments.");
  const on = BOOLEANS[given.toLowerCase()];
  if (on === undefined) return yield* fail(process, `Failed to parse NTP setting '${given}': Invalid argument`);
  if (process.user.uid !== 0) return yield* fail(process, "Failed to set ntp: Interactive authentication required.");
  if (on === usesNtp(process)) return 0;
  if (!on) process.fs.unlink(NTP_LINK);
  else {
    process.fs.mkdir(NTP_LINK.slice(0, NTP_LINK.lastIndexOf("/")), { parents: true });
    process.fs.symlink(NTP_UNIT, NTP_LINK);
  }
  return 0;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  "1": true,
  yes: true,
  y: true,
  true: true,
  t: true,
  on: true,
  "0": false,
  no: false,
  n: false,
  false: false,
  f: false,
  off: false,
};

/** `2027-01-01 00:00:00`, a date or a time alone, `+2days` (systemd.time). */
function readTime(text: string, now: number): number | undefined {
  if (text.startsWith("+")) {
    const span = parseSpan(text.slice(1));
    return span === undefined ? undefined : now + span;
  }
  const found = /^(?:(\d{4}-\d{2}-\d{2})(?:[ T]|$))?(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?(?: UTC)?$/.exec(text.trim());
  if (found === null || text.trim() === "") return undefined;
  const day = Date.parse(`${found[1] ?? strftime("%F", now)}T00:00:00Z`);
  const seconds = Number(found[2] ?? 0) * 3600 + Number(found[3] ?? 0) * 60 + Number(found[4] ?? 0);
  return Number.isNaN(day) || seconds >= 86_400 ? undefined : day + seconds * 1000;
}
