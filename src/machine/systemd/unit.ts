import type { FileSystemView } from "../../vfs/file-system-view.ts";
import { parseSpan, parseUnit, setting, settingList, type UnitSettings } from "./unit-file.ts";

/** Where units are looked for; the first directory wins. */
const UNIT_DIRECTORIES = [
  "/etc/systemd/system",
  "/run/systemd/system",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
];

/** A unit as it is on the disk. */
export interface UnitSource {
  readonly name: string;
  readonly path: string;
  readonly dropIns: readonly string[];
  /** The texts of the file and its drop-ins. */
  readonly texts: readonly string[];
}

/** A service as its files define it. */
export interface ServiceDefinition {
  readonly source: UnitSource;
  readonly settings: UnitSettings;
  readonly description: string;
  readonly documentation: readonly string[];
  readonly type: string;
  readonly execStart: readonly string[];
  readonly execStartPre: readonly string[];
  readonly restart: string;
  readonly restartMs: number;
  readonly stopTimeoutMs: number;
  readonly startLimit: { readonly burst: number; readonly intervalMs: number };
  readonly after: readonly string[];
  readonly wantedBy: readonly string[];
}

/** `kubelet` means `kubelet.service`. */
export function unitName(name: string): string {
  return /\.(service|target|socket|timer|mount|slice|scope|path|device|swap)$/.test(name) ? name : `${name}.service`;
}

/** The link to /dev/null by which a unit is kept from being started; undefined when there is none. */
export function maskOf(fs: FileSystemView, name: string): string | undefined {
  for (const directory of UNIT_DIRECTORIES) {
    const path = `${directory}/${name}`;
    if (!fs.exists(directory) || !fs.readdir(directory).includes(name)) continue;
    return fs.lstat(path).type === "symlink" && fs.readlink(path) === "/dev/null" ? path : undefined;
  }
  return undefined;
}

/** Finds a unit's files, behind a mask too; undefined when there is none. */
export function findUnit(fs: FileSystemView, name: string): UnitSource | undefined {
  if (name.includes("/")) return undefined;
  for (const directory of UNIT_DIRECTORIES) {
    const path = `${directory}/${name}`;
    if (!fs.exists(path) || fs.stat(path).type !== "file") continue;
    const dropIns = findDropIns(fs, name);
    return { name, path, dropIns, texts: [path, ...dropIns].map((file) => fs.readText(file)) };
  }
  return undefined;
}

/** Names of all services on the disk, sorted. */
export function listUnits(fs: FileSystemView): string[] {
  const names = new Set<string>();
  for (const directory of UNIT_DIRECTORIES) {
    if (!fs.exists(directory)) continue;
    for (const name of fs.readdir(directory)) if (name.endsWith(".service")) names.add(name);
  }
  return [...names].sort();
}

function findDropIns(fs: FileSystemView, name: string): string[] {
  const byName = new Map<string, string>();
  for (const directory of [...UNIT_DIRECTORIES].reverse()) {
    const folder = `${directory}/${name}.d`;
    if (!fs.exists(folder)) continue;
    for (const file of fs.readdir(folder)) if (file.endsWith(".conf")) byName.set(file, `${folder}/${file}`);
  }
  return [...byName.keys()].sort().map((file) => byName.get(file) ?? "");
}

export function defineService(source: UnitSource): ServiceDefinition {
  const settings = parseUnit(source.texts);
  const service = (key: string) => setting(settings, "Service", key);
  const span = (key: string, section = "Service") => parseSpan(setting(settings, section, key) ?? "");
  return {
    source,
    settings,
    description: setting(settings, "Unit", "Description") ?? source.name,
    documentation: settingList(settings, "Unit", "Documentation"),
    type: service("Type") ?? "simple",
    execStart: settingList(settings, "Service", "ExecStart"),
    execStartPre: settingList(settings, "Service", "ExecStartPre"),
    restart: service("Restart") ?? "no",
    restartMs: span("RestartSec") ?? 100,
    stopTimeoutMs: span("TimeoutStopSec") ?? 90_000,
    startLimit: {
      burst: Number(setting(settings, "Unit", "StartLimitBurst") ?? 5),
      intervalMs: span("StartLimitIntervalSec", "Unit") ?? span("StartLimitInterval") ?? 10_000,
    },
    after: settingList(settings, "Unit", "After").flatMap((value) => value.split(/\s+/)),
    wantedBy: settingList(settings, "Install", "WantedBy").flatMap((value) => value.split(/\s+/)),
  };
}
