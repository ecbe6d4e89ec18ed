import { dialEtcd } from "../../src/etcd/rpc/dial.ts";
import { type AssembledServer, assembleApiServer } from "../../src/kube/apiserver/assembly.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { generateEcKey } from "../../src/pki/ecdsa.ts";
import { etcd } from "../../src/programs/etcd/main.ts";
import { kubectl } from "../../src/programs/kubectl/main.ts";
import { ChannelError, NetError } from "../../src/sim/channel.ts";
import { serveHttp } from "../../src/sim/http.ts";
import type { Task } from "../../src/sim/task.ts";
import { newMachine, type RunResult, runProgram } from "./machine.ts";

export const API_PORT = 6443;

/**
 * An API server over an etcd of its own on one machine, without TLS and with everything allowed: enough to see what
 * clients and server say to each other. No controllers, no kubelets.
 */
export class KubectlServer {
  readonly machine: Machine;
  readonly server: AssembledServer;
  readonly lines: string[] = [];

  constructor(programs: Parameters<typeof newMachine>[0] = {}) {
    this.machine = newMachine({ ...programs, programs: { etcd, kubectl, ...programs.programs }, name: "ip-10-0-1-10" });
    const { kernel } = this.machine;
    this.machine.start({ argv: ["etcd"], cwd: "/" });
    this.advance(2000);
    const { clock, tasks } = kernel;
    const random = kernel.random.fork("apiserver");
    const key = generateEcKey(kernel.random.fork("sa-key"));
    const connection = dialEtcd({
      net: this.machine.station,
      clock,
      tasks,
      random,
      endpoints: ["http://127.0.0.1:2379"],
    });
    this.server = assembleApiServer(
      {
        storageMediaType: "application/json",
        etcdPrefix: "/registry",
        authorizationModes: ["AlwaysAllow"],
        authentication: {
          clientCas: [],
          frontProxyCas: [],
          frontProxyNames: [],
          serviceAccountKeys: [key.publicKey],
          issuer: "https://kubernetes.default.svc.cluster.local",
          audiences: ["https://kubernetes.default.svc.cluster.local"],
          bootstrapTokens: false,
          anonymous: true,
        },
        signingKey: key,
        serviceCidr: "10.96.0.0/12",
        advertiseIp: "10.0.1.10",
        port: API_PORT,
        hostname: "ip-10-0-1-10",
        requestHeaderConfig: {},
      },
      {
        connection,
        clock,
        random,
        tasks,
        log: (line) => this.lines.push(line),
        dialKubelet: unreachable,
        dialBackend: { plain: unreachable, tls: unreachable },
        *probe() {
          return { ok: true, text: "ok" };
        },
      },
    );
    tasks.spawn("apiserver", this.serve());
    this.advance(5000);
  }

  /** Lets virtual time pass; defects fail the test. */
  advance(ms: number): void {
    const { clock, faults } = this.machine.kernel;
    clock.runUntil(clock.now + ms);
    if (faults.length > 0) throw faults[0];
  }

  /** Runs our kubectl on the machine. */
  kubectl(args: readonly string[], stdin?: string): RunResult {
    return runProgram({
      machine: this.machine,
      argv: ["kubectl", "--server", `http://127.0.0.1:${API_PORT}`, ...args],
      env: { HOME: "/root", PATH: "/usr/bin" },
      ...(stdin === undefined ? {} : { stdin }),
    });
  }

  private *serve(): Task<void> {
    const { kernel, station } = this.machine;
    yield* this.server.start({ at: kernel.clock.now + 60_000, error: () => new Error("etcd did not answer") });
    const listener = station.listen("127.0.0.1", API_PORT);
    const { api } = this.server;
    for (let channel = yield* listener.accept(); channel !== undefined; channel = yield* listener.accept()) {
      const connection = channel;
      kernel.tasks.spawn(
        "apiserver/connection",
        (function* answer(): Task<void> {
          try {
            yield* serveHttp(kernel.tasks, connection, ({ request }) => api.handle({ request, peerCertificates: [] }));
          } catch (error) {
            if (!(error instanceof ChannelError)) throw error;
          }
        })(),
      );
    }
  }
}

function* unreachable(): Task<never> {
  throw new NetError("ECONNREFUSED");
}
