import type { ContainerInfo, ContainerRuntime } from "../../machine/container-runtime.ts";
import type { Process } from "../../machine/process.ts";
import { parseCertificates } from "../../pki/certificate-parser.ts";
import { verifyCertificate } from "../../pki/chain.ts";
import { loadKeyPair } from "../../pki/key-pair.ts";
import type { KeyPair, TlsChannel, TlsServerConfig } from "../../pki/tls-config.ts";
import {
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  jsonBody,
  newStream,
  textBody,
} from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import type { Container, Pod } from "../api/types.generated.ts";
import type { Klog } from "../client/klog.ts";
import { selfSigned, serveSecure } from "../client/secure-server.ts";
import { ContainerLogReader, logOptions } from "./container-logs.ts";
import { ephemeralContainers } from "./container-status.ts";
import type { Kubelet } from "./kubelet.ts";
import type { KubeletConfig } from "./kubelet-config.ts";
import { podView } from "./pod-view.ts";
import { attachStream, execStream, forwardStream, upgraded } from "./streams.ts";

export interface KubeletServerOptions {
  readonly process: Process;
  readonly runtime: ContainerRuntime;
  readonly config: KubeletConfig;
  readonly kubelet: Kubelet;
  readonly log: Klog;
}

/** A request to the kubelet, taken apart. */
interface Call {
  readonly parts: readonly string[];
  readonly query: ReadonlyMap<string, string>;
  readonly commands: readonly string[];
}

function plain(status: number, message: string): HttpResponse {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: textBody(message) };
}

/** The kubelet's own API on port 10250: pods, logs, exec, attach, port-forward. Mirrors pkg/kubelet/server. */
export class KubeletServer {
  private readonly options: KubeletServerOptions;
  private readonly ownPair: () => KeyPair;

  constructor(options: KubeletServerOptions) {
    this.options = options;
    this.ownPair = selfSigned(options.config.nodeName, options.process.clock, options.process.random);
  }

  /** Listens. Throws `NetError` when the port is taken. */
  start(): void {
    const { process, config, log } = this.options;
    const listener = process.net.listen("0.0.0.0", config.port);
    process.tasks.spawn(
      "kubelet/https",
      serveSecure({
        tasks: process.tasks,
        listener,
        tls: () => this.tls(),
        handler: (channel) => this.handler(channel),
        onHandshakeError: (line) => log.plain("I", "log.go:245", line),
      }),
    );
    log.info("server.go:180", "Starting to listen", { address: "0.0.0.0", port: config.port });
  }

  private tls(): TlsServerConfig {
    const { process, config } = this.options;
    const ca = config.clientCaFile;
    const clientCas = ca !== "" && process.fs.exists(ca) ? parseCertificates(process.fs.readText(ca)) : [];
    return { certificate: this.servingPair(), clientCas, clientAuth: "request", answersPlainHttp: true };
  }

  /** The pair in the kubelet's folder, or one of its own making. */
  private servingPair(): KeyPair {
    const { fs } = this.options.process;
    const directory = "/var/lib/kubelet/pki";
    try {
      return loadKeyPair(fs.readText(`${directory}/kubelet.crt`), fs.readText(`${directory}/kubelet.key`));
    } catch (error) {
      if (error instanceof FsError) return this.ownPair();
      throw error;
    }
  }

  private handler(channel: TlsChannel): HttpHandler {
    const self = this;
    return function* ({ request }) {
      const path = request.path.split("?")[0] ?? "/";
      if (path === "/healthz") return plain(200, "ok");
      if (!self.isTrusted(channel)) return plain(401, "Unauthorized");
      return yield* self.route(request, channel.cause);
    };
  }

