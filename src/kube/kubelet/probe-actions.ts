import { ContainerError, type ContainerRuntime } from "../../machine/container-runtime.ts";
import { nullDescriptor, sinkDescriptor } from "../../machine/descriptor.ts";
import { tlsConnect } from "../../pki/tls.ts";
import { type Channel, ChannelError } from "../../sim/channel.ts";
import type { Clock } from "../../sim/clock.ts";
import { HttpProtocolError, httpRequest, NO_BODY } from "../../sim/http.ts";
import type { Station } from "../../sim/network.ts";
import { runAtMost, type Task, waitAtMost } from "../../sim/task.ts";
import type { Container, HTTPGetAction, Probe } from "../api/types.generated.ts";

/** What one probe found. `text` is what its failure event says after `Liveness probe failed: `. */
export interface ProbeOutcome {
  readonly ok: boolean;
  readonly text: string;
}

/** What a probe is aimed at. */
export interface ProbeTarget {
  readonly containerId: string;
  readonly container: Container;
  readonly podIp: string;
}

const OK: ProbeOutcome = { ok: true, text: "" };
const OUTPUT_MAX = 10 * 1024;
const TIMED_OUT = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";

type Request = Parameters<typeof httpRequest>[2];

/** An http probe of one container. */
interface HttpAim {
  readonly target: ProbeTarget;
  /** By which its connection is kept. */
  readonly key: string;
  readonly url: string;
  readonly secure: boolean;
  readonly ip: string;
  readonly port: number;
  readonly request: Request;
}

/**
 * Does what probes ask for. A connection to an http target is kept for its next probe, so that a probe of a healthy
 * server is one request and one answer; whatever breaks the connection is seen all the same.
 */
export class ProbeActions {
  private readonly kept = new Map<string, Channel>();
  private readonly aims = new WeakMap<HTTPGetAction, HttpAim>();
  private readonly station: Station;
  private readonly runtime: ContainerRuntime;
  private readonly clock: Clock;

  constructor(station: Station, runtime: ContainerRuntime, clock: Clock) {
    this.station = station;
    this.runtime = runtime;
    this.clock = clock;
  }

  *run(target: ProbeTarget, probe: Probe): Task<ProbeOutcome> {
    const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
    if (probe.exec !== undefined) return yield* this.exec(target, probe.exec.command ?? [], timeoutMs);
    if (probe.httpGet !== undefined) return yield* this.http(target, probe.httpGet, timeoutMs);
    if (probe.tcpSocket !== undefined) {
      const { host, port } = probe.tcpSocket;
      return yield* this.tcp(host || target.podIp, portNumber(target.container, port as number | string), timeoutMs);
    }
    if (probe.grpc !== undefined) return yield* this.tcp(target.podIp, probe.grpc.port, timeoutMs);
    return OK;
  }

  /** Lets go of what was kept for a container. */
  forget(containerId: string): void {
    for (const [key, channel] of this.kept) {
      if (!key.startsWith(containerId)) continue;
      channel.close();
      this.kept.delete(key);
    }
  }

  private *exec(target: ProbeTarget, argv: readonly string[], timeoutMs: number): Task<ProbeOutcome> {
    let output = "";
    const decoder = new TextDecoder();
    const sink = sinkDescriptor((data) => {
      if (output.length < OUTPUT_MAX) output += decoder.decode(data, { stream: true });
    });
    try {
      const child = this.runtime.exec(target.containerId, {
        argv,
        stdin: nullDescriptor(),
        stdout: sink,
        stderr: sink,
      });
      const race = yield* waitAtMost(this.clock, child.exited, timeoutMs);
      if (race.status === "timeout") {
        child.kill("SIGKILL");
        return {
          ok: false,
          text: `command timed out: ${JSON.stringify(argv.join(" "))} timed out after ${timeoutMs / 1000}s`,
        };
      }
      return { ok: race.value === 0, text: output };
    } catch (error) {
      if (error instanceof ContainerError)
        return { ok: false, text: `rpc error: code = Unknown desc = ${error.message}` };
      throw error;
    } finally {
      sink.close();
    }
  }

