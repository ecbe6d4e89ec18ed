import type { SystemdManager } from "../../../machine/systemd/manager.ts";
import type { Service } from "../../../machine/systemd/service.ts";
import { setting } from "../../../machine/systemd/unit-file.ts";
import { systemdTime } from "../../../machine/timestamp.ts";

/** `systemctl show`: properties as KEY=VALUE. */
export function showService(
  manager: SystemdManager,
  service: Service | undefined,
  name: string,
  wanted: readonly string[],
  valuesOnly: boolean,
): string {
  const properties = service === undefined ? missing(name) : propertiesOf(manager, service);
  const chosen = wanted.length === 0 ? properties : properties.filter(([key]) => wanted.includes(key));
  return chosen.map(([key, value]) => (valuesOnly ? `${value}\n` : `${key}=${value}\n`)).join("");
}

function missing(name: string): [string, string][] {
  return [
    ["Id", name],
    ["Names", name],
    ["LoadState", "not-found"],
    ["ActiveState", "inactive"],
    ["SubState", "dead"],
  ];
}

function propertiesOf(manager: SystemdManager, service: Service): [string, string][] {
  const { definition } = service;
  return [
    ["Type", definition.type],
    ["Restart", definition.restart],
    ["MainPID", String(service.main?.pid ?? 0)],
    ["Result", service.result],
    ["NRestarts", String(service.restarts)],
    ["ExecMainStatus", String(service.lastExit?.status ?? 0)],
    ["ExecStart", definition.execStart.join(" ; ")],
    ["KillMode", setting(definition.settings, "Service", "KillMode") ?? "control-group"],
    ["Id", service.name],
    ["Names", service.name],
    ["Description", definition.description],
    ["LoadState", "loaded"],
    ["ActiveState", service.state],
    ["SubState", service.subState],
    ["FragmentPath", definition.source.path],
    ["DropInPaths", definition.source.dropIns.join(" ")],
    ["UnitFileState", manager.isEnabled(service.name) ? "enabled" : "disabled"],
    ["NeedDaemonReload", manager.needsReload(service) ? "yes" : "no"],
    ["ActiveEnterTimestamp", service.activeSince === undefined ? "" : systemdTime(service.activeSince)],
  ];
}
