import { text, utf8 } from "../../../base/bytes.ts";
import { goQuote } from "../../../base/go-quote.ts";
import { isNotFound, StatusError } from "../../../kube/client/status-error.ts";
import { ChannelError } from "../../../sim/channel.ts";
import { bodyBytes } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { completePods } from "../completion/resources.ts";
import { CommandError, usageError } from "../core/failure.ts";
import { type Fields, fields, listAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { getInfo, type Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { inLoggingOrder } from "../exec/pod-order.ts";
import { containerFor, containerNames, podsOf } from "../exec/pod-target.ts";

/** kubectl logs */
export const logs: KubectlCommand = {
  name: "logs",
  use: "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]",
  short: "Print the logs for a container in a pod",
  group: "debugging",
  flags: flagsFor("logs"),
  run: runLogs,
  complete: completePods,
};

const USAGE =
  "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command";

interface Source {
  readonly pod: string;
  readonly container: string;
}

function* runLogs(kubectl: Kubectl): Task<number> {
  const { args } = kubectl.parsed;
  const selector = kubectl.flag("selector");
  checkFlags(kubectl, selector);
  const pods = yield* podsToRead(kubectl, args, selector);
  const sources = yield* sourcesOf(kubectl, pods, args);
  const follow = kubectl.isSet("follow");
  if (!follow || sources.length <= 1) {
    for (const source of sources) yield* copyLog(kubectl, source, sources.length > 1);
    return 0;
  }
  const limit = kubectl.parsed.number("max-log-requests");
  if (sources.length > limit) {
    throw new CommandError(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${limit}, use --max-log-requests to increase the limit`,
    );
  }
  const running = sources.map((source) => kubectl.process.tasks.spawn("kubectl/logs", copyLog(kubectl, source, true)));
  for (const task of running) yield* task.join();
  return 0;
}

function checkFlags(kubectl: Kubectl, selector: string): void {
  const { args } = kubectl.parsed;
  if (args.length === 0 && selector === "") throw usageError(kubectl.path, USAGE);
  if (args.length > 0 && selector !== "")
    throw usageError(kubectl.path, "only a selector (-l) or a POD name is allowed");
  if (args.length > 2) throw usageError(kubectl.path, USAGE);
  if (kubectl.isSet("all-containers") && (kubectl.flag("container") !== "" || args.length > 1)) {
    throw new CommandError(
      `--all-containers=true should not be specified with container name ${kubectl.flag("container") || args[1]}`,
    );
  }
  checkTime(kubectl.flag("since-time"));
  if (kubectl.flag("since-time") !== "" && kubectl.parsed.number("since") !== 0) {
    throw new CommandError("at most one of `sinceTime` or `sinceSeconds` may be specified");
  }
  if (kubectl.parsed.number("tail") < -1) throw new CommandError("--tail must be greater than or equal to -1");
}

/** The parts of an RFC 3339 time: how Go's layout writes each, what fits there, and up to what it may count. */
const TIME_PARTS: readonly (readonly [
  layout: string,
  pattern: RegExp,
  least?: number,
  most?: number,
  name?: string,
])[] = [
  ["2006", /^\d{4}/],
  ["-", /^-/],
  ["01", /^\d{2}/, 1, 12, "month"],
  ["-", /^-/],
  ["02", /^\d{2}/, 1, 31, "day"],
  ["T", /^T/],
  ["15", /^\d{2}/, 0, 23, "hour"],
  [":", /^:/],
  ["04", /^\d{2}/, 0, 59, "minute"],
  [":", /^:/],
  ["05", /^\d{2}([.,]\d+)?/, 0, 59, "second"],
  ["Z07:00", /^(Z|[+-]\d\d:\d\d)/],
];

/** Refuses what Go's time.Parse does, in its words. */
function checkTime(whole: string): void {
  if (whole === "") return;
  const shown = `parsing time ${goQuote(whole)}`;
  let rest = whole;
  for (const [layout, pattern, least = 0, most = Number.POSITIVE_INFINITY, name] of TIME_PARTS) {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined) {
      const form = "2006-01-02T15:04:05Z07:00";
      throw new CommandError(`${shown} as "${form}": cannot parse ${goQuote(rest)} as "${layout}"`);
    }
    const value = Math.floor(Number(found));
    if (name !== undefined && (value < least || value > most)) throw new CommandError(`${shown}: ${name} out of range`);
    rest = rest.slice(found.length);
  }
  if (rest !== "") throw new CommandError(`${shown}: extra text: ${goQuote(rest)}`);
}

function* podsToRead(kubectl: Kubectl, args: readonly string[], selector: string): Task<Fields[]> {
  const base = `/api/v1/namespaces/${kubectl.namespace}/pods`;
  if (selector !== "") {
    const found = listAt(yield* kubectl.request("GET", base, { query: { labelSelector: selector } }), "items").map(
      fields,
    );
    if (found.length === 0) yield* kubectl.err(`No resources found in ${kubectl.namespace} namespace.\n`);
    return found;
  }
  const [type = "", name] = (args[0] ?? "").split("/");
  const resource = yield* kubectl.discovery.resolve(name === undefined ? "pods" : type);
  const info = { resource, namespace: kubectl.namespace, name: name ?? type, object: {}, source: "" };
  if (resource.kind === "Pod") return [yield* oneObject(kubectl, info)];
  const pods = inLoggingOrder(yield* podsOf(kubectl, yield* oneObject(kubectl, info)));
  if (pods.length === 0) throw new CommandError(`timed out waiting for the condition`);
  if (kubectl.isSet("all-pods")) return pods;
  if (pods.length > 1)
    yield* kubectl.err(`Found ${pods.length} pods, using pod/${textAt(pods[0], "metadata", "name")}\n`);
  return pods.slice(0, 1);
}

function* oneObject(kubectl: Kubectl, info: Info): Task<Fields> {
  try {
    return fields(yield* getInfo(kubectl, info));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new CommandError(`error from server (NotFound): ${error.message} in namespace "${kubectl.namespace}"`);
  }
}

function* sourcesOf(kubectl: Kubectl, pods: readonly Fields[], args: readonly string[]): Task<Source[]> {
  const sources: Source[] = [];
  const wanted = kubectl.flag("container") || args[1] || "";
  for (const pod of pods) {
    const name = textAt(pod, "metadata", "name");
    if (kubectl.isSet("all-containers")) {
      const all = containerNames(pod);
      const init = all.filter((one) => one.shown.endsWith(" (init)"));
      const others = all.filter((one) => !one.shown.endsWith(" (init)"));
      sources.push(...[...init, ...others].map((one) => ({ pod: name, container: one.name })));
    } else sources.push({ pod: name, container: yield* namedContainer(kubectl, pod, wanted) });
  }
  return sources;
}

function* namedContainer(kubectl: Kubectl, pod: Fields, wanted: string): Task<string> {
  if (wanted !== "" && !containerNames(pod).some((one) => one.name === wanted)) {
    throw new CommandError(`container ${wanted} is not valid for pod ${textAt(pod, "metadata", "name")}`);
  }
  return yield* containerFor(kubectl, pod, wanted);
}

function logQuery(kubectl: Kubectl, container: string): Record<string, string> {
  const query: Record<string, string> = { container };
  if (kubectl.isSet("follow")) query["follow"] = "true";
  if (kubectl.isSet("previous")) query["previous"] = "true";
  if (kubectl.isSet("timestamps")) query["timestamps"] = "true";
  const tail = kubectl.parsed.number("tail");
  if (tail >= 0) query["tailLines"] = String(tail);
  else if (kubectl.flag("selector") !== "" && !kubectl.parsed.changed("tail")) query["tailLines"] = "10";
  const since = kubectl.parsed.number("since");
  if (since > 0) query["sinceSeconds"] = String(Math.max(1, Math.round(since / 1000)));
  if (kubectl.flag("since-time") !== "") query["sinceTime"] = kubectl.flag("since-time");
  const bytes = kubectl.parsed.number("limit-bytes");
  if (bytes > 0) query["limitBytes"] = String(bytes);
  return query;
}

/** Copies one container's log to stdout as it comes. */
function* copyLog(kubectl: Kubectl, source: Source, several: boolean): Task<void> {
  const path = `/api/v1/namespaces/${kubectl.namespace}/pods/${source.pod}/log`;
  const request = kubectl.restRequest("GET", path, { query: logQuery(kubectl, source.container) });
  const prefix = kubectl.isSet("prefix") ? `[pod/${source.pod}/${source.container}] ` : "";
  let lineStart = true;
  try {
    const answer = yield* kubectl.client.stream(request);
    const bodies = answer.body === undefined ? undefined : [answer.body];
    for (let item = bodies?.[0] ?? (yield* answer.next()); item !== undefined; ) {
      const bytes = bodyBytes(item);
      if (prefix === "") yield* kubectl.process.stdout.write(bytes);
      else {
        const shown = prefixed(text(bytes), prefix, lineStart);
        lineStart = shown.endsWith("\n");
        yield* kubectl.process.stdout.write(utf8(shown));
      }
      item = bodies === undefined ? yield* answer.next() : undefined;
    }
  } catch (error) {
    const broken = error instanceof ChannelError;
    if (!(error instanceof StatusError || broken)) throw error;
    if (!several || !kubectl.isSet("ignore-errors")) throw broken ? new CommandError(error.message) : error;
    yield* kubectl.err(`error: ${error.message}\n`);
  }
}

function prefixed(chunk: string, prefix: string, lineStart: boolean): string {
  const body = chunk.replace(/\n(?=.)/gs, `\n${prefix}`);
  return lineStart && chunk !== "" ? prefix + body : body;
}
