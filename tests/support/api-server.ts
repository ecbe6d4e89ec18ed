import type { Status } from "../../src/kube/api/types.generated.ts";
import { type AssembledServer, assembleApiServer } from "../../src/kube/apiserver/assembly.ts";
import { generateEcKey } from "../../src/pki/ecdsa.ts";
import { NetError } from "../../src/sim/channel.ts";
import { bodyValue, type HttpResponse, jsonBody, NO_BODY } from "../../src/sim/http.ts";
import type { Task } from "../../src/sim/task.ts";
import { FakeEtcd } from "./fake-etcd.ts";
import { newKernel } from "./machine.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

/** An API server over a fake etcd, asked without a network. */
export class TestApiServer {
  readonly kernel = newKernel();
  readonly etcd = new FakeEtcd();
  readonly server: AssembledServer;
  readonly logged: string[] = [];

  constructor(mediaType: "application/json" | "application/vnd.kubernetes.protobuf" = "application/json") {
    const { clock, random, tasks } = this.kernel;
    const key = generateEcKey(random.fork("sa"));
    const issuer = "https://kubernetes.default.svc.cluster.local";
    this.server = assembleApiServer(
      {
        storageMediaType: mediaType,
        etcdPrefix: "/registry",
        authorizationModes: ["Node", "RBAC"],
        authentication: {
          clientCas: [],
          frontProxyCas: [],
          frontProxyNames: [],
          serviceAccountKeys: [key.publicKey],
          issuer,
          audiences: [issuer],
          bootstrapTokens: true,
          anonymous: true,
        },
        signingKey: key,
        serviceCidr: "10.96.0.0/12",
        advertiseIp: "10.0.1.10",
        port: 6443,
        hostname: "ip-10-0-1-10",
        requestHeaderConfig: { "client-ca-file": "PEM" },
      },
      {
        connection: this.etcd,
        clock,
        random: random.fork("apiserver"),
        tasks,
        log: (source, text) => this.logged.push(`${source}] ${text}`),
        dialKubelet: unreachable,
        dialBackend: { plain: unreachable, tls: unreachable },
        *probe() {
          return { ok: true, text: "ok" };
        },
      },
    );
    this.run(this.server.start({ at: clock.now + 1000, error: () => new Error("etcd away") }));
    this.pass(5000);
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.kernel.clock.runUntil(this.kernel.clock.now + ms);
    const fault = this.kernel.faults[0];
    if (fault !== undefined) throw fault;
  }

  run<T>(task: Task<T>): T {
    const running = this.kernel.tasks.spawn("test", task);
    for (let step = 0; running.outcome === undefined && step < 1_000_000; step++) if (!this.kernel.clock.step()) break;
    const { outcome } = running;
    if (outcome?.status === "failed") throw outcome.error;
    if (outcome?.status !== "done") throw new Error("the task did not end");
    return outcome.value;
  }

  /** Sends a request as the API server's own all-powerful user. */
  ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Reply {
    const request = {
      method,
      path,
      headers: { "user-agent": "kubectl/v1.35.2", ...headers },
      body: body === undefined ? NO_BODY : jsonBody(body),
    };
    return reply(this.run(this.answer(request)));
  }

  /** Sends a request as whoever the headers make it. */
  handle(method: string, path: string, headers: Record<string, string> = {}): Reply {
    return reply(
      this.run(this.server.api.handle({ request: { method, path, headers, body: NO_BODY }, peerCertificates: [] })),
    );
  }

  private *answer(request: Parameters<AssembledServer["api"]["loopback"]>[0]): Task<HttpResponse> {
    try {
      return yield* this.server.api.loopback(request);
    } catch (error) {
      const status = (error as { status?: Status }).status;
      if (status === undefined) throw error;
      return { status: status.code ?? 500, headers: {}, body: jsonBody(status) };
    }
  }
}

function reply(response: HttpResponse): Reply {
  const body = response.body.kind === "stream" ? response.body : bodyText(response);
  return { status: response.status, headers: response.headers, body };
}

function bodyText(response: HttpResponse): unknown {
  if (response.body.kind === "json") return response.body.value;
  if (response.body.kind === "stream") return undefined;
  const text = new TextDecoder().decode(response.body.bytes);
  return text.startsWith("{") ? bodyValue(response.body) : text;
}

function* unreachable(): Task<never> {
  throw new NetError("ECONNREFUSED");
}
