import { helpCommand } from "../../base/cli/command.ts";
import { loadKubeconfig } from "../../kube/client/kubeconfig.ts";
import type { Task } from "../../sim/task.ts";
import { apply } from "./apply/apply.ts";
import { diff } from "./apply/diff.ts";
import { kustomize } from "./apply/kustomize.ts";
import { auth } from "./auth/auth.ts";
import { apiResources, apiVersions } from "./cluster/api-resources.ts";
import { events } from "./cluster/events.ts";
import { explain } from "./cluster/explain.ts";
import { certificate, clusterInfo, completion, plugin, top, version } from "./cluster/information.ts";
import { completeContainers, namesOf, offers } from "./completion/resources.ts";
import { config } from "./config/config.ts";
import { flagsFor } from "./core/flag-table.ts";
import { kubeconfigPaths } from "./core/kubeconfig-paths.ts";
import type { Kubectl, KubectlCommand } from "./core/kubectl.ts";
import { create } from "./create/create.ts";
import { debug } from "./debug/debug.ts";
import { deleteCommand } from "./delete/delete.ts";
import { describe } from "./describe/describe.ts";
import { edit } from "./edit/edit.ts";
import { attach } from "./exec/attach.ts";
import { cp } from "./exec/cp.ts";
import { exec } from "./exec/exec.ts";
import { expose } from "./expose/expose.ts";
import { get } from "./get/get.ts";
import { globalOptionsText } from "./help.ts";
import { annotate, label } from "./label/label.ts";
import { logs } from "./logs/logs.ts";
import { portForward } from "./network/port-forward.ts";
import { proxy } from "./network/proxy.ts";
import { cordon, drain, uncordon } from "./node/drain.ts";
import { taint } from "./node/taint.ts";
import { patch } from "./patch/patch.ts";
import { replace } from "./replace/replace.ts";
import { rollout } from "./rollout/rollout.ts";
import { run } from "./run/run.ts";
import { autoscale } from "./scale/autoscale.ts";
import { scale } from "./scale/scale.ts";
import { set } from "./set/set.ts";
import { wait } from "./wait/wait.ts";

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
    set,
    explain,
    get,
    edit,
    deleteCommand,
    rollout,
    scale,
    autoscale,
    certificate,
    clusterInfo,
    top,
    cordon,
    uncordon,
    drain,
    taint,
    describe,
    logs,
    attach,
    exec,
    portForward,
    proxy,
    cp,
    auth,
    debug,
    events,
    diff,
    apply,
    patch,
    replace,
    wait,
    kustomize,
    label,
    annotate,
    completion,
    apiResources,
    apiVersions,
    config,
    plugin,
    version,
    options,
    helpCommand(),
  ],
};
