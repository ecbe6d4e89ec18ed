import type { MachineImage } from "../../../machine/machine.ts";
import type { SandboxImage } from "../../sandbox.ts";

/** A host, a service or a container that runs, or does not run, other than before. */
export interface ProcessChange {
  readonly host: string;
  readonly what: "power" | "service" | "container";
  /** A unit, or `namespace/pod/container`. */
  readonly name: string;
  /** For example `active`, `running`; "" where it is not known. */
  readonly from: string;
  readonly to: string;
}

export function processChanges(a: SandboxImage, b: SandboxImage): ProcessChange[] {
  return Object.keys(b.machines).flatMap((host) => {
    const [from, to] = [a.machines[host], b.machines[host]];
    if (from === undefined || to === undefined) return [];
    const power =
      from.power === to.power ? [] : [{ host, what: "power" as const, name: host, from: from.power, to: to.power }];
    return [
      ...power,
      ...changes(host, "service", services(from), services(to)),
      ...changes(host, "container", containers(from), containers(to)),
    ];
  });
}

function changes(
  host: string,
  what: "service" | "container",
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): ProcessChange[] {
  const names = [...new Set([...a.keys(), ...b.keys()])].sort();
  return names.flatMap((name) => {
    const [from, to] = [a.get(name) ?? "", b.get(name) ?? ""];
    return from === to ? [] : [{ host, what, name, from, to }];
  });
}

function services({ services: { services } }: MachineImage): ReadonlyMap<string, string> {
  return new Map(services.map(({ name, state }) => [name, state]));
}

/** The newest run of each container of a pod; a run after an end says which. */
function containers({ containers: { containers, sandboxes } }: MachineImage): ReadonlyMap<string, string> {
  const pods = new Map(sandboxes.map(({ id, config }) => [id, `${config.namespace}/${config.name}`]));
  const newest = new Map<string, { createdAt: number; text: string }>();
  for (const { info } of containers) {
    const name = `${pods.get(info.sandboxId) ?? "?"}/${info.config.name}`;
    const { createdAt, state, exitCode, config } = info;
    if ((newest.get(name)?.createdAt ?? -1) > createdAt) continue;
    const run = config.attempt === 0 ? "" : `, restart ${config.attempt}`;
    newest.set(name, { createdAt, text: `${state}${state === "exited" ? ` (${exitCode})` : ""}${run}` });
  }
  return new Map([...newest].map(([name, { text }]) => [name, text]));
}
