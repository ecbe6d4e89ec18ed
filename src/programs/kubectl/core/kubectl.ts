import type { Command } from "../../../base/cli/command.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { parseGoDuration } from "../../../base/cli/go-duration.ts";
import { checkCredentials, clientFilesProblem } from "../../../kube/client/credentials.ts";
import { klogLine } from "../../../kube/client/klog.ts";
import { loadKubeconfig, usableConfig } from "../../../kube/client/kubeconfig.ts";
import { RestClient, type RestRequest, type RestResponse } from "../../../kube/client/rest.ts";
import type { RestConfig } from "../../../kube/client/rest-config.ts";
import type { CommandTypes } from "../../../machine/command-program.ts";
import { writeText } from "../../../machine/file-descriptor.ts";
import type { Process } from "../../../machine/process.ts";
import { bodyValue, type HttpBody, jsonBody } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { askCredentials, isNobody } from "./ask-credentials.ts";
import { Discovery } from "./discovery.ts";
import { CommandError } from "./failure.ts";
import { kubeconfigPaths } from "./kubeconfig-paths.ts";

/** The types of kubectl's command table. */
export type KubectlTypes = CommandTypes<Kubectl>;

export type KubectlCommand = Command<KubectlTypes>;

export const KUBECTL_VERSION = "v1.35.2";
export const KUSTOMIZE_VERSION = "v5.7.1";
const USER_AGENT = `kubectl/${KUBECTL_VERSION} (linux/amd64) kubernetes/fdc9d74`;

/** Bytes go as they are, all else as JSON. */
function bodyOf(body: unknown): HttpBody {
  return body instanceof Uint8Array ? { kind: "bytes", bytes: body } : jsonBody(body);
}

/** Further parts of a request. */
export interface RequestOptions {
  readonly query?: RestRequest["query"];
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly timeoutMs?: number | undefined;
  /** See RestRequest. */
  readonly raw?: boolean;
}

/**
 * One run of kubectl: its process, its flags, and what it learns on the way. The kubeconfig is read and the server
 * dialled only when a command needs them.
 */
export class Kubectl {
  readonly process: Process;
  readonly parsed: ParsedFlags;
  private restOrNone: RestClient | undefined;
  private discoveryOrNone: Discovery | undefined;
  private readonly seenWarnings = new Set<string>();
  private pendingErr = "";
  private session: string | undefined;

  constructor(process: Process, parsed: ParsedFlags) {
    this.process = process;
    this.parsed = parsed;
  }

  /** Names of the commands from `kubectl` on. */
  get path(): readonly string[] {
    return this.parsed.path;
  }

  *out(text: string): Task<void> {
    yield* this.flushWarnings();
    yield* writeText(this.process.stdout, text);
  }

  *err(text: string): Task<void> {
    yield* this.flushWarnings();
    yield* writeText(this.process.stderr, text);
  }

  /** Writes warnings of the server that have come in. */
  *flushWarnings(): Task<void> {
    if (this.pendingErr === "") return;
    const text = this.pendingErr;
    this.pendingErr = "";
    yield* writeText(this.process.stderr, text);
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.process.clock.now;
  }

  flag(name: string): string {
    return this.parsed.flags.get(name) === undefined ? "" : this.parsed.string(name);
  }

  isSet(name: string): boolean {
    return this.parsed.flags.get(name) !== undefined && this.parsed.bool(name);
  }

  /** The namespace to work in: flag, then context, then `default`. */
  get namespace(): string {
    const given = this.flag("namespace");
    if (given !== "") return given;
    const configured = this.config.namespace ?? "";
    return configured === "" ? "default" : configured;
  }

  /** Whether --namespace was given, so that manifests must agree with it. */
  get namespaceGiven(): boolean {
    return this.flag("namespace") !== "";
  }

  /** The namespace for commands that may run without any configuration (`--dry-run=client`, `--local`). */
  get offlineNamespace(): string {
    return this.flag("namespace");
  }

  get client(): RestClient {
    if (this.restOrNone === undefined) {
      const { config } = this;
      checkCredentials(this.process.fs, config);
      const client = new RestClient(this.process, config);
      const problem = clientFilesProblem(this.process.fs, config);
      if (problem !== undefined) this.pendingErr += this.clientFilesLog(problem);
      client.onWarning = (text) => this.warn(text);
      if (this.verbosity >= 6) client.onExchange = (request, status) => this.traceRequest(request, status);
      this.restOrNone = client;
    }
    return this.restOrNone;
  }

  private clientFilesLog(problem: string): string {
    const text = `"Loading client cert failed" err=${JSON.stringify(problem)} key="key"`;
    return this.log("E", "cert_rotation.go:172", text);
  }

  get discovery(): Discovery {
    this.discoveryOrNone ??= new Discovery(this);
    return this.discoveryOrNone;
  }

