import { COMPLETION } from "../../../base/cli/completion.ts";
import { goJson } from "../../../base/go-json.ts";
import { rfc3339 } from "../../../base/rfc3339.ts";
import { emitYaml } from "../../../base/yaml/emit.ts";
import type { Task } from "../../../sim/task.ts";
import { completeNames } from "../completion/resources.ts";
import { CommandError, notSimulated, usageError } from "../core/failure.ts";
import { fields, listAt, stringsAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { KUBECTL_VERSION, KUSTOMIZE_VERSION, type Kubectl, type KubectlCommand } from "../core/kubectl.ts";
import { clusterDump } from "./dump.ts";

/** kubectl version */
export const version: KubectlCommand = {
  name: "version",
  short: "Print the client and server version information",
  flags: flagsFor("version"),
  run: runVersion,
};

const CLIENT_VERSION = {
  major: "1",
  minor: "35",
  gitVersion: KUBECTL_VERSION,
  gitCommit: "fdc9d74cbf2da6754ebf81d56f80ae2948cd6425",
  gitTreeState: "clean",
  buildDate: "2026-02-26T20:26:43Z",
  goVersion: "go1.25.7",
  compiler: "gc",
  platform: "linux/amd64",
};

function* runVersion(kubectl: Kubectl): Task<number> {
  const { args } = kubectl.parsed;
  if (args.length > 0) throw new CommandError(`extra arguments: [${args.join(" ")}]`);
  const output = kubectl.flag("output");
  if (!["", "yaml", "json"].includes(output)) throw new CommandError("--output must be 'yaml' or 'json'");
  let failure: unknown;
  let server: unknown;
  if (!kubectl.isSet("client")) {
    try {
      server = yield* kubectl.request("GET", "/version", { query: { timeout: "32s" } });
    } catch (error) {
      failure = error;
    }
  }
  const all = {
    clientVersion: CLIENT_VERSION,
    kustomizeVersion: KUSTOMIZE_VERSION,
    ...(server === undefined ? {} : { serverVersion: server }),
  };
  if (output === "yaml") yield* kubectl.out(`${emitYaml(all)}\n`);
  else if (output === "json") yield* kubectl.out(`${goJson(all, { indent: "  ", sortKeys: false })}\n`);
  else {
    yield* kubectl.out(`Client Version: ${KUBECTL_VERSION}\nKustomize Version: ${KUSTOMIZE_VERSION}\n`);
    if (server !== undefined) yield* kubectl.out(`Server Version: ${textAt(server, "gitVersion")}\n`);
  }
  if (failure !== undefined) throw failure;
  return 0;
}

/** kubectl cluster-info */
export const clusterInfo: KubectlCommand = {
  name: "cluster-info",
  short: "Display cluster information",
  group: "management",
  flags: flagsFor("cluster-info"),
  commands: [clusterDump],
  run: runClusterInfo,
};

const GREEN = "\u001b[0;32m";
const YELLOW = "\u001b[0;33m";
const PLAIN = "\u001b[0m";

function* runClusterInfo(kubectl: Kubectl): Task<number> {
  const colours = kubectl.process.stdout.kind === "terminal";
  const green = (text: string) => (colours ? `${GREEN}${text}${PLAIN}` : text);
  const yellow = (text: string) => (colours ? `${YELLOW}${text}${PLAIN}` : text);
  const { server } = kubectl.config;
  try {
    const path = `/api/v1/namespaces/kube-system/services`;
    const query = { labelSelector: "kubernetes.io/cluster-service=true" };
    const services = listAt(yield* kubectl.request("GET", path, { query }), "items");
    yield* kubectl.out(`${green("Kubernetes control plane")} is running at ${yellow(server)}\n`);
    for (const service of services) {
      const name =
        stringsAt(service, "metadata", "labels")["kubernetes.io/name"] ?? textAt(service, "metadata", "name");
      const port = textAt(service, "spec", "ports", 0, "name");
      const target = `${textAt(service, "metadata", "name")}${port === "" ? "" : `:${port}`}`;
      yield* kubectl.out(`${green(name)} is running at ${yellow(`${server}${path}/${target}/proxy`)}\n`);
    }
  } finally {
    yield* kubectl.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
  }
  return 0;
}

function topCommand(name: string, aliases: readonly string[], resource: string): KubectlCommand {
  return {
    name,
    aliases,
    use: "[NAME | -l label]",
    short: `Display resource (CPU/memory) usage of ${resource}`,
    flags: flagsFor(`top ${name}`),
    complete: completeNames(resource),
    *run(kubectl): Task<number> {
      const groups = new Set((yield* kubectl.discovery.resources()).map((one) => one.group));
      if (!groups.has("metrics.k8s.io")) throw new CommandError("Metrics API not available");
      throw notSimulated("kubectl top with a metrics server");
    },
  };
}

/** kubectl top */
export const top: KubectlCommand = {
  name: "top",
  short: "Display resource (CPU/memory) usage",
  group: "management",
  commands: [topCommand("node", ["nodes", "no"], "nodes"), topCommand("pod", ["pods", "po"], "pods")],
};

/** kubectl completion: this sandbox's shells complete by themselves. */
export const completion: KubectlCommand = {
  name: "completion",
  use: "SHELL",
  short: "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)",
  group: "settings",
  *complete(_kubectl, _parsed, word) {
    const shells = ["bash", "fish", "powershell", "zsh"].filter((shell) => shell.startsWith(word));
    return { offers: shells, directive: COMPLETION.noFiles };
  },
  *run(kubectl): Task<number> {
    const [shell, ...more] = kubectl.parsed.args;
    if (shell === undefined) throw usageError(kubectl.path, "Shell not specified.");
    if (more.length > 0) throw usageError(kubectl.path, "Too many arguments. Expected only the shell type.");
    if (!["bash", "zsh", "fish", "powershell"].includes(shell)) {
      throw usageError(kubectl.path, `Unsupported shell type "${shell}".`);
    }
    yield* kubectl.out(
      "# The shell of this sandbox asks kubectl itself for completions; nothing needs to be loaded.\n",
    );
    return 0;
  },
};

/** kubectl plugin */
export const plugin: KubectlCommand = {
  name: "plugin",
  short: "Provides utilities for interacting with plugins",
  commands: [
    {
      name: "list",
      short: "List all visible plugin executables on a user's PATH",
      flags: flagsFor("plugin list"),
      *run(): Task<number> {
        throw new CommandError("unable to find any kubectl plugins in your PATH");
      },
    },
  ],
};

/** kubectl certificate */
export const certificate: KubectlCommand = {
  name: "certificate",
  use: "SUBCOMMAND",
  short: "Modify certificate resources",
  group: "management",
  commands: [decision("approve", "Approved", "approved"), decision("deny", "Denied", "denied")],
};

function decision(name: string, type: string, done: string): KubectlCommand {
  return {
    name,
    use: "(-f FILENAME | NAME)",
    short: name === "approve" ? "Approve a certificate signing request" : "Deny a certificate signing request",
    flags: flagsFor(`certificate ${name}`),
    complete: completeNames("certificatesigningrequests"),
    *run(kubectl): Task<number> {
      const names = kubectl.parsed.args;
      if (names.length === 0) throw new CommandError("one or more CSRs must be specified as <name> or -f <filename>");
      for (const csr of names) yield* decide(kubectl, csr, type, done);
      return 0;
    },
  };
}

function* decide(kubectl: Kubectl, name: string, type: string, done: string): Task<void> {
  const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${name}`;
  const csr = fields(yield* kubectl.request("GET", path));
  const conditions = listAt(csr, "status", "conditions");
  const opposite = type === "Approved" ? "Denied" : "Approved";
  if (conditions.some((one) => textAt(one, "type") === opposite)) {
    throw new CommandError(`certificate signing request "${name}" is already ${opposite}`);
  }
  if (!conditions.some((one) => textAt(one, "type") === type)) {
    const time = rfc3339(kubectl.now);
    const condition = {
      type,
      status: "True",
      reason: type === "Approved" ? "KubectlApprove" : "KubectlDeny",
      message: `This CSR was ${done} by kubectl certificate ${type === "Approved" ? "approve" : "deny"}.`,
      lastUpdateTime: time,
    };
    const body = { ...csr, status: { ...fields(csr["status"]), conditions: [...conditions, condition] } };
    yield* kubectl.request("PUT", `${path}/approval`, { body });
  }
  yield* kubectl.out(`certificatesigningrequest.certificates.k8s.io/${name} ${done}\n`);
}