  /** Only a client certificate of the cluster's CA counts. */
  private isTrusted(channel: TlsChannel): boolean {
    const leaf = channel.peerCertificates[0];
    if (leaf === undefined) return false;
    const { process } = this.options;
    const intermediates = channel.peerCertificates.slice(1);
    const options = {
      roots: this.tls().clientCas,
      intermediates,
      usage: "clientAuth" as const,
      hostname: undefined,
      nowMs: process.clock.now,
    };
    return verifyCertificate(leaf, options) === undefined;
  }

  private *route(request: HttpRequest, cause: number | undefined): Task<HttpResponse> {
    const call = parseCall(request.path);
    switch (call.parts[0]) {
      case "pods":
        return {
          status: 200,
          headers: {},
          body: jsonBody({
            kind: "PodList",
            apiVersion: "v1",
            metadata: {},
            items: this.options.kubelet.runningPods(),
          }),
        };
      case "metrics":
        return plain(200, "# not simulated in this sandbox: metrics\n");
      case "containerLogs":
        return this.logs(call);
      case "exec":
      case "run":
        return this.exec(call, cause);
      case "attach":
        return this.attach(call);
      case "portForward":
        return this.portForward(call);
      default:
        return plain(404, "404 page not found\n");
    }
  }

  private find(call: Call): { readonly pod: Pod; readonly container: Container } | HttpResponse {
    const [, namespace = "", name = "", container = ""] = call.parts;
    const pod = this.options.kubelet.findPod(namespace, name);
    if (pod === undefined) return plain(404, `pod "${name}" does not exist\n`);
    const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...ephemeralContainers(pod)];
    const spec = all.find((other) => other.name === container);
    if (spec === undefined) return plain(404, `container "${container}" not found in pod "${name}"\n`);
    return { pod, container: spec };
  }

  private containersOf(pod: Pod, name: string): readonly ContainerInfo[] {
    return podView(this.options.runtime, pod.metadata.uid ?? "").containers.get(name) ?? [];
  }

  private logs(call: Call): HttpResponse {
    const found = this.find(call);
    if ("status" in found && "body" in found) return found;
    const { pod, container } = found as { pod: Pod; container: Container };
    const list = this.containersOf(pod, container.name).filter((info) => info.state !== "created");
    const wantsPrevious = call.query.get("previous") === "true";
    const info = wantsPrevious ? this.previous(list) : list.at(-1);
    if (info === undefined) return plain(400, this.noLog(pod, container, wantsPrevious));
    return this.streamLog(call, pod, info);
  }

  private previous(list: readonly ContainerInfo[]): ContainerInfo | undefined {
    const ended = list.filter((info) => info.state === "exited");
    return list.at(-1)?.state === "running"
      ? ended.at(-1)
      : ended.length > 0
        ? (ended.at(-2) ?? ended.at(-1))
        : undefined;
  }

  private noLog(pod: Pod, container: Container, previous: boolean): string {
    const name = pod.metadata.name;
    if (previous) return `previous terminated container "${container.name}" in pod "${name}" not found`;
    const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
    const waiting = statuses.find((status) => status.name === container.name)?.state?.waiting;
    if (waiting === undefined) return `container "${container.name}" in pod "${name}" is not available`;
    const problem = waiting.reason ?? "";
    const failing = [
      "ErrImagePull",
      "ImagePullBackOff",
      "ErrImageNeverPull",
      "CreateContainerConfigError",
      "InvalidImageName",
    ].includes(problem);
    const how = failing ? (problem.includes("mage") ? "trying and failing to pull image" : problem) : problem;
    return `container "${container.name}" in pod "${name}" is waiting to start: ${how}`;
  }

  private streamLog(call: Call, pod: Pod, info: ContainerInfo): HttpResponse {
    const { process, runtime } = this.options;
    const { namespace, name, uid } = pod.metadata;
    const options = logOptions(call.query, process.clock.now);
    const reader = new ContainerLogReader(
      process.fs,
      `/var/log/pods/${namespace}_${name}_${uid}/${info.config.logPath}`,
      options,
    );
    const headers = { "content-type": "text/plain" };
    const first = reader.read();
    if (!options.follow) return { status: 200, headers, body: { kind: "bytes", bytes: first } };
    const stream = newStream();
    if (first.length > 0) stream.items.push({ kind: "bytes", bytes: first });
    const ended = () => runtime.available && runtime.container(info.id)?.state !== "running";
    const task = process.tasks.spawn("kubelet/follow-log", followLog(reader, process, stream, ended));
    const watch = runtime.onChange(({ containerId }) => {
      if (containerId === info.id) process.clock.after(1, () => task.cancel());
    });
    task.onEnd(() => {
      watch.dispose();
      const rest = reader.read();
      if (rest.length > 0) stream.items.push({ kind: "bytes", bytes: rest });
      stream.items.close();
    });
    stream.onAbort = () => task.cancel();
    return { status: 200, headers, body: stream };
  }

  private exec(call: Call, cause: number | undefined): HttpResponse {
    const found = this.find(call);
    if ("status" in found && "body" in found) return found;
    const { pod, container } = found as { pod: Pod; container: Container };
    const info = this.containersOf(pod, container.name).findLast((other) => other.state === "running");
    if (info === undefined) return plain(500, `container not found ("${container.name}")`);
    return execStream(this.options.process, this.options.runtime, info.id, call.commands, {
      ...streamsOf(call),
      cause,
    });
  }

  private attach(call: Call): HttpResponse {
    const found = this.find(call);
    if ("status" in found && "body" in found) return found;
    const { pod, container } = found as { pod: Pod; container: Container };
    const info = this.containersOf(pod, container.name).findLast((other) => other.state === "running");
    if (info === undefined)
      return plain(500, `container ${container.name} not found in pod ${pod.metadata.name}_${pod.metadata.namespace}`);
    const options = { ...streamsOf(call), stdinOnce: container.stdinOnce === true };
    return attachStream(this.options.process, this.options.runtime, info.id, options);
  }

  private portForward(call: Call): HttpResponse {
    const [, namespace = "", name = ""] = call.parts;
    const pod = this.options.kubelet.findPod(namespace, name);
    if (pod === undefined) return plain(404, `pod "${name}" does not exist\n`);
    const sandbox = podView(this.options.runtime, pod.metadata.uid ?? "").sandbox;
    const station = sandbox === undefined ? undefined : this.options.runtime.station(sandbox.id);
    if (station === undefined) return plain(500, `pod not found ("${name}_${namespace}")`);
    const port = call.query.get("port");
    // Without a port it carries nothing; clients see in its end that the node is gone.
    if (port === undefined) return upgraded(newStream());
    return forwardStream(this.options.process, station, Number(port));
  }
}

/** The streams a client asks for, in the API server's words or in the kubelet's own. */
function streamsOf(call: Call): { readonly stdin: boolean; readonly tty: boolean } {
  const flag = (name: string) => call.query.get(name) === "true" || call.query.get(name) === "1";
  return { stdin: flag("stdin") || flag("input"), tty: flag("tty") };
}

function* followLog(
  reader: ContainerLogReader,
  process: Process,
  stream: ReturnType<typeof newStream>,
  ended: () => boolean,
): Task<void> {
  const send = (bytes: Uint8Array) => stream.items.push({ kind: "bytes", bytes });
  yield* reader.follow(process.clock, send, ended, () => stream.items.isClosed);
}

function parseCall(path: string): Call {
  const [route = "", search = ""] = path.split("?", 2) as [string, string?];
  const query = new Map<string, string>();
  const commands: string[] = [];
  for (const pair of search.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : decode(pair.slice(equals + 1));
    if (name === "command" || name === "cmd") commands.push(value);
    else query.set(name, value);
  }
  return {
    parts: route
      .split("/")
      .filter((part) => part !== "")
      .map(decode),
    query,
    commands,
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll("+", " "));
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}
