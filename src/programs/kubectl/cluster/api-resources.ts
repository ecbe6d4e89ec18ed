import { alignTabs, GET_TABS } from "../../../base/table.ts";
import type { Task } from "../../../sim/task.ts";
import { type ApiResource, apiVersionOf, preferred, qualifiedResource } from "../core/discovery.ts";
import { CommandError, usageError } from "../core/failure.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";

/** kubectl api-resources */
export const apiResources: KubectlCommand = {
  name: "api-resources",
  short: "Print the supported API resources on the server",
  flags: flagsFor("api-resources"),
  run: runApiResources,
};

function* runApiResources(kubectl: Kubectl): Task<number> {
  const { args } = kubectl.parsed;
  if (args.length > 0) throw usageError(kubectl.path, `unexpected arguments: [${args.join(" ")}]`);
  const output = kubectl.flag("output");
  if (!["", "wide", "name"].includes(output)) throw new CommandError(`--output ${output} is not available`);
  const sortBy = kubectl.flag("sort-by");
  if (!["", "name", "kind"].includes(sortBy)) throw new CommandError(`--sort-by accepts only name or kind`);
  if (!kubectl.isSet("cached")) yield* kubectl.discovery.refresh();
  const shown = sorted(
    preferred(yield* kubectl.discovery.resources()).filter((one) => wanted(kubectl, one)),
    sortBy,
  );
  if (output === "name") {
    yield* kubectl.out(shown.map((one) => `${qualifiedResource(one)}\n`).join(""));
    return 0;
  }
  const wide = output === "wide";
  const header = `NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND${wide ? "\tVERBS\tCATEGORIES" : ""}`;
  const rows = shown.map((one) => row(one, wide));
  const lines = kubectl.isSet("no-headers") ? rows : [header, ...rows];
  if (lines.length > 0) yield* kubectl.out(`${alignTabs(lines.join("\n"), GET_TABS)}\n`);
  return 0;
}

function wanted(kubectl: Kubectl, one: ApiResource): boolean {
  if (one.verbs.length === 0) return false;
  if (kubectl.parsed.changed("api-group") && one.group !== kubectl.flag("api-group")) return false;
  if (kubectl.parsed.changed("namespaced") && one.namespaced !== kubectl.isSet("namespaced")) return false;
  const has = (list: readonly string[], all: readonly string[]) => list.every((item) => all.includes(item));
  return has(kubectl.parsed.list("verbs"), one.verbs) && has(kubectl.parsed.list("categories"), one.categories);
}

/** Groups in alphabetical order, the core group first; names within. */
function sorted(resources: readonly ApiResource[], sortBy: string): ApiResource[] {
  const key = (one: ApiResource) =>
    sortBy === "name" ? one.resource : sortBy === "kind" ? one.kind : `${one.group}\u0000${one.resource}`;
  return [...resources].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function row(one: ApiResource, wide: boolean): string {
  const cells = [one.resource, one.shortNames.join(","), apiVersionOf(one), String(one.namespaced), one.kind];
  if (wide) cells.push(one.verbs.join(","), one.categories.join(","));
  return cells.join("\t");
}

/** kubectl api-versions */
export const apiVersions: KubectlCommand = {
  name: "api-versions",
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  *run(kubectl): Task<number> {
    const { args } = kubectl.parsed;
    if (args.length > 0) throw usageError(kubectl.path, `unexpected arguments: [${args.join(" ")}]`);
    yield* kubectl.discovery.refresh();
    const versions = new Set((yield* kubectl.discovery.resources()).map(apiVersionOf));
    yield* kubectl.out(
      [...versions]
        .sort()
        .map((version) => `${version}\n`)
        .join(""),
    );
    return 0;
  },
};
