import type { GivenOptions } from "../../../base/getopt.ts";
import { installedUnits, type SystemdManager } from "../../../machine/systemd/manager.ts";
import { columns } from "../options.ts";

const UNIT_LEGEND = `
LOAD   = Reflects whether the unit definition was properly loaded.
ACTIVE = The high-level unit activation state, i.e. generalization of SUB.
SUB    = The low-level unit activation state, values depend on unit type.
`;

/** `systemctl list-units`: units in memory. */
export function listUnits(manager: SystemdManager, options: GivenOptions): string {
  if (options.has("all")) for (const name of installedUnits(manager.fs)) manager.unit(name);
  const type = options.value("type");
  const state = options.has("failed") ? "failed" : options.value("state");
  const services = manager.loaded().filter((service) => {
    if (type !== undefined && !type.split(",").includes("service")) return false;
    if (state !== undefined) return service.state === state || service.subState === state;
    return options.has("all") || service.state !== "inactive";
  });
  const rows = services.map((service) => [
    ...(options.has("plain") ? [] : [service.state === "failed" ? "●" : " "]),
    service.name,
    "loaded",
    service.state,
    service.subState,
    service.definition.description,
  ]);
  const title = [...(options.has("plain") ? [] : [" "]), "UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION"];
  if (options.has("no-legend")) return columns(rows);
  const count = `${services.length} loaded units listed.${options.has("all") ? "" : " Pass --all to see loaded but inactive units, too."}`;
  return `${columns([title, ...rows])}${UNIT_LEGEND}${count}\nTo show all installed unit files use 'systemctl list-unit-files'.\n`;
}

/** `systemctl list-unit-files`: units on the disk. */
export function listUnitFiles(manager: SystemdManager, options: GivenOptions): string {
  const rows = installedUnits(manager.fs).map((name) => [
    name,
    manager.isMasked(name) ? "masked" : manager.isEnabled(name) ? "enabled" : "disabled",
    "enabled",
  ]);
  if (options.has("no-legend")) return columns(rows);
  return `${columns([["UNIT FILE", "STATE", "PRESET"], ...rows])}\n${rows.length} unit files listed.\n`;
}
