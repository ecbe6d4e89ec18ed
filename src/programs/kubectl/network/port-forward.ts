import { ConnectionError, StatusError } from "../../../kube/client/status-error.ts";
import { type Channel, ChannelError, type Frame, NetError } from "../../../sim/channel.ts";
import { type HttpAnswer, HttpProtocolError } from "../../../sim/http.ts";
import type { Listener } from "../../../sim/network.ts";
import { Future } from "../../../sim/signal.ts";
import { type Task, waitFor } from "../../../sim/task.ts";
import { completePods } from "../completion/resources.ts";
import { CommandError, usageError } from "../core/failure.ts";
import { type Fields, fields, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { getInfo } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { podFor } from "../exec/pod-target.ts";
import { type ForwardedPort, forwardedPort } from "./forwarded-ports.ts";

/** kubectl port-forward: listens here and takes each connection through the API server and the kubelet into the pod. */
export const portForward: KubectlCommand = {
  name: "port-forward",
  use: "TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]",
  short: "Forward one or more local ports to a pod",
  example:
    "  # The pod's port 80 on port 8080 here\n  kubectl port-forward pod/web 8080:80\n\n" +
    "  # A pod behind a service\n  kubectl port-forward svc/web 8080:http",
  group: "debugging",
  flags: flagsFor("port-forward"),
  complete: completePods,
  run: runPortForward,
};

function* runPortForward(kubectl: Kubectl): Task<number> {
  const [target, ...texts] = kubectl.parsed.args;
  if (target === undefined || texts.length === 0) {
    throw usageError(kubectl.path, "TYPE/NAME and list of ports are required for port-forward");
  }
  const pod = yield* podFor(kubectl, target);
  const service = yield* serviceOf(kubectl, target);
  const ports = texts.map((text) => forwardedPort(text, pod, service));
  const phase = textAt(pod, "status", "phase");
  if (phase !== "Running") {
    throw new CommandError(`unable to forward port because pod is not running. Current status=${phase}`);
  }
  const name = textAt(pod, "metadata", "name");
  const forwarding = new Forwarding(kubectl, `/api/v1/namespaces/${kubectl.namespace}/pods/${name}/portforward`);
  yield* forwarding.run(ports);
  return 0;
}

function* serviceOf(kubectl: Kubectl, target: string): Task<Fields | undefined> {
  const [type = "", name] = target.split("/");
  if (name === undefined) return undefined;
  const resource = yield* kubectl.discovery.resolve(type);
  if (resource.kind !== "Service") return undefined;
  const info = { resource, namespace: kubectl.namespace, name, object: {}, source: "" };
  return fields(yield* getInfo(kubectl, info));
}

/** The ports of one pod that are forwarded, for as long as the pod can be reached. */
class Forwarding {
  private readonly kubectl: Kubectl;
  private readonly path: string;
  private readonly lost = new Future<void>();

  constructor(kubectl: Kubectl, path: string) {
    this.kubectl = kubectl;
    this.path = path;
  }

  *run(ports: readonly ForwardedPort[]): Task<void> {
    const control = yield* this.open({});
    let listening = 0;
    for (const port of ports) if (yield* this.listenOn(port)) listening++;
    if (listening === 0) {
      const shown = ports.map(({ local, remote }) => `{${local} ${remote}}`).join(" ");
      throw new CommandError(`unable to listen on any of the requested ports: [${shown}]`);
    }
    const watching = this.kubectl.process.tasks.spawn("kubectl/port-forward-control", untilLost(control, this.lost));
    yield* waitFor(this.lost);
    watching.cancel();
    throw new CommandError("lost connection to pod");
  }

  /** An upgraded connection to the pod: of one port, or (without) the one that tells when the pod is gone. */
  private *open(query: Readonly<Record<string, string>>): Task<HttpAnswer> {
    const request = this.kubectl.restRequest("GET", this.path, { query });
    const headers = {
      ...request.headers,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-protocol": "v4.channel.k8s.io",
      "sec-websocket-version": "13",
    };
    try {
      return yield* this.kubectl.client.stream({ ...request, headers });
    } catch (error) {
      if (error instanceof StatusError && error.reason === "InternalError") {
        throw new CommandError(`error upgrading connection: ${error.message}`);
      }
      throw error;
    }
  }

  private *listenOn(port: ForwardedPort): Task<boolean> {
    const failures: string[] = [];
    let { local } = port;
    let count = 0;
    for (const address of this.addresses()) {
      try {
        const listener = this.kubectl.process.net.listen(address, local);
        local = listener.address.port;
        count++;
        const shown = address.includes(":") ? `[${address}]` : address;
        yield* this.kubectl.out(`Forwarding from ${shown}:${local} -> ${port.remote}\n`);
        this.kubectl.process.tasks.spawn("kubectl/port-forward", this.accept(listener, port.remote));
      } catch (error) {
        if (!(error instanceof NetError)) throw error;
        const family = address.includes(":") ? "tcp6" : "tcp4";
        const shown = address.includes(":") ? `[${address}]` : address;
        const why = error.code === "EADDRINUSE" ? "bind: address already in use" : error.message;
        failures.push(`unable to create listener: Error listen ${family} ${shown}:${local}: ${why}`);
      }
    }
    if (count > 0) return true;
    const all = `[${failures.join(" ")}]`;
    const text = `Unable to listen on port ${local}: Listeners failed to create with the following errors: ${all}\n`;
    yield* this.kubectl.err(text);
    return false;
  }

  private addresses(): string[] {
    const given = this.kubectl.parsed.list("address").flatMap((one) => one.split(","));
    return [...new Set(given.flatMap((one) => (one === "localhost" ? ["127.0.0.1", "::1"] : [one])))];
  }

  private *accept(listener: Listener, remote: number): Task<void> {
    for (let channel = yield* listener.accept(); channel !== undefined; channel = yield* listener.accept()) {
      yield* this.kubectl.out(`Handling connection for ${listener.address.port}\n`);
      this.kubectl.process.tasks.spawn("kubectl/forwarded", this.carry(channel, listener.address.port, remote));
    }
  }

  /** Takes one connection to the pod and back until either end closes it. */
  private *carry(channel: Channel, local: number, remote: number): Task<void> {
    try {
      const stream = yield* this.open({ ports: String(remote) });
      const up = this.kubectl.process.tasks.spawn("kubectl/forwarded-up", sendUp(channel, stream));
      try {
        yield* this.bringDown(channel, stream, local, remote);
      } finally {
        up.cancel();
        stream.abort();
      }
    } catch (error) {
      if (!(error instanceof CommandError || error instanceof StatusError || error instanceof ConnectionError))
        throw error;
      yield* this.complain(local, remote, error.message);
    } finally {
      channel.close();
    }
  }

  private *bringDown(channel: Channel, stream: HttpAnswer, local: number, remote: number): Task<void> {
    try {
      for (let item = yield* stream.next(); item !== undefined; item = yield* stream.next()) {
        if (item.kind === "json") channel.send(item.value as Frame);
        else if (item.kind === "bytes")
          yield* this.complain(local, remote, new TextDecoder().decode(item.bytes.slice(1)));
      }
    } catch (error) {
      if (!(error instanceof ChannelError) && !(error instanceof HttpProtocolError)) throw error;
    }
  }

  private *complain(local: number, remote: number, why: string): Task<void> {
    const text = `"Unhandled Error" err="an error occurred forwarding ${local} -> ${remote}: ${why.trimEnd()}"`;
    yield* this.kubectl.err(this.kubectl.log("E", "portforward.go:424", text));
    // kubectl gives the whole connection up then.
    this.lost.settle();
  }
}

function* sendUp(channel: Channel, stream: HttpAnswer): Task<void> {
  try {
    for (let frame = yield* channel.receive(); frame !== undefined; frame = yield* channel.receive()) {
      stream.send({ kind: "json", value: frame });
    }
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
  }
  stream.endSending();
}

function* untilLost(control: HttpAnswer, lost: Future<void>): Task<void> {
  try {
    while ((yield* control.next()) !== undefined);
  } catch (error) {
    if (!(error instanceof ChannelError) && !(error instanceof HttpProtocolError)) throw error;
  }
  lost.settle();
}
