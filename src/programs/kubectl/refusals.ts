import { emitYaml } from "../../base/yaml/emit.ts";
import type { Task } from "../../sim/task.ts";
import { completePods } from "./completion/resources.ts";
import { CommandError, notSimulated } from "./core/failure.ts";
import { fields, textAt } from "./core/fields.ts";
import { flagsFor } from "./core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "./core/kubectl.ts";
import { buildKustomization } from "./core/kustomize.ts";
import { terminalWanted } from "./exec/exec.ts";
import { containerFor, podFor } from "./exec/pod-target.ts";
import { runStream } from "./exec/streams.ts";

/** Commands that exist and are not imitated, or only so far as to say what is wrong with how they were called. */
function refused(
  name: string,
  use: string,
  short: string,
  check: (kubectl: Kubectl) => Task<void>,
  group?: string,
): KubectlCommand {
  return {
    name,
    use,
    short,
    ...(group === undefined ? {} : { group }),
    flags: flagsFor(name),
    complete: completePods,
    *run(kubectl): Task<number> {
      yield* check(kubectl);
      throw notSimulated(["kubectl", name].join(" "));
    },
  };
}

export const debug = refused(
  "debug",
  "(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]",
  "Create debugging sessions for troubleshooting workloads and nodes",
  function* check(kubectl) {
    if (kubectl.flag("image") === "" && kubectl.flag("copy-to") === "") {
      throw new CommandError("you must specify --image when not using --copy-to.");
    }
  },
  "debugging",
);

/** kubectl attach */
export const attach: KubectlCommand = {
  name: "attach",
  use: "(POD | TYPE/NAME) -c CONTAINER",
  short: "Attach to a running container",
  group: "debugging",
  flags: flagsFor("attach"),
  complete: completePods,
  run: runAttach,
};

function* runAttach(kubectl: Kubectl): Task<number> {
  const [target] = kubectl.parsed.args;
  if (target === undefined) throw new CommandError("at least 1 argument is required for attach");
  const pod = yield* podFor(kubectl, target);
  const phase = textAt(pod, "status", "phase");
  if (phase === "Succeeded" || phase === "Failed") {
    throw new CommandError(`cannot attach a container in a completed pod; current phase is ${phase}`);
  }
  const quiet = kubectl.isSet("quiet");
  const container = yield* containerFor(kubectl, pod, kubectl.flag("container"), quiet);
  const stdin = kubectl.isSet("stdin");
  const tty = yield* terminalWanted(kubectl, stdin, quiet);
  if (!quiet) {
    yield* kubectl.err(
      "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
    );
  }
  const query = {
    container,
    ...(stdin ? { stdin: "true" } : {}),
    stdout: "true",
    ...(tty ? { tty: "true" } : { stderr: "true" }),
  };
  const path = `/api/v1/namespaces/${kubectl.namespace}/pods/${textAt(pod, "metadata", "name")}/attach`;
  return yield* runStream(kubectl, path, query, { stdin, tty, redraw: tty });
}

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
