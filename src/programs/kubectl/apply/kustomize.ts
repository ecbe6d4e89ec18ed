import { emitYaml } from "../../../base/yaml/emit.ts";
import type { Task } from "../../../sim/task.ts";
import { fields } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { KubectlCommand } from "../core/kubectl.ts";
import { kustomized } from "../core/selection.ts";

/** kubectl kustomize */
export const kustomize: KubectlCommand = {
  name: "kustomize",
  use: "DIR [flags]",
  short: "Build a kustomization target from a directory or URL",
  group: "advanced",
  flags: flagsFor("kustomize"),
  *run(kubectl): Task<number> {
    const objects = kustomized(kubectl, kubectl.parsed.args[0] ?? ".");
    yield* kubectl.out(objects.map((object) => emitYaml(fields(object))).join("---\n"));
    return 0;
  },
};
