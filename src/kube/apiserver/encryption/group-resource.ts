/** A resource without its version, or a pattern of one (runtime/schema GroupResource). */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** Reads `secrets`, `deployments.apps`, `*.` or `*.*` (schema.ParseGroupResource). */
export function groupResource(name: string): GroupResource {
  const dot = name.indexOf(".");
  return dot < 0 ? { group: "", resource: name } : { group: name.slice(dot + 1), resource: name.slice(0, dot) };
}

/** As a configuration writes it. */
export function groupResourceText({ group, resource }: GroupResource): string {
  if (group === "" && resource === "*") return "*.";
  return group === "" ? resource : `${resource}.${group}`;
}

/** Whether it stands for everything. */
export function isAny({ group, resource }: GroupResource): boolean {
  return group === "*" && resource === "*";
}