  get verbosity(): number {
    return this.parsed.flags.get("v") === undefined ? 0 : this.parsed.number("v");
  }

  private configOrNone: RestConfig | undefined;

  /** The client configuration from kubeconfig and flags. Throws `ConfigError`. */
  get config(): RestConfig {
    this.configOrNone ??= this.readConfig();
    return this.configOrNone;
  }

  private readConfig(): RestConfig {
    const { process } = this;
    const text = (name: string) => this.globalFlag(name);
    const explicit = this.flag("kubeconfig");
    if (explicit !== "" && !process.fs.exists(explicit)) {
      throw new CommandError(`stat ${explicit}: no such file or directory`);
    }
    const config = loadKubeconfig(process.fs, ...kubeconfigPaths(process, this.flag("kubeconfig")));
    const result = usableConfig(process.fs, config, {
      context: text("context"),
      cluster: text("cluster"),
      user: text("user"),
      server: text("server"),
      tlsServerName: text("tls-server-name"),
      insecureSkipTlsVerify: this.parsed.changed("insecure-skip-tls-verify")
        ? this.isSet("insecure-skip-tls-verify")
        : undefined,
      certificateAuthority: text("certificate-authority"),
      clientCertificate: text("client-certificate"),
      clientKey: text("client-key"),
      token: text("token"),
      username: text("username"),
      password: text("password"),
      asUser: text("as"),
      asUid: text("as-uid"),
      asGroups: this.parsed.list("as-group"),
      timeoutMs: this.requestTimeoutMs(),
    });
    return { ...result, userAgent: USER_AGENT };
  }

  /** A flag of all commands, unless the command has one of its own with that name. */
  private globalFlag(name: string): string | undefined {
    const flag = this.parsed.flags.get(name);
    if (flag?.persistent !== true || flag.type !== "string") return undefined;
    const value = this.parsed.string(name);
    return value === "" ? undefined : value;
  }

  private requestTimeoutMs(): number | undefined {
    const given = this.flag("request-timeout");
    if (given === "" || given === "0") return undefined;
    const seconds = /^\d+$/.test(given) ? `${given}s` : given;
    const duration = parseGoDuration(seconds);
    if ("error" in duration) {
      throw new CommandError(
        `Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)`,
      );
    }
    return Number(duration.value / 1_000_000n);
  }

  /** Sends a request and gives the answer's JSON value. Throws `StatusError` and `ConnectionError`. */
  *request(method: RestRequest["method"], path: string, options: RequestOptions = {}): Task<unknown> {
    const response = yield* this.exchange(method, path, options);
    return bodyValue(response.body);
  }

  /** As `request`, but gives the answer as it is. */
  *exchange(method: RestRequest["method"], path: string, options: RequestOptions = {}): Task<RestResponse> {
    if (isNobody(this.config)) this.configOrNone = { ...this.config, ...(yield* askCredentials(this.process)) };
    try {
      return yield* this.client.request(this.restRequest(method, path, options));
    } finally {
      if (this.pendingErr !== "") yield* this.flushWarnings();
    }
  }

  /** The request with kubectl's headers. */
  restRequest(method: RestRequest["method"], path: string, options: RequestOptions): RestRequest {
    this.session ??= this.process.random.uuid();
    const body: HttpBody | undefined = options.body === undefined ? undefined : bodyOf(options.body);
    return {
      method,
      path,
      query: options.query,
      ...(body === undefined ? {} : { body }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      ...(options.raw === undefined ? {} : { raw: options.raw }),
      headers: {
        "kubectl-command": this.path.slice(0, 2).join(" "),
        "kubectl-session": this.session,
        ...(options.accept === undefined ? {} : { accept: options.accept }),
        ...(options.contentType === undefined ? {} : { "content-type": options.contentType }),
      },
    };
  }

  /** Prints a server's warning once. */
  warn(text: string): void {
    if (this.seenWarnings.has(text)) return;
    this.seenWarnings.add(text);
    this.pendingErr += `Warning: ${text}\n`;
  }

  /** Prints a line on stderr before anything else is printed. */
  note(text: string): void {
    this.pendingErr += `${text}\n`;
  }

  /** A klog line for stderr. */
  log(severity: "I" | "W" | "E" | "F", source: string, text: string): string {
    return klogLine(severity, this.now, this.process.pid, source, text);
  }

  private requestStartedAt = 0;

  private traceRequest(request: { method: string; path: string }, status: number | undefined): void {
    if (status === undefined) {
      this.requestStartedAt = this.now;
      return;
    }
    const took = Math.round(this.now - this.requestStartedAt);
    const text = `"Response" verb="${request.method}" url="${this.config.server}${request.path}" status="${status}" milliseconds=${took}`;
    this.pendingErr += this.log("I", "round_trippers.go:632", text);
  }
}
