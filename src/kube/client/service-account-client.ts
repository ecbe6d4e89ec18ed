import type { Clock } from "../../sim/clock.ts";
import { sleep, type Task } from "../../sim/task.ts";
import type { KubeList, KubeObject } from "../api/kube-object.ts";
import { timeOrZero } from "../api/time.ts";
import type { ServiceAccount } from "../api/types.generated.ts";
import type { RestHost } from "./connection.ts";
import type { ObjectSource } from "./informer.ts";
import type { Klog } from "./klog.ts";
import type { DeleteOptions, KubeClient, PatchType, Selection, Subresource } from "./kube-client.ts";
import { type Resource, SERVICE_ACCOUNTS } from "./resources.ts";
import type { RestConfig } from "./rest-config.ts";
import { RestKubeClient } from "./rest-kube-client.ts";
import { isAlreadyExists, isNotFound, isUnauthorized } from "./status-error.ts";

const TOKEN_SECONDS = 3600;
/** A token is fetched anew when less than this part of its life is left. */
const RENEW_SHARE = 0.2;

/** Attempts at a token, with a pause between them that doubles. */
const TOKEN_ATTEMPTS = 4;
const TOKEN_PAUSE_MS = 500;

interface TokenRequest {
  readonly status?: { readonly token: string; readonly expirationTimestamp: string };
}

/**
 * A client that acts as a service account of kube-system: it makes the account when it is missing and asks for a token
 * when it first needs one. Mirrors controller-manager clientbuilder DynamicControllerClientBuilder.
 */
export class ServiceAccountClient implements KubeClient {
  private current: { readonly client: RestKubeClient; readonly renewAt: number } | undefined;
  private readonly root: KubeClient;
  private readonly host: RestHost;
  private readonly config: RestConfig;
  private readonly account: string;
  private readonly clock: Clock;
  private readonly log: Klog;

  constructor(root: KubeClient, host: RestHost, config: RestConfig, account: string, log: Klog) {
    this.root = root;
    this.host = host;
    this.config = config;
    this.account = account;
    this.clock = host.clock;
    this.log = log;
  }

  /** Makes the account if it is not there. */
  *ensureAccount(): Task<void> {
    try {
      yield* this.root.get(SERVICE_ACCOUNTS, "kube-system", this.account);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const account = { metadata: { name: this.account, namespace: "kube-system" } } as ServiceAccount;
      try {
        yield* this.root.create(SERVICE_ACCOUNTS, account);
      } catch (failure) {
        if (!isAlreadyExists(failure)) throw failure;
      }
    }
  }

  get<T extends KubeObject>(of: Resource<T>, namespace: string, name: string): Task<T> {
    return this.as((client) => client.get(of, namespace, name));
  }

  getSub<R extends KubeObject>(of: Resource, namespace: string, name: string, subresource: Subresource): Task<R> {
    return this.as((client) => client.getSub<R>(of, namespace, name, subresource));
  }

  list<T extends KubeObject>(of: Resource<T>, selection?: Selection): Task<KubeList<T>> {
    return this.as((client) => client.list(of, selection));
  }

  create<T extends KubeObject>(of: Resource<T>, object: T): Task<T> {
    return this.as((client) => client.create(of, object));
  }

  createSub<R>(of: Resource, namespace: string, name: string, subresource: Subresource, body: unknown): Task<R> {
    return this.as((client) => client.createSub<R>(of, namespace, name, subresource, body));
  }

  update<T extends KubeObject>(of: Resource<T>, object: T, subresource?: Subresource): Task<T> {
    return this.as((client) => client.update(of, object, subresource));
  }

  patch<T extends KubeObject>(
    of: Resource<T>,
    namespace: string,
    name: string,
    type: PatchType,
    patch: unknown,
    subresource?: Subresource,
  ): Task<T> {
    return this.as((client) => client.patch(of, namespace, name, type, patch, subresource));
  }

  delete(of: Resource, namespace: string, name: string, options?: DeleteOptions): Task<void> {
    return this.as((client) => client.delete(of, namespace, name, options));
  }

  deleteCollection(of: Resource, namespace: string, options?: DeleteOptions): Task<void> {
    return this.as((client) => client.deleteCollection(of, namespace, options));
  }

  raw(path: string): Task<unknown> {
    return this.as((client) => client.raw(path));
  }

  source<T extends KubeObject>(of: Resource<T>, selection?: Selection): ObjectSource<T> {
    return this.root.source(of, selection);
  }

  private *as<R>(act: (client: KubeClient) => Task<R>): Task<R> {
    const client = yield* this.ready();
    try {
      return yield* act(client);
    } catch (error) {
      if (isUnauthorized(error)) this.current = undefined;
      throw error;
    }
  }

  private *ready(): Task<KubeClient> {
    if (this.current !== undefined && this.clock.now < this.current.renewAt) return this.current.client;
    const answer = yield* this.token();
    const { server, caFile, caData, insecureSkipTlsVerify, tlsServerName } = this.config;
    const bearerToken = answer.status?.token;
    const userAgent = `kube-controller-manager/v1.35.2 (linux/amd64) kubernetes/fdc9d74/system:serviceaccount:kube-system:${this.account}`;
    const client = new RestKubeClient(this.host, {
      server,
      caFile,
      caData,
      insecureSkipTlsVerify,
      tlsServerName,
      bearerToken,
      userAgent,
    });
    const life = timeOrZero(answer.status?.expirationTimestamp) - this.clock.now;
    this.current = { client, renewAt: this.clock.now + life * (1 - RENEW_SHARE) };
    return client;
  }

  /** A token for the account, which is made when it is missing. Throws when there is none after several attempts. */
  private *token(): Task<TokenRequest> {
    const body = {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: {},
      spec: { audiences: [], expirationSeconds: TOKEN_SECONDS },
    };
    for (let attempt = 1; ; attempt++) {
      let failed = "get or create service account failed";
      try {
        yield* this.ensureAccount();
        failed = "get token failed";
        return yield* this.root.createSub<TokenRequest>(SERVICE_ACCOUNTS, "kube-system", this.account, "token", body);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.log.plain("W", "client_builder_dynamic.go:197", `${failed}: ${error.message}`);
      }
      if (attempt === TOKEN_ATTEMPTS)
        throw new Error(`failed to get token for kube-system/${this.account}: timed out waiting for the condition`);
      yield* sleep(this.clock, TOKEN_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}
