import type { Task } from "../../../sim/task.ts";
import { completePods } from "../completion/resources.ts";
import { awaitObject } from "../core/await-gone.ts";
import { CommandError, notSimulated } from "../core/failure.ts";
import { at, type Fields, fields, fieldsAt, listAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { getInfo, type Info, infoPath } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { attachOrCopyLog } from "../exec/attach.ts";
import { containerNames } from "../exec/pod-target.ts";
import { rawText } from "../get/get.ts";
import { checkProfile, type DebugStyle, type Kept, withProfile } from "./profiles.ts";

/** kubectl debug: a container with other tools in a pod, in a copy of it, or on a node. */
export const debug: KubectlCommand = {
  name: "debug",
  use: "(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]",
  short: "Create debugging sessions for troubleshooting workloads and nodes",
  example:
    "  # A shell beside what runs in a pod\n  kubectl debug web -it --image=busybox\n\n" +
    "  # A shell on a node, its files under /host\n  kubectl debug node/worker -it --image=busybox",
  group: "debugging",
  flags: flagsFor("debug"),
  complete: completePods,
  run: runDebug,
};

function* runDebug(kubectl: Kubectl): Task<number> {
  const { args, argsLengthAtDash } = kubectl.parsed;
  const targets = argsLengthAtDash < 0 ? args : args.slice(0, argsLengthAtDash);
  const session = new DebugSession(kubectl, argsLengthAtDash < 0 ? [] : args.slice(argsLengthAtDash));
  yield* session.check(targets);
  for (const target of targets) yield* session.open(target);
  return 0;
}

class DebugSession {
  private readonly kubectl: Kubectl;
  private readonly words: readonly string[];
  private readonly image: string;
  private readonly copyTo: string;
  private readonly profile: string;

  constructor(kubectl: Kubectl, words: readonly string[]) {
    this.kubectl = kubectl;
    this.words = words;
    this.image = kubectl.flag("image");
    this.copyTo = kubectl.flag("copy-to");
    this.profile = kubectl.flag("profile");
  }

  *check(targets: readonly string[]): Task<void> {
    const { kubectl } = this;
    checkProfile(this.profile);
    for (const flag of ["custom", "filename"]) {
      const given = flag === "custom" ? kubectl.flag(flag) !== "" : kubectl.parsed.list(flag).length > 0;
      if (given) throw notSimulated(`kubectl debug --${flag}`);
    }
    this.checkImages();
    if (targets.length === 0) throw new CommandError("NAME or filename is required for debug");
    const policy = kubectl.flag("image-pull-policy");
    if (!["", "Always", "IfNotPresent", "Never"].includes(policy)) {
      throw new CommandError(`invalid image pull policy: ${policy}`);
    }
    yield* this.checkTarget();
    if (kubectl.isSet("tty") && !kubectl.isSet("stdin")) {
      throw new CommandError("-i/--stdin is required for containers with -t/--tty=true");
    }
    if (this.profile === "legacy") yield* kubectl.err(LEGACY);
  }

  private checkImages(): void {
    const { kubectl } = this;
    const images = this.setImages();
    if (this.copyTo === "") {
      const exclusive =
        ["replace", "same-node"].find((flag) => kubectl.isSet(flag)) ?? (images.size > 0 ? "set-image" : "");
      if (exclusive !== "") throw new CommandError(`--${exclusive} may only be used with --copy-to.`);
      if (this.image === "") throw new CommandError("you must specify --image when not using --copy-to.");
      return;
    }
    if (this.image === "" && images.size === 0 && this.words.length === 0) {
      throw new CommandError("you must specify --image, --set-image or command arguments.");
    }
    if (this.words.length > 0 && kubectl.flag("container") === "" && this.image === "") {
      throw new CommandError("you must specify an existing container or a new image when specifying args.");
    }
  }

  private *checkTarget(): Task<void> {
    const target = this.kubectl.flag("target");
    if (target === "") return;
    if (this.copyTo !== "") {
      throw new CommandError("--target is incompatible with --copy-to. Use --share-processes instead.");
    }
    if (this.kubectl.isSet("quiet")) return;
    yield* this.kubectl.out(
      `Targeting container "${target}". If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    );
  }

  *open(target: string): Task<void> {
    const [type = "", name] = target.split("/");
    const resource = yield* this.kubectl.discovery.resolve(name === undefined ? "pods" : type);
    const namespace = resource.namespaced ? this.kubectl.namespace : "";
    const info: Info = { resource, namespace, name: name ?? type, object: {}, source: "" };
    const object = fields(yield* getInfo(this.kubectl, info));
    if (resource.kind === "Node") yield* this.onNode(info.name);
    else if (resource.kind !== "Pod") {
      const of = `${resource.group}/${resource.version}, Kind=${resource.kind}`;
      throw new CommandError(`"${of}" not supported by debug`);
    } else if (this.copyTo !== "") yield* this.inCopy(info, object);
    else yield* this.inPod(info, object);
  }

  private *onNode(node: string): Task<void> {
    const container = this.kubectl.flag("container") || "debugger";
    const name = `node-debugger-${node}-${this.suffix()}`;
    if (!this.kubectl.isSet("quiet")) {
      yield* this.kubectl.out(`Creating debugging pod ${name} with container ${container} on node ${node}.\n`);
    }
    const pod = {
      kind: "Pod",
      apiVersion: "v1",
      metadata: { name, labels: { "app.kubernetes.io/managed-by": "kubectl-debug" } },
      spec: {
        containers: [this.container(container)],
        nodeName: node,
        restartPolicy: "Never",
        tolerations: [{ operator: "Exists" }],
      },
    };
    yield* this.create(this.profiled(pod, container, "node"));
    yield* this.attach(name, container);
  }

  private *inPod(info: Info, pod: Fields): Task<void> {
    const name = yield* this.containerName(pod);
    const target = this.kubectl.flag("target");
    const added = { ...this.container(name), ...(target === "" ? {} : { targetContainerName: target }) };
    const whole = withAdded(pod, "ephemeralContainers", added);
    const all = listAt(this.profiled(whole, name, "ephemeral"), "spec", "ephemeralContainers");
    const patch = { spec: { ephemeralContainers: all.slice(-1) } };
    yield* this.kubectl.request("PATCH", infoPath(info, "ephemeralcontainers"), {
      body: patch,
      contentType: "application/strategic-merge-patch+json",
    });
    yield* this.attach(info.name, name);
  }

  private *inCopy(info: Info, pod: Fields): Task<void> {
    const { kubectl } = this;
    const { pod: copy, container } = yield* this.copyOf(pod);
    yield* this.create(this.profiled(copy, container, "copy"));
    if (kubectl.isSet("replace")) {
      const body = { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0 };
      yield* kubectl.request("DELETE", infoPath(info), { body });
    }
    if (container !== "") yield* this.attach(this.copyTo, container);
  }

  /** The pod again under another name, with the debugging container or with one of its own changed. */
  private *copyOf(pod: Fields): Task<{ readonly pod: Fields; readonly container: string }> {
    const { kubectl } = this;
    const { ephemeralContainers: _, nodeName, ...spec } = fieldsAt(pod, "spec");
    const images = this.setImages();
    const containers = listAt(spec, "containers").map((container) => {
      const image = images.get(textAt(container, "name")) ?? images.get("*");
      return image === undefined ? fields(container) : { ...fields(container), image };
    });
    const shared = kubectl.parsed.changed("share-processes");
    const base = {
      kind: "Pod",
      apiVersion: "v1",
      metadata: {
        name: this.copyTo,
        namespace: textAt(pod, "metadata", "namespace"),
        annotations: at(pod, "metadata", "annotations"),
        labels: at(pod, "metadata", "labels"),
      },
      spec: {
        ...spec,
        containers,
        ...(shared ? { shareProcessNamespace: kubectl.isSet("share-processes") } : {}),
        ...(kubectl.isSet("same-node") ? { nodeName } : {}),
      },
    };
    const named = kubectl.flag("container");
    const existing = containers.find((one) => textAt(one, "name") === named);
    if (existing !== undefined) {
      const { args: _args, command: _command, ...rest } = existing;
      const changed = this.words.length > 0 ? rest : existing;
      const debugging = { ...changed, ...this.container(named, textAt(existing, "image")) };
      return {
        pod: {
          ...base,
          spec: { ...base.spec, containers: containers.map((one) => (one === existing ? debugging : one)) },
        },
        container: named,
      };
    }
    if (this.image === "") {
      if (images.size > 0) return { pod: base, container: "" };
      throw new CommandError("you must specify image when creating new container");
    }
    const name = yield* this.containerName(pod);
    return { pod: withAdded(base, "containers", this.container(name)), container: name };
  }

  private profiled(pod: Fields, container: string, style: DebugStyle): Fields {
    const { kubectl } = this;
    const probes = ["liveness", "readiness", "startup"].filter((probe) => kubectl.isSet(`keep-${probe}`));
    const kept: Kept = {
      labels: kubectl.isSet("keep-labels"),
      annotations: kubectl.isSet("keep-annotations"),
      initContainers: kubectl.isSet("keep-init-containers"),
      probes: new Set(probes.map((probe) => `${probe}Probe`)),
    };
    return withProfile(this.profile, pod, container, style, kept);
  }

  private *create(pod: Fields): Task<void> {
    const path = `/api/v1/namespaces/${this.kubectl.namespace}/pods`;
    yield* this.kubectl.request("POST", path, { body: pod });
  }

  private container(name: string, image = ""): Fields {
    const { kubectl, words } = this;
    const env = kubectl.parsed.list("env").map((text) => {
      const equals = text.indexOf("=");
      return { name: text.slice(0, equals), value: text.slice(equals + 1) };
    });
    const policy = kubectl.flag("image-pull-policy");
    return {
      name,
      image: this.image || image,
      ...(words.length === 0 ? {} : { [kubectl.isSet("arguments-only") ? "args" : "command"]: words }),
      ...(env.length === 0 ? {} : { env }),
      ...(policy === "" ? {} : { imagePullPolicy: policy }),
      ...(kubectl.isSet("stdin") ? { stdin: true } : {}),
      ...(kubectl.isSet("tty") ? { tty: true } : {}),
      terminationMessagePolicy: "File",
    };
  }

  private *containerName(pod: Fields): Task<string> {
    const given = this.kubectl.flag("container");
    if (given !== "") return given;
    const taken = containerNames(pod).map((one) => one.name);
    let name = `debugger-${this.suffix()}`;
    while (taken.includes(name)) name = `debugger-${this.suffix()}`;
    if (!this.kubectl.isSet("quiet")) yield* this.kubectl.out(`Defaulting debug container name to ${name}.\n`);
    return name;
  }

  /** Five letters as generated names have them. */
  private suffix(): string {
    const letters = "bcdfghjklmnpqrstvwxz2456789";
    const { random } = this.kubectl.process;
    return Array.from({ length: 5 }, () => letters.charAt(random.below(letters.length))).join("");
  }

  private setImages(): Map<string, string> {
    const pairs = this.kubectl.parsed.list("set-image").flatMap((text) => text.split(","));
    return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  }

  /** Waits until the container runs and connects with it; of one that has ended its log is shown. */
  private *attach(name: string, container: string): Task<void> {
    const { kubectl } = this;
    if (!(kubectl.parsed.changed("attach") ? kubectl.isSet("attach") : kubectl.isSet("stdin"))) return;
    const resource = yield* kubectl.discovery.resolve("pods");
    const info: Info = { resource, namespace: kubectl.namespace, name, object: {}, source: "" };
    const pod = yield* this.untilStarted(info, container);
    if (stateOf(pod, container)["running"] === undefined) yield* this.copyLog(info, container);
    else yield* attachOrCopyLog(kubectl, pod, container, () => this.copyLog(info, container));
  }

  /** The pod when the container runs or has ended; whatever keeps it from that is told meanwhile. */
  private *untilStarted(info: Info, container: string): Task<Fields> {
    const { kubectl } = this;
    let pod: Fields = {};
    let message = "";
    const isStarted = (object: Fields | undefined) => {
      pod = object ?? {};
      const state = stateOf(object, container);
      message = textAt(state, "waiting", "message");
      const begun = state["running"] !== undefined || state["terminated"] !== undefined;
      return object === undefined || begun || message !== "";
    };
    for (;;) {
      const told = message;
      yield* awaitObject(
        kubectl,
        info,
        undefined,
        (object) => isStarted(object) && (message === "" || message !== told),
      );
      if (message === "") return pod;
      if (!kubectl.isSet("quiet")) yield* kubectl.err(`Warning: container ${container}: ${message}\n`);
    }
  }

  private *copyLog(info: Info, container: string): Task<void> {
    yield* this.kubectl.out(yield* rawText(this.kubectl, `${infoPath(info, "log")}?container=${container}`));
  }
}

const LEGACY =
  '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n';
function withAdded(pod: Fields, key: "containers" | "ephemeralContainers", container: Fields): Fields {
  const spec = fieldsAt(pod, "spec");
  return { ...pod, spec: { ...spec, [key]: [...listAt(spec, key), container] } };
}

function stateOf(pod: Fields | undefined, container: string): Fields {
  const statuses = ["containerStatuses", "ephemeralContainerStatuses"].flatMap((key) => listAt(pod, "status", key));
  return fieldsAt(
    statuses.find((one) => textAt(one, "name") === container),
    "state",
  );
}
