import type { Task } from "../../../sim/task.ts";
import { CommandError, usageError } from "../core/failure.ts";
import { type Fields, fields, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { withLastApplied } from "../create/generator.ts";
import { type DryRun, dryRunOf, ResultPrinter, writeQuery } from "../printers/result-printer.ts";
import { attachAndWait } from "./attached-run.ts";
import { parseLabels } from "./label-list.ts";
import { applyOverrides } from "./overrides.ts";

/** kubectl run */
export const run: KubectlCommand = {
  name: "run",
  use: 'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  short: "Run a particular image on the cluster",
  long: "Make and start one pod.",
  example:
    "  # A web server\n  kubectl run web --image=nginx --port=80\n\n  # A shell that is gone when you leave it\n  kubectl run -it --rm box --image=busybox -- sh",
  group: "beginner",
  flags: flagsFor("run"),
  run: runRun,
};

function* runRun(kubectl: Kubectl): Task<number> {
  const { args, argsLengthAtDash } = kubectl.parsed;
  const [name] = args;
  if (name === undefined || argsLengthAtDash === 0) throw usageError(kubectl.path, "NAME is required for run");
  const image = kubectl.flag("image");
  if (image === "") throw new CommandError("--image is required");
  if (!/^[\w][\w./:@-]*$/.test(image) || /[A-Z]/.test(image.split(":")[0] ?? "")) {
    throw new CommandError(`Invalid image name "${image}": invalid reference format`);
  }
  const dryRun = yield* dryRunOf(kubectl);
  const attach = checkModes(kubectl, dryRun);
  const pod = applyOverrides(kubectl, podOf(kubectl, name, image, args.slice(1)));
  const printer = new ResultPrinter(kubectl, dryRun);
  const created = yield* createObject(kubectl, "pods", pod, dryRun);
  if (kubectl.isSet("expose")) {
    const service = yield* createObject(kubectl, "services", serviceOf(kubectl, name), dryRun);
    yield* printer.print(service, "created", dryRun === "client");
  }
  if (!attach) yield* printer.print(created, "created", dryRun === "client");
  return attach ? yield* attachAndWait(kubectl, textAt(created, "metadata", "name")) : 0;
}

/** Refuses combinations that make no sense; says whether to attach. */
function checkModes(kubectl: Kubectl, dryRun: DryRun): boolean {
  const interactive = kubectl.isSet("stdin");
  const attach = kubectl.parsed.changed("attach") ? kubectl.isSet("attach") : interactive || kubectl.isSet("tty");
  if (kubectl.isSet("tty") && !interactive)
    throw new CommandError("-i/--stdin is required for containers with -t/--tty=true");
  if (dryRun !== "none" && attach)
    throw new CommandError(
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    );
  if (kubectl.isSet("rm") && !attach)
    throw usageError(kubectl.path, "--rm should only be used for attached containers");
  if (kubectl.isSet("expose") && kubectl.flag("port") === "") {
    throw usageError(kubectl.path, "--port must be set when exposing a service");
  }
  const restart = kubectl.flag("restart");
  if (!["", "Always", "OnFailure", "Never"].includes(restart)) {
    throw usageError(kubectl.path, `invalid restart policy: ${restart}`);
  }
  return attach;
}

function podOf(kubectl: Kubectl, name: string, image: string, words: readonly string[]): Fields {
  const labels = kubectl.flag("labels") === "" ? { run: name } : parseLabels(kubectl.flag("labels"));
  const annotations = kubectl.parsed.list("annotations");
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: {
      name,
      ...(kubectl.namespaceGiven ? { namespace: kubectl.namespace } : {}),
      labels,
      ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations.map(annotation)) }),
    },
    spec: {
      containers: [containerOf(kubectl, name, image, words)],
      restartPolicy: kubectl.flag("restart") || "Always",
      dnsPolicy: "ClusterFirst",
    },
    status: {},
  };
}

function annotation(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals < 0) throw new CommandError(`invalid annotation format: ${text}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function containerOf(kubectl: Kubectl, name: string, image: string, words: readonly string[]): Fields {
  const env = kubectl.parsed.list("env").map(envEntry);
  const port = kubectl.flag("port");
  const interactive = kubectl.isSet("stdin");
  const policy = kubectl.flag("image-pull-policy");
  const command = kubectl.isSet("command");
  return {
    name,
    image,
    ...(words.length > 0 && command ? { command: words } : {}),
    ...(words.length > 0 && !command ? { args: words } : {}),
    ...(port === "" ? {} : { ports: [{ containerPort: portNumber(port) }] }),
    ...(env.length === 0 ? {} : { env }),
    resources: {},
    ...(policy === "" ? {} : { imagePullPolicy: policy }),
    ...(interactive ? { stdin: true } : {}),
    ...(interactive && !kubectl.isSet("leave-stdin-open") ? { stdinOnce: true } : {}),
    ...(kubectl.isSet("tty") ? { tty: true } : {}),
  };
}

function envEntry(text: string): Fields {
  const equals = text.indexOf("=");
  const name = text.slice(0, equals);
  if (equals <= 0 || !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) throw new CommandError(`invalid env: ${text}`);
  const value = text.slice(equals + 1);
  return value === "" ? { name } : { name, value };
}

function portNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new CommandError(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

function serviceOf(kubectl: Kubectl, name: string): Fields {
  const port = portNumber(kubectl.flag("port"));
  const labels = kubectl.flag("labels") === "" ? { run: name } : parseLabels(kubectl.flag("labels"));
  return {
    kind: "Service",
    apiVersion: "v1",
    metadata: { name, ...(kubectl.namespaceGiven ? { namespace: kubectl.namespace } : {}) },
    spec: { ports: [{ protocol: "TCP", port, targetPort: port }], selector: labels },
    status: { loadBalancer: {} },
  };
}

function* createObject(kubectl: Kubectl, resource: string, made: Fields, dryRun: DryRun): Task<Fields> {
  const object = kubectl.isSet("save-config") ? withLastApplied(made, true) : made;
  if (dryRun === "client") return object;
  const namespace = textAt(object, "metadata", "namespace") || kubectl.namespace;
  const path = `/api/v1/namespaces/${namespace}/${resource}`;
  return fields(yield* kubectl.request("POST", path, { query: writeQuery(kubectl, dryRun), body: object }));
}
