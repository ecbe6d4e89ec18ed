import type { ComponentProbe } from "../../kube/apiserver/subresources/component-status.ts";
import type { KubeletDialer } from "../../kube/apiserver/subresources/kubelet-proxy.ts";
import type { Process } from "../../machine/process.ts";
import { tlsConnect } from "../../pki/tls.ts";
import type { KeyPair } from "../../pki/tls-config.ts";
import { type Address, type Channel, ChannelError, formatAddress, NetError } from "../../sim/channel.ts";
import { bodyText, HttpProtocolError, httpRequest, NO_BODY } from "../../sim/http.ts";
import { runAtMost, type Task } from "../../sim/task.ts";

const DIAL_TIMEOUT_MS = 30_000;
const PROBE_TIMEOUT_MS = 20_000;

/** Connects to kubelets with the kubelet client certificate; their serving certificates are not checked, as with kubeadm. */
export function dialKubelet(process: Process, certificate: KeyPair | undefined): KubeletDialer {
  return function* dial(ip, port, cause) {
    const race = yield* runAtMost(process.clock, connect(process, { ip, port }, certificate, cause), DIAL_TIMEOUT_MS);
    if (race.status === "timeout") throw new Error(`dial tcp ${ip}:${port}: i/o timeout`);
    return race.value;
  };
}

/** Connects without TLS to what listens in a pod. */
export function dialPlain(process: Process): KubeletDialer {
  return function* dial(ip, port, cause) {
    const race = yield* runAtMost(process.clock, tcpTo(process, { ip, port }, cause), DIAL_TIMEOUT_MS);
    if (race.status === "timeout") throw new Error(`dial tcp ${ip}:${port}: i/o timeout`);
    return race.value;
  };
}

function* tcpTo(process: Process, to: Address, cause: number | undefined): Task<Channel> {
  try {
    return yield* process.net.dial(to, cause);
  } catch (error) {
    if (error instanceof NetError) throw new Error(`dial tcp ${formatAddress(to)}: ${error.message}`);
    throw error;
  }
}

function* connect(
  process: Process,
  to: Address,
  certificate: KeyPair | undefined,
  cause: number | undefined,
): Task<Channel> {
  const tcp = yield* tcpTo(process, to, cause);
  return yield* tlsConnect(
    tcp,
    { rootCas: undefined, certificate, serverName: to.ip, insecureSkipVerify: true },
    process.clock,
  );
}

/** Probes a component's https health port on this host, for componentstatuses. */
export function probeComponent(process: Process): ComponentProbe {
  return function* probe(port, path) {
    const url = `https://127.0.0.1:${port}${path}`;
    try {
      const race = yield* runAtMost(process.clock, ask(process, port, path), PROBE_TIMEOUT_MS);
      if (race.status === "value") return race.value;
      return { ok: false, text: `Get ${JSON.stringify(url)}: context deadline exceeded` };
    } catch (error) {
      if (!(error instanceof ChannelError) && !(error instanceof HttpProtocolError) && !(error instanceof Error))
        throw error;
      return { ok: false, text: `Get ${JSON.stringify(url)}: ${error.message}` };
    }
  };
}

function* ask(process: Process, port: number, path: string): Task<{ ok: boolean; text: string }> {
  const channel = yield* connect(process, { ip: "127.0.0.1", port }, undefined, undefined);
  try {
    const answer = yield* httpRequest(channel, "http1", { method: "GET", path, headers: {}, body: NO_BODY });
    const text = answer.body === undefined ? "" : bodyText(answer.body);
    return { ok: answer.status === 200, text };
  } finally {
    channel.close();
  }
}
