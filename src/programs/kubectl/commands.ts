import { helpCommand } from "../../base/cli/command.ts";
import { loadKubeconfig } from "../../kube/client/kubeconfig.ts";
import type { Task } from "../../sim/task.ts";
import { apply } from "./apply/apply.ts";
import { completeContainers, namesOf, offers } from "./completion/resources.ts";
import { flagsFor } from "./core/flag-table.ts";
import { kubeconfigPaths } from "./core/kubeconfig-paths.ts";
import type { Kubectl, KubectlCommand } from "./core/kubectl.ts";
import { create } from "./create/create.ts";
import { deleteCommand } from "./delete/delete.ts";
import { expose } from "./expose/expose.ts";
import { get } from "./get/get.ts";
import { globalOptionsText } from "./help.ts";
import { annotate, label } from "./label/label.ts";
import { patch } from "./patch/patch.ts";
import { replace } from "./replace/replace.ts";
import { run } from "./run/run.ts";
import { autoscale } from "./scale/autoscale.ts";
import { scale } from "./scale/scale.ts";

const options: KubectlCommand = {
  name: "options",
  short: "Print the list of flags inherited by all commands",
  *run(kubectl: Kubectl): Task<number> {
    yield* kubectl.out(globalOptionsText());
    return 0;
  },
};

function kubeconfigOf(kubectl: Kubectl) {
  return loadKubeconfig(kubectl.process.fs, ...kubeconfigPaths(kubectl.process, kubectl.flag("kubeconfig")));
}

/** The root of the command table. Order within a group is that of the help. */
export const KUBECTL: KubectlCommand = {
  name: "kubectl",
  short: "kubectl controls the Kubernetes cluster manager",
  long: "kubectl controls the Kubernetes cluster manager.",
  flags: flagsFor("GLOBAL"),
  completeFlag: {
    *namespace(kubectl, _parsed, word) {
      return offers(yield* namesOf(kubectl, "namespaces"), word);
    },
    *context(kubectl, _parsed, word) {
      return offers([...kubeconfigOf(kubectl).contexts.keys()], word);
    },
    *cluster(kubectl, _parsed, word) {
      return offers([...kubeconfigOf(kubectl).clusters.keys()], word);
    },
    *user(kubectl, _parsed, word) {
      return offers([...kubeconfigOf(kubectl).users.keys()], word);
    },
    container: completeContainers,
  },
  commands: [
    create,
    expose,
    run,
    get,
    deleteCommand,
    scale,
    autoscale,
    apply,
    patch,
    replace,
    label,
    annotate,
    options,
    helpCommand(),
  ],
};
