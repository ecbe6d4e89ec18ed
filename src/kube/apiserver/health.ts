import type { Clock } from "../../sim/clock.ts";
import { type HttpResponse, textBody } from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import type { QueryParameters } from "./request/request-info.ts";
import { ApiError } from "./status.ts";
import type { EtcdStore } from "./storage/etcd-store.ts";

/** Post-start hooks in the order in which upstream lists their checks. */
const HOOKS = [
  "start-apiserver-admission-initializer",
  "generic-apiserver-start-informers",
  "priority-and-fairness-config-consumer",
  "priority-and-fairness-filter",
  "storage-object-count-tracker-hook",
  "start-apiextensions-informers",
  "start-apiextensions-controllers",
  "crd-informer-synced",
  "start-system-namespaces-controller",
  "start-cluster-authentication-info-controller",
  "start-kube-apiserver-identity-lease-controller",
  "start-kube-apiserver-identity-lease-garbage-collector",
  "start-legacy-token-tracking-controller",
  "start-service-ip-repair-controllers",
  "rbac/bootstrap-roles",
  "scheduling/bootstrap-system-priority-classes",
  "priority-and-fairness-config-producer",
  "bootstrap-controller",
  "start-kubernetes-service-cidr-controller",
  "aggregator-reload-proxy-client-cert",
  "start-kube-aggregator-informers",
  "apiservice-status-local-available-controller",
  "apiservice-status-remote-available-controller",
  "apiservice-registration-controller",
  "apiservice-wait-for-first-sync",
  "apiservice-discovery-controller",
  "kube-apiserver-autoregistration",
  "autoregister-completion",
  "apiservice-openapi-controller",
  "apiservice-openapiv3-controller",
] as const;

export type HookName = (typeof HOOKS)[number];

/** --etcd-healthcheck-timeout and --etcd-readycheck-timeout. */
const ETCD_TIMEOUT_MS = 2000;

type Check = { readonly name: string; readonly ok: () => boolean | Task<boolean> };

/** /livez, /readyz, /healthz and their single checks (apiserver server/healthz). */
export class Health {
  private readonly etcd: EtcdStore;
  private readonly clock: Clock;
  private readonly pending = new Set<string>(HOOKS);
  private readonly informersSynced: () => boolean;
  private readonly checksByKind = new Map<string, readonly Check[]>();
  /** Set when the server was told to stop. */
  shuttingDown = false;

  constructor(etcd: EtcdStore, clock: Clock, informersSynced: () => boolean) {
    this.etcd = etcd;
    this.clock = clock;
    this.informersSynced = informersSynced;
  }

  /** A post-start hook has done its work. */
  finish(hook: HookName): void {
    this.pending.delete(hook);
  }

  /** All hooks that nobody finishes on its own are done. */
  finishOthers(except: readonly HookName[]): void {
    for (const hook of HOOKS) if (!except.includes(hook)) this.pending.delete(hook);
  }

  /** The answer to a health path, or undefined when it is none. */
  *respond(path: string, query: QueryParameters): Task<HttpResponse | undefined> {
    const match = /^\/(livez|readyz|healthz)(?:\/(.+))?$/.exec(path);
    if (match === null) return undefined;
    const [, kind = "", single] = match;
    const checks = this.checks(kind);
    if (single !== undefined) {
      const check = checks.find(({ name }) => name === single);
      return check === undefined ? undefined : yield* this.single(check);
    }
    return yield* this.all(kind, checks, query);
  }

  private *single(check: Check): Task<HttpResponse> {
    const ok = yield* evaluate(check);
    return ok ? plain(200, "ok") : plain(500, `internal server error: ${check.name} failed: reason withheld\n`);
  }

  private *all(kind: string, checks: readonly Check[], query: QueryParameters): Task<HttpResponse> {
    const excluded = query.all("exclude");
    const results: CheckResult[] = new Array(checks.length);
    let failed = false;
    for (let index = 0; index < checks.length; index++) {
      const { name, ok } = checks[index] as Check;
      if (excluded.includes(name)) {
        results[index] = "excluded";
        continue;
      }
      const answer = ok();
      const passed = typeof answer === "boolean" ? answer : yield* answer;
      results[index] = passed ? "ok" : "failed";
      failed ||= !passed;
    }
    if (failed) return plain(500, `${reportOf(checks, results)}${kind} check failed\n`);
    return plain(200, query.has("verbose") ? `${reportOf(checks, results)}${kind} check passed\n` : "ok");
  }

  /** What a path asks for, in order; it is the same for the server's whole life, and probes ask every second. */
  private checks(kind: string): readonly Check[] {
    const known = this.checksByKind.get(kind);
    if (known !== undefined) return known;
    const fresh = this.makeChecks(kind);
    this.checksByKind.set(kind, fresh);
    return fresh;
  }

  private makeChecks(kind: string): Check[] {
    const done = (name: string) => !this.pending.has(name);
    const hooks: Check[] = HOOKS.map((hook) => {
      const name = hook === "autoregister-completion" ? hook : `poststarthook/${hook}`;
      return { name, ok: () => done(hook) };
    });
    const etcd = { name: "etcd", ok: () => this.etcdAnswers() };
    const first: Check[] = [{ name: "ping", ok: () => true }, { name: "log", ok: () => true }, etcd];
    if (kind !== "readyz") return [...first, ...hooks];
    const ready: Check[] = [
      { name: "etcd-readiness", ok: () => this.etcdAnswers() },
      { name: "informer-sync", ok: this.informersSynced },
    ];
    return [...first, ...ready, ...hooks, { name: "shutdown", ok: () => !this.shuttingDown }];
  }

  private *etcdAnswers(): Task<boolean> {
    const deadline = {
      at: this.clock.uptime + ETCD_TIMEOUT_MS,
      error: () => new ApiError({ metadata: {}, code: 504 }),
    };
    try {
      yield* this.etcd.get("/registry/health", deadline);
      return true;
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  }
}

type CheckResult = "ok" | "failed" | "excluded";

const RESULT_TEXTS = {
  ok: (name: string) => `[+]${name} ok\n`,
  failed: (name: string) => `[-]${name} failed: reason withheld\n`,
  excluded: (name: string) => `[+]${name} excluded: ok\n`,
};

function reportOf(checks: readonly Check[], results: readonly CheckResult[]): string {
  return checks.map(({ name }, index) => RESULT_TEXTS[results[index] ?? "failed"](name)).join("");
}

function* evaluate(check: Check): Task<boolean> {
  const result = check.ok();
  return typeof result === "boolean" ? result : yield* result;
}

function plain(status: number, text: string): HttpResponse {
  return {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
    body: textBody(text),
  };
}