  private *tcp(ip: string, port: number, timeoutMs: number): Task<ProbeOutcome> {
    const text = (why: string) => ({ ok: false, text: `dial tcp ${ip}:${port}: ${why}` });
    try {
      const race = yield* runAtMost(this.clock, this.station.dial({ ip, port }), timeoutMs);
      if (race.status === "timeout") return text("i/o timeout");
      race.value.close();
      return OK;
    } catch (error) {
      if (error instanceof ChannelError) return text(error.message);
      throw error;
    }
  }

  private *http(target: ProbeTarget, action: HTTPGetAction, timeoutMs: number): Task<ProbeOutcome> {
    const aim = this.aimOf(target, action);
    const { key, url, ip, port } = aim;
    try {
      const quick = yield* this.askKept(key, aim.request, timeoutMs);
      if (quick !== undefined) return quick;
      const race = yield* runAtMost(this.clock, this.exchange(aim), timeoutMs);
      if (race.status === "value") return race.value;
      this.drop(key);
      return { ok: false, text: `Get "${url}": ${TIMED_OUT}` };
    } catch (error) {
      if (!(error instanceof ChannelError || error instanceof HttpProtocolError)) throw error;
      this.drop(key);
      const dial = error.message.startsWith("connect:") ? `dial tcp ${ip}:${port}: ` : "";
      return { ok: false, text: `Get "${url}": ${dial}${error.message}` };
    }
  }

  /** Where a probe goes and what it asks; made once, as some go every second. */
  private aimOf(target: ProbeTarget, action: HTTPGetAction): HttpAim {
    const known = this.aims.get(action);
    if (known?.target === target) return known;
    const scheme = (action.scheme ?? "HTTP").toLowerCase();
    const ip = action.host || target.podIp;
    const port = portNumber(target.container, action.port as number | string);
    const path = action.path || "/";
    const headers = { "user-agent": "kube-probe/1.35", accept: "*/*", connection: "close", host: `${ip}:${port}` };
    const aim: HttpAim = {
      target,
      key: `${target.containerId} ${scheme}://${ip}:${port}`,
      url: `${scheme}://${ip}:${port}${path}`,
      secure: scheme === "https",
      ip,
      port,
      request: { method: "GET", path, headers, body: NO_BODY },
    };
    this.aims.set(action, aim);
    return aim;
  }

  /** Asks over the kept connection; undefined when there is none, or it breaks or stays silent: then dial anew. */
  private *askKept(key: string, request: Request, timeoutMs: number): Task<ProbeOutcome | undefined> {
    const kept = this.kept.get(key);
    if (kept === undefined || kept.closed) return undefined;
    const timer = this.clock.after(timeoutMs, () => this.drop(key));
    try {
      return yield* this.ask(key, kept, request);
    } catch (error) {
      if (!(error instanceof ChannelError || error instanceof HttpProtocolError)) throw error;
      this.drop(key);
      return undefined;
    } finally {
      timer.dispose();
    }
  }

  private *exchange({ key, secure, ip, port, request }: HttpAim): Task<ProbeOutcome> {
    const raw = yield* this.station.dial({ ip, port });
    let channel: Channel = raw;
    if (secure) {
      const config = { rootCas: undefined, certificate: undefined, serverName: ip, insecureSkipVerify: true };
      channel = yield* tlsConnect(raw, config, this.clock);
    }
    this.kept.set(key, channel);
    return yield* this.ask(key, channel, request);
  }

  private *ask(key: string, channel: Channel, request: Request): Task<ProbeOutcome> {
    const answer = yield* httpRequest(channel, "http1", request);
    if (answer.body === undefined) {
      answer.abort();
      this.kept.delete(key);
    }
    if (answer.status >= 200 && answer.status < 400) return OK;
    return { ok: false, text: `HTTP probe failed with statuscode: ${answer.status}` };
  }

  private drop(key: string): void {
    this.kept.get(key)?.close();
    this.kept.delete(key);
  }
}

/** A port by number or by the container's name for it. */
function portNumber(container: Container, port: number | string): number {
  if (typeof port === "number") return port;
  return container.ports?.find((other) => other.name === port)?.containerPort ?? Number(port);
}
