import { emitYaml } from "../../../base/yaml/emit.ts";
import type { Task } from "../../../sim/task.ts";
import { fields } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { KubectlCommand } from "../core/kubectl.ts";
import { buildKustomization } from "../core/kustomize.ts";

/** kubectl kustomize */
export const kustomize: KubectlCommand = {
  name: "kustomize",
  use: "DIR [flags]",
  short: "Build a kustomization target from a directory or URL",
  group: "advanced",
  flags: flagsFor("kustomize"),
  *run(kubectl): Task<number> {
    const objects = buildKustomization(kubectl.process.fs, kubectl.parsed.args[0] ?? ".", kubectl.process.cwd);
    yield* kubectl.out(objects.map((object) => emitYaml(fields(object))).join("---\n"));
    return 0;
  },
};
