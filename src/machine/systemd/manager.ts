import type { Task } from "../../sim/task.ts";
import type { FileSystemView } from "../../vfs/file-system-view.ts";
import { Service, type ServiceImage } from "./service.ts";
import type { ServiceContext } from "./service-context.ts";
import { defineService, findUnit, listUnits, maskOf, unitName } from "./unit.ts";

/** What the manager remembers over a restart of everything. */
export interface ManagerImage {
  readonly services: readonly ServiceImage[];
}

/** What ends the machine, as the programs ask for it. */
export type PowerRequest = "poweroff" | "reboot" | "halt";

const MASKS = "/etc/systemd/system";
const WANTS = "/etc/systemd/system/multi-user.target.wants";

/** systemd: services from unit files, started at boot when they are enabled. */
export class SystemdManager {
  readonly context: ServiceContext;
  private readonly services = new Map<string, Service>();
  private readonly request: (what: PowerRequest) => void;

  constructor(context: ServiceContext, request: (what: PowerRequest) => void) {
    this.context = context;
    this.request = request;
  }

  get fs(): FileSystemView {
    return this.context.fs;
  }

  /** Units in memory, sorted by name. */
  loaded(): Service[] {
    return [...this.services.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The unit, loaded from the disk when it is not yet; undefined when it does not exist. */
  unit(name: string): Service | undefined {
    const full = unitName(name);
    const known = this.services.get(full);
    if (known !== undefined) return known;
    const source = findUnit(this.fs, full);
    if (source === undefined || !full.endsWith(".service")) return undefined;
    const service = new Service(this.context, defineService(source));
    this.services.set(full, service);
    return service;
  }

  /** Reads all unit files again; services that run keep running. */
  daemonReload(): void {
    for (const service of [...this.services.values()]) {
      const source = findUnit(this.fs, service.name);
      if (source !== undefined) service.definition = defineService(source);
      else if (service.state === "inactive") this.services.delete(service.name);
    }
  }

  /** Whether the files differ from what was loaded. */
  needsReload(service: Service): boolean {
    const source = findUnit(this.fs, service.name);
    if (source === undefined) return true;
    const known = service.definition.source;
    return source.path !== known.path || source.texts.join("\0") !== known.texts.join("\0");
  }

  isEnabled(name: string): boolean {
    return this.fs.exists(`${WANTS}/${unitName(name)}`);
  }

  /** Whether the unit may not be started. */
  isMasked(name: string): boolean {
    return maskOf(this.fs, unitName(name)) !== undefined;
  }

  /** Keeps a unit from being started; the link that was made, undefined when it was there. Throws `FsError`. */
  mask(name: string): string | undefined {
    const link = `${MASKS}/${unitName(name)}`;
    if (this.isMasked(name)) return undefined;
    this.fs.symlink("/dev/null", link);
    return link;
  }

  /** The link that was removed. */
  unmask(name: string): string | undefined {
    const link = maskOf(this.fs, unitName(name));
    if (link !== undefined) this.fs.unlink(link);
    return link;
  }

  /** The symlink that was made, or undefined when it was there. */
  enable(service: Service): { link: string; target: string } | undefined {
    const link = `${WANTS}/${service.name}`;
    const target = service.definition.source.path;
    if (this.fs.exists(link)) return undefined;
    this.fs.mkdir(WANTS, { parents: true });
    this.fs.removeTree(link);
    this.fs.symlink(target, link);
    return { link, target };
  }

  /** The symlink that was removed. */
  disable(name: string): string | undefined {
    const link = `${WANTS}/${unitName(name)}`;
    if (!hasEntry(this.fs, WANTS, unitName(name))) return undefined;
    this.fs.unlink(link);
    return link;
  }

  /** Starts what is enabled, each after what it names in `After=`. */
  *boot(): Task<void> {
    for (const service of this.wanted()) yield* service.start();
  }

  /** Goes on from an image at once. */
  resume(image: ManagerImage): void {
    for (const saved of image.services) this.unit(saved.name)?.resume(saved);
  }

  /** Stops everything in the reverse order; before an orderly power off. */
  *stopAll(): Task<void> {
    for (const service of this.wanted().reverse()) if (service.main !== undefined) yield* service.stop();
    for (const service of this.services.values()) if (service.main !== undefined) yield* service.stop();
  }

  power(what: PowerRequest): void {
    this.request(what);
  }

  image(): ManagerImage {
    return { services: this.loaded().map((service) => service.image()) };
  }

  private wanted(): Service[] {
    if (!this.fs.exists(WANTS)) return [];
    const services = this.fs.readdir(WANTS).flatMap((name) => (this.isMasked(name) ? [] : (this.unit(name) ?? [])));
    const ordered: Service[] = [];
    const visit = (service: Service, trail: ReadonlySet<Service>): void => {
      if (ordered.includes(service) || trail.has(service)) return;
      const deeper = new Set(trail).add(service);
      for (const other of services) if (service.definition.after.includes(other.name)) visit(other, deeper);
      ordered.push(service);
    };
    for (const service of services) visit(service, new Set());
    return ordered;
  }
}

/** Names of all services on the disk. */
export function installedUnits(fs: FileSystemView): string[] {
  return listUnits(fs);
}

function hasEntry(fs: FileSystemView, directory: string, name: string): boolean {
  return fs.exists(directory) && fs.readdir(directory).includes(name);
}
