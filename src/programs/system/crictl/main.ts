import { type OptionSpec, parseOptions } from "../../../base/getopt.ts";
import {
  ContainerError,
  type ContainerRuntime,
  ImagePullError,
  RuntimeUnavailable,
} from "../../../machine/container-runtime.ts";
import { writeText } from "../../../machine/file-descriptor.ts";
import type { Process, Program } from "../../../machine/process.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import { type Call, CrictlError, rpcError } from "./call.ts";
import {
  execInContainer,
  inspectContainers,
  inspectPods,
  removeContainers,
  removePods,
  showLogs,
  startContainers,
  stopContainers,
  stopPods,
} from "./containers.ts";
import { listContainers, listImages, listPods } from "./lists.ts";

const VERSION = "v1.35.0";
const ENDPOINT = "unix:///run/containerd/containerd.sock";
/** How long crictl tries to connect. */
const CONNECT_MS = 2000;

interface Command {
  readonly names: readonly string[];
  readonly usage: string;
  readonly options?: readonly OptionSpec[];
  readonly ownArguments?: true;
  run(call: Call): Task<number>;
}

const flag = (short: string, long: string): OptionSpec => ({ short, long });
const value = (long: string, short?: string): OptionSpec =>
  short === undefined ? { long, value: "required" } : { long, short, value: "required" };

const LIST_OPTIONS: readonly OptionSpec[] = [
  flag("a", "all"),
  flag("q", "quiet"),
  flag("l", "latest"),
  flag("v", "verbose"),
  flag("r", "resolve-image-path"),
  { long: "no-trunc" },
  value("name"),
  value("namespace"),
  value("id"),
  value("image"),
  value("label"),
  value("last", "n"),
  value("pod", "p"),
  value("state", "s"),
  value("output", "o"),
];

const COMMANDS: readonly Command[] = [
  { names: ["attach"], usage: "Attach to a running container", run: refused("crictl attach") },
  { names: ["config"], usage: "Get, set and list crictl configuration options", run: refused("crictl config") },
  { names: ["create"], usage: "Create a new container", run: refused("crictl create") },
  { names: ["events", "event"], usage: "Stream the events of containers", run: refused("crictl events") },
  {
    names: ["exec"],
    usage: "Run a command in a running container",
    options: [flag("i", "interactive"), flag("t", "tty"), flag("s", "sync")],
    ownArguments: true,
    run: execInContainer,
  },
  {
    names: ["images", "image", "img"],
    usage: "List images",
    options: [
      flag("q", "quiet"),
      flag("v", "verbose"),
      { long: "digests" },
      { long: "no-trunc" },
      value("output", "o"),
    ],
    run: listImages,
  },
  { names: ["info"], usage: "Display information of the container runtime", run: showInfo },
  {
    names: ["inspect"],
    usage: "Display the status of one or more containers",
    options: [value("output", "o"), flag("q", "quiet")],
    run: inspectContainers,
  },
  {
    names: ["inspectp"],
    usage: "Display the status of one or more pods",
    options: [value("output", "o"), flag("q", "quiet")],
    run: inspectPods,
  },
  {
    names: ["inspecti"],
    usage: "Return the status of one or more images",
    options: [value("output", "o")],
    run: inspectImages,
  },
  {
    names: ["logs"],
    usage: "Fetch the logs of a container",
    options: [flag("f", "follow"), flag("t", "timestamps"), flag("p", "previous"), value("tail"), value("since")],
    run: showLogs,
  },
  { names: ["pods"], usage: "List pods", options: LIST_OPTIONS, run: listPods },
  { names: ["ps"], usage: "List containers", options: LIST_OPTIONS, run: listContainers },
  { names: ["pull"], usage: "Pull an image from a registry", run: pullImage },
  {
    names: ["rm"],
    usage: "Remove one or more containers",
    options: [flag("f", "force"), flag("a", "all"), flag("k", "keep-logs")],
    run: removeContainers,
  },
  {
    names: ["rmi"],
    usage: "Remove one or more images",
    options: [flag("a", "all"), flag("q", "prune")],
    run: removeImages,
  },
  {
    names: ["rmp"],
    usage: "Remove one or more pods",
    options: [flag("f", "force"), flag("a", "all")],
    run: removePods,
  },
  { names: ["run"], usage: "Run a new container inside a sandbox", run: refused("crictl run") },
  { names: ["runp"], usage: "Run a new pod", run: refused("crictl runp") },
  { names: ["start"], usage: "Start one or more created containers", run: startContainers },
  {
    names: ["stats"],
    usage: "List container(s) resource usage statistics",
    options: LIST_OPTIONS,
    run: refused("resource usage of containers"),
  },
  { names: ["statsp"], usage: "List pod statistics", options: LIST_OPTIONS, run: refused("resource usage of pods") },
  {
    names: ["stop"],
    usage: "Stop one or more running containers",
    options: [value("timeout", "t"), flag("a", "all")],
    run: stopContainers,
  },
  { names: ["stopp"], usage: "Stop one or more running pods", run: stopPods },
  { names: ["version"], usage: "Display runtime version information", run: showVersion },
];

