import { compileRegex, type Regex } from "../../../base/regex/regex.ts";
import type { ContainerInfo } from "../../../machine/container-runtime.ts";
import { writeText } from "../../../machine/file-descriptor.ts";
import type { Task } from "../../../sim/task.ts";
import { type Call, CrictlError } from "./call.ts";
import { agoText, crictlTable, humanSize, shortId } from "./format.ts";

/** `crictl ps`: containers, the newest first. */
export function* listContainers(call: Call): Task<number> {
  const { runtime, options, process } = call;
  const sandboxes = new Map(runtime.podSandboxes().map((sandbox) => [sandbox.id, sandbox.config]));
  const matches = (name: string, text: string) => {
    const pattern = options.value(name);
    return pattern === undefined || regex(pattern).test(text);
  };
  const state = options.value("state")?.toLowerCase();
  const all = options.has("all") || state !== undefined || options.has("latest") || options.has("last");
  let rows = [...runtime.containers()]
    .filter((one) => (all ? state === undefined || one.state === state : one.state === "running"))
    .filter((one) => matches("name", one.config.name) && matches("id", one.id))
    .filter((one) => one.sandboxId.startsWith(options.value("pod") ?? ""))
    .filter((one) => matches("namespace", sandboxes.get(one.sandboxId)?.namespace ?? ""))
    .filter((one) => options.values("label").every((label) => hasLabel(one, label)))
    .sort((a, b) => b.createdAt - a.createdAt);
  if (options.has("latest")) rows = rows.slice(0, 1);
  else if (options.has("last")) rows = rows.slice(0, Number(options.value("last")) || rows.length);
  if (options.has("quiet")) {
    yield* writeText(process.stdout, rows.map((one) => `${one.id}\n`).join(""));
    return 0;
  }
  if (options.value("output") === "json") {
    yield* writeText(process.stdout, `${JSON.stringify({ containers: rows.map(containerJson) }, null, 2)}\n`);
    return 0;
  }
  const title = ["CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"];
  const cells = rows.map((one) => containerRow(call, one));
  yield* writeText(process.stdout, crictlTable([title, ...cells]));
  return 0;
}

function containerRow(call: Call, one: ContainerInfo): string[] {
  const sandbox = call.runtime.podSandboxes().find((candidate) => candidate.id === one.sandboxId);
  const whole = call.options.has("no-trunc");
  const id = (text: string) => (whole ? text : shortId(text));
  const image = call.options.has("resolve-image-path")
    ? (call.runtime.imageStatus(one.imageId)?.tags[0] ?? one.imageId)
    : id(one.imageId);
  return [
    id(one.id),
    image,
    agoText(call.process.clock.now - one.createdAt),
    one.state.charAt(0).toUpperCase() + one.state.slice(1),
    one.config.name,
    String(one.config.attempt),
    id(one.sandboxId),
    sandbox?.config.name ?? "unknown",
    sandbox?.config.namespace ?? "unknown",
  ];
}

/** `crictl pods`: sandboxes, the newest first. */
export function* listPods(call: Call): Task<number> {
  const { runtime, options, process } = call;
  const name = options.value("name");
  const namespace = options.value("namespace");
  const state = options.value("state")?.toLowerCase();
  let rows = [...runtime.podSandboxes()]
    .filter((one) => name === undefined || regex(name).test(one.config.name))
    .filter((one) => namespace === undefined || regex(namespace).test(one.config.namespace))
    .filter((one) => state === undefined || one.state === state)
    .filter((one) => one.id.startsWith(options.value("id") ?? ""))
    .sort((a, b) => b.createdAt - a.createdAt);
  if (options.has("latest")) rows = rows.slice(0, 1);
  if (options.has("quiet")) {
    yield* writeText(process.stdout, rows.map((one) => `${one.id}\n`).join(""));
    return 0;
  }
  const title = ["POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME"];
  const cells = rows.map((one) => [
    options.has("no-trunc") ? one.id : shortId(one.id),
    agoText(process.clock.now - one.createdAt),
    one.state === "ready" ? "Ready" : "NotReady",
    one.config.name,
    one.config.namespace,
    String(one.config.attempt),
    "(default)",
  ]);
  yield* writeText(process.stdout, crictlTable([title, ...cells]));
  return 0;
}

/** `crictl images`: sorted by name, as the API's list is. */
export function* listImages(call: Call): Task<number> {
  const { runtime, options, operands, process } = call;
  const wanted = operands[0];
  const images = runtime
    .images()
    .filter((image) => wanted === undefined || image.tags.some((tag) => tag.startsWith(wanted)));
  if (options.has("quiet")) {
    yield* writeText(process.stdout, images.map((image) => `${image.id}\n`).join(""));
    return 0;
  }
  const digests = options.has("digests");
  const title = ["IMAGE", "TAG", ...(digests ? ["DIGEST"] : []), "IMAGE ID", "SIZE"];
  const rows = images.flatMap((image) => {
    const names = image.tags.length > 0 ? image.tags : ["<none>:<none>"];
    return names.map((tag) => {
      const cut = tag.lastIndexOf(":");
      const id = options.has("no-trunc") ? image.id : shortId(image.id);
      const digest = digests ? [shortId(image.digest)] : [];
      return [tag.slice(0, cut), tag.slice(cut + 1), ...digest, id, humanSize(image.sizeBytes)];
    });
  });
  rows.sort((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1));
  yield* writeText(process.stdout, crictlTable([title, ...rows]));
  return 0;
}

function hasLabel(container: ContainerInfo, label: string): boolean {
  const [key = "", value] = label.split("=");
  return value === undefined ? key in container.config.labels : container.config.labels[key] === value;
}

function regex(source: string): Regex {
  const compiled = compileRegex(source, { syntax: "re2" });
  if (typeof compiled !== "string") return compiled;
  throw new CrictlError(`listing containers: failed to compile regular expression: error parsing regexp: ${compiled}`);
}

/** The CRI's Container as JSON. */
function containerJson(one: ContainerInfo): unknown {
  return {
    id: one.id,
    podSandboxId: one.sandboxId,
    metadata: { name: one.config.name, attempt: one.config.attempt },
    image: { image: one.imageId, annotations: {}, userSpecifiedImage: one.config.image, runtimeHandler: "" },
    imageRef: one.imageId,
    state: `CONTAINER_${one.state.toUpperCase()}`,
    createdAt: nanoText(one.createdAt),
    labels: one.config.labels,
    annotations: one.config.annotations,
  };
}

function nanoText(ms: number): string {
  return `${Math.floor(ms)}${String(Math.floor((ms % 1) * 1e6)).padStart(6, "0")}`;
}
