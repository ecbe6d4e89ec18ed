import type { Process, ProcessInfo } from "../../../machine/process.ts";
import type { SystemdManager } from "../../../machine/systemd/manager.ts";
import { type Service, statusText } from "../../../machine/systemd/service.ts";
import { syslogTime, systemdTime } from "../../../machine/timestamp.ts";

const LOG_LINES = 10;

/** What `systemctl status` shows of a service (systemd 252, src/systemctl/systemctl-show.c print_status_info). */
export function statusOf(process: Process, manager: SystemdManager, service: Service, lines = LOG_LINES): string {
  const { definition } = service;
  const now = process.clock.now;
  const masked = manager.isMasked(service.name);
  const title = masked && service.state === "inactive" ? "" : ` - ${definition.description}`;
  let text = `${dot(service)} ${service.name}${title}\n`;
  text += masked
    ? `     Loaded: masked (Reason: Unit ${service.name} is masked.)\n`
    : `     Loaded: loaded (${definition.source.path}; ${manager.isEnabled(service.name) ? "enabled" : "disabled"}; preset: enabled)\n`;
  text += dropIns(definition.source.dropIns);
  text += `     Active: ${activeText(service, now)}\n`;
  if (
    (service.state === "inactive" || service.state === "failed") &&
    service.activeSince !== undefined &&
    service.since !== undefined
  )
    text += `   Duration: ${spanText(service.since - service.activeSince)}\n`;
  definition.documentation.forEach((link, at) => {
    text += at === 0 ? `       Docs: ${link}\n` : `             ${link}\n`;
  });
  text += mainText(service);
  text += groupText(process, service);
  const entries = manager.context.journal
    .all()
    .filter((entry) => entry.unit === service.name)
    .slice(-lines);
  if (lines > 0 && entries.length > 0)
    text += `\n${entries.map((entry) => `${syslogTime(entry.at)} ${process.hostname} ${entry.identifier}[${entry.pid}]: ${entry.message}\n`).join("")}`;
  return text;
}

function dot(service: Service): string {
  if (service.state === "failed") return "×";
  return service.state === "inactive" ? "○" : "●";
}

function dropIns(paths: readonly string[]): string {
  const byFolder = new Map<string, string[]>();
  for (const path of paths) {
    const cut = path.lastIndexOf("/");
    byFolder.set(path.slice(0, cut), [...(byFolder.get(path.slice(0, cut)) ?? []), path.slice(cut + 1)]);
  }
  let text = "";
  for (const [folder, names] of byFolder) {
    text += `${text === "" ? "    Drop-In: " : "             "}${folder}\n`;
    text += `             └─${names.join(", ")}\n`;
  }
  return text;
}

function activeText(service: Service, now: number): string {
  const { state, subState, result, since } = service;
  const when = since === undefined ? "" : ` since ${systemdTime(since)}; ${agoText(now - since)} ago`;
  const detail = result === "success" || state === "active" ? "" : ` (Result: ${result})`;
  return `${state} (${subState})${detail}${when}`;
}

function mainText(service: Service): string {
  const { main, lastExit } = service;
  if (main !== undefined) return `   Main PID: ${main.pid} (${commandOf(main.argv)})\n`;
  if (lastExit === undefined) return "";
  const how = `code=${lastExit.code}, ${lastExit.code === "exited" ? "status" : "signal"}=${
    lastExit.code === "exited" ? statusText(lastExit) : statusText(lastExit).split("/")[1]
  }`;
  return `    Process: ${lastExit.pid} ExecStart=${lastExit.command} (${how})\n   Main PID: ${lastExit.pid} (${how})\n`;
}

function groupText(process: Process, service: Service): string {
  const { main } = service;
  if (main === undefined) return "";
  const members = membersOf(process.machine.processes(), main.pid);
  const lines = members.map(
    (row, at) => `             ${at === members.length - 1 ? "└─" : "├─"}${row.pid} ${row.argv.join(" ")}\n`,
  );
  return `      Tasks: ${members.length} (limit: 4558)\n     CGroup: /system.slice/${service.name}\n${lines.join("")}`;
}

function membersOf(rows: readonly ProcessInfo[], root: number): ProcessInfo[] {
  const inside = new Set([root]);
  return rows.filter((row) => {
    if (inside.has(row.parentPid)) inside.add(row.pid);
    return inside.has(row.pid);
  });
}

function commandOf(argv: readonly string[]): string {
  return (argv[0] ?? "").split("/").pop() ?? "";
}

/** `5s`, `2min 3s`, `1h 5min`, `5 days`: how long ago, as systemd tells it. */
function agoText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds >= 604_800)
    return `${plural(Math.floor(seconds / 604_800), "week")}${rest(Math.floor((seconds % 604_800) / 86_400), "day")}`;
  if (seconds >= 172_800) return plural(Math.floor(seconds / 86_400), "day");
  if (seconds >= 86_400) return `1 day ${Math.floor((seconds % 86_400) / 3600)}h`;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}min`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)}min ${seconds % 60}s`;
  return seconds > 0 ? `${seconds}s` : `${Math.max(0, Math.floor(ms))}ms`;
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

function rest(count: number, unit: string): string {
  return count === 0 ? "" : ` ${plural(count, unit)}`;
}

function spanText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(3)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}min ${(seconds % 60).toFixed(3)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${minutes % 60}min ${(seconds % 60).toFixed(3)}s`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h ${minutes % 60}min ${(seconds % 60).toFixed(3)}s`;
}