/** crictl: a CRI client for the node's container runtime. */
export const crictl: Program = function* (process) {
  const startedAt = process.clock.uptime;
  const args = process.argv.slice(1);
  while (args[0]?.startsWith("-")) {
    const option = args.shift() ?? "";
    if (option === "--version" || option === "-v") {
      yield* writeText(process.stdout, `crictl version ${VERSION}\n`);
      return 0;
    }
    if (option === "--help" || option === "-h") return yield* showHelp(process);
    if (/^(-r|--runtime-endpoint|-i|--image-endpoint|-c|--config|-t|--timeout)$/.test(option)) args.shift();
  }
  const name = args.shift();
  if (name === undefined || name === "help" || name === "h") return yield* showHelp(process);
  const command = COMMANDS.find((candidate) => candidate.names.includes(name));
  if (command === undefined) {
    yield* writeText(process.stderr, `No help topic for '${name}'\n`);
    return 3;
  }
  try {
    return yield* runCommand(process, command, args);
  } catch (error) {
    if (error instanceof RuntimeUnavailable) return yield* unavailable(process, startedAt, error);
    if (error instanceof CrictlError) return yield* fatal(process, startedAt, error.message);
    if (error instanceof ContainerError || error instanceof ImagePullError)
      return yield* fatal(process, startedAt, rpcError(error));
    throw error;
  }
};

function* runCommand(process: Process, command: Command, args: readonly string[]): Task<number> {
  const runtime = process.machine.service<ContainerRuntime>("containerd");
  if (runtime === undefined) throw new RuntimeUnavailable(NO_SOCKET);
  const rules = command.ownArguments === true ? { stopAtOperand: true } : {};
  const parsed = parseOptions(args, [...(command.options ?? []), flag("h", "help")], rules);
  if (!parsed.ok) throw new CrictlError(parsed.message);
  if (parsed.options.has("help")) {
    yield* writeText(process.stdout, `NAME:\n   crictl ${command.names[0]} - ${command.usage}\n`);
    return 0;
  }
  return yield* command.run({ process, runtime, options: parsed.options, operands: parsed.operands });
}

const NO_SOCKET =
  'connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory"';

function* unavailable(process: Process, startedAt: number, error: Error): Task<number> {
  yield* sleep(process.clock, CONNECT_MS);
  const message = `validate service connection: validate CRI v1 runtime API for endpoint "${ENDPOINT}": ${rpcError(error, "Unavailable")}`;
  return yield* fatal(process, startedAt, message);
}

/** logrus's fatal line, with the seconds since the start. */
function* fatal(process: Process, startedAt: number, message: string): Task<number> {
  const seconds = Math.floor((process.clock.uptime - startedAt) / 1000);
  yield* writeText(process.stderr, `FATA[${String(seconds).padStart(4, "0")}] ${message}\n`);
  return 1;
}

function* showHelp(process: Process): Task<number> {
  const rows = COMMANDS.map(({ names, usage }) => `   ${names.join(", ").padEnd(20)} ${usage}\n`);
  yield* writeText(
    process.stdout,
    `NAME:\n   crictl - client for CRI\n\nUSAGE:\n   crictl [global options] command [command options] [arguments...]\n\nVERSION:\n   ${VERSION}\n\nCOMMANDS:\n${rows.join("")}`,
  );
  return 0;
}

function refused(what: string): (call: Call) => Task<number> {
  return function* (call) {
    yield* writeText(call.process.stderr, `not simulated in this sandbox: ${what}\n`);
    return 1;
  };
}

function* pullImage(call: Call): Task<number> {
  const [image] = call.operands;
  if (image === undefined) throw new CrictlError("image name or ID cannot be empty");
  try {
    const info = yield* call.runtime.pullImage(image);
    yield* writeText(call.process.stdout, `Image is up to date for ${info.id}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ImagePullError)) throw error;
    throw new CrictlError(`pulling image: ${rpcError(error)}`);
  }
}

function* removeImages(call: Call): Task<number> {
  const images = call.options.has("all") ? call.runtime.images().map((image) => image.id) : call.operands;
  for (const image of images) {
    const info = call.runtime.imageStatus(image);
    if (info === undefined) throw new CrictlError(`unable to remove the image(s): no such image ${image}`);
    call.runtime.removeImage(image);
    for (const tag of info.tags) yield* writeText(call.process.stdout, `Deleted: ${tag}\n`);
  }
  return 0;
}

function* inspectImages(call: Call): Task<number> {
  if (call.operands.length === 0) throw new CrictlError("ID cannot be empty");
  for (const name of call.operands) {
    const info = call.runtime.imageStatus(name);
    if (info === undefined) throw new CrictlError(`no such image "${name}" present`);
    const { id, tags, digest, sizeBytes } = info;
    const repository = (tags[0] ?? "").replace(/:[^:/]*$/, "");
    const repoDigests = digest === "" ? [] : [`${repository}@${digest}`];
    const status = { id, repoDigests, repoTags: tags, size: String(sizeBytes), username: "", pinned: false };
    yield* writeText(call.process.stdout, `${JSON.stringify({ status }, null, 2)}\n`);
  }
  return 0;
}

function* showVersion(call: Call): Task<number> {
  call.runtime.images();
  yield* writeText(
    call.process.stdout,
    "Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  v2.1.5\nRuntimeApiVersion:  v1\n",
  );
  return 0;
}

const NO_NETWORK = {
  status: false,
  reason: "NetworkPluginNotReady",
  message: "Network plugin returns error: cni plugin not initialized",
};

function* showInfo(call: Call): Task<number> {
  call.runtime.images();
  const well = { status: true, reason: "", message: "" };
  const network = call.runtime.networkReady ? well : NO_NETWORK;
  const conditions = [
    { type: "RuntimeReady", ...well },
    { type: "NetworkReady", ...network },
  ];
  yield* writeText(call.process.stdout, `${JSON.stringify({ status: { conditions } }, null, 2)}\n`);
  return 0;
}
