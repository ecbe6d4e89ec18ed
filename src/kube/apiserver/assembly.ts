import type { EtcdConnection } from "../../etcd/rpc/client.ts";
import type { PrivateKey } from "../../pki/keys.ts";
import type { Clock } from "../../sim/clock.ts";
import type { RandomStream } from "../../sim/random.ts";
import type { Task, TaskGroup } from "../../sim/task.ts";
import { admissionChain } from "./admission/chain.ts";
import { ApiServer } from "./api-server.ts";
import { type AuthenticationSettings, Authenticator } from "./auth/authenticate.ts";
import { Authorizer } from "./auth/authorize.ts";
import { startBootstrap } from "./bootstrap/start.ts";
import { CustomResources } from "./custom/custom-resources.ts";
import { Discovery } from "./discovery/discovery.ts";
import { OpenApi } from "./discovery/openapi.ts";
import type { ResourceTransformers } from "./encryption/resource-transformers.ts";
import { Health } from "./health.ts";
import { Loopback } from "./loopback.ts";
import { builtInKinds } from "./registry/catalog.ts";
import type { KindHooks } from "./registry/hooks.ts";
import { KindIndex } from "./registry/kind-index.ts";
import { ObjectStore } from "./registry/object-store.ts";
import type { ServerContext } from "./server-context.ts";
import { parseIpRange } from "./service/ip-range.ts";
import { serviceHooks } from "./service/service-hooks.ts";
import { type Deadline, EtcdStore } from "./storage/etcd-store.ts";
import { type StorageMediaType, ValueCodec } from "./storage/value-codec.ts";
import { type ErrorLog, WatchFeed } from "./storage/watch-feed.ts";
import type { BackendDialers } from "./subresources/backend-proxy.ts";
import type { ComponentProbe } from "./subresources/component-status.ts";
import type { KubeletDialer } from "./subresources/kubelet-proxy.ts";
import { registerSubresources } from "./subresources/register.ts";

/** What the flags say, as far as it matters here. */
export interface ApiServerSettings {
  readonly storageMediaType: StorageMediaType;
  /** How values are encrypted; missing: not at all. */
  readonly transformers?: ResourceTransformers;
  /** Whether objects that can't be read may be deleted all the same (a feature gate). */
  readonly unsafeDeletion?: boolean;
  /** `/registry`. */
  readonly etcdPrefix: string;
  readonly authorizationModes: readonly string[];
  readonly authentication: AuthenticationSettings;
  /** Signs service account tokens. */
  readonly signingKey: PrivateKey;
  readonly serviceCidr: string;
  readonly advertiseIp: string;
  readonly port: number;
  readonly hostname: string;
  /** What ConfigMap extension-apiserver-authentication tells other servers. */
  readonly requestHeaderConfig: Readonly<Record<string, string>>;
}

/** What the server needs of its surroundings. */
export interface ApiServerEnvironment {
  readonly connection: EtcdConnection;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly tasks: TaskGroup;
  readonly log: ErrorLog;
  readonly dialKubelet: KubeletDialer;
  readonly dialBackend: BackendDialers;
  readonly probe: ComponentProbe;
}

/** An API server put together; `start` connects it to etcd. */
export interface AssembledServer {
  readonly api: ApiServer;
  readonly health: Health;
  readonly context: ServerContext;
  /** Reads all that is stored and begins to watch; then runs the post-start hooks. Throws what `deadline` says. */
  start(deadline: Deadline): Task<void>;
  /** Reads values by a new configuration of encryption from now on. */
  reloadEncryption(transformers: ResourceTransformers): void;
  /**
   * What comes before the end: readiness fails at once, the server goes on answering, and the task ends when the
   * pre-shutdown hooks have (genericapiserver.go RunPreShutdownHooks). While etcd is away that is never.
   */
  prepareToStop(): Task<void>;
}

/** Puts an API server together (cmd/kube-apiserver/app/server.go CreateServerChain). */
export function assembleApiServer(settings: ApiServerSettings, environment: ApiServerEnvironment): AssembledServer {
  const { clock, random, tasks } = environment;
  const index = new KindIndex();
  const codec = new ValueCodec(
    settings.storageMediaType,
    (apiVersion, kind) => index.findKind(apiVersion, kind) !== undefined,
    settings.transformers,
    settings.unsafeDeletion,
  );
  const { connection, log } = environment;
  const etcd = new EtcdStore(connection, clock);
  const feed = new WatchFeed({ connection, store: etcd, codec, clock, tasks, log, root: settings.etcdPrefix });
  addBuiltInKinds(index, feed);
  const objects = new ObjectStore(etcd, codec, settings.etcdPrefix);
  const loopback = new Loopback();
  const hooks = new Map<string, KindHooks>();
  const range = parseIpRange(settings.serviceCidr) ?? { first: 0x0a60_0000, size: 2 ** 20 };
  hooks.set("/Service", serviceHooks(index, loopback, random, range));
  const authorizer = new Authorizer(index, settings.authorizationModes);
  const context: ServerContext = {
    clock,
    random,
    tasks,
    index,
    feed,
    etcd,
    objects,
    hooks,
    admission: admissionChain(index, objects, clock, random),
    unsafeDeletion: settings.unsafeDeletion === true ? authorizer : undefined,
  };
  const authenticator = new Authenticator(settings.authentication, index, clock);
  const health = new Health(etcd, clock, informersSynced(index));
  const subresources = registerSubresources({ authenticator, authorizer, settings, environment });
  const api = new ApiServer({
    context,
    authenticator,
    authorizer,
    discovery: new Discovery(index, `${settings.advertiseIp}:${settings.port}`),
    openApi: new OpenApi(index),
    health,
    subresources,
    log,
  });
  loopback.connect(api);
  const bootstrap = { clock, tasks, index, loopback, health, log };
  const custom = new CustomResources(context, bootstrap);
  let beforeStop: (() => Task<void>) | undefined;
  return {
    api,
    health,
    context,
    reloadEncryption(transformers) {
      settings.transformers?.replace(transformers);
      codec.forget();
    },
    *start(deadline) {
      yield* feed.start(deadline);
      yield* custom.start();
      beforeStop = startBootstrap(bootstrap, etcd, settings, range, random);
    },
    *prepareToStop() {
      health.shuttingDown = true;
      if (beforeStop !== undefined) yield* beforeStop();
    },
  };
}

function addBuiltInKinds(index: KindIndex, feed: WatchFeed): void {
  for (const kind of builtInKinds()) {
    const { storage } = kind;
    index.add({ kind, cache: storage === undefined ? undefined : feed.register(storage.type, storage.prefix) });
  }
}

/** Whether every cache has been readable once since the start; later trouble does not count. */
function informersSynced(index: KindIndex): () => boolean {
  const synced = new Set<string>();
  return () => {
    let all = true;
    for (const { cache } of index.all()) {
      if (cache === undefined || synced.has(cache.prefix)) continue;
      if (cache.broken === undefined) synced.add(cache.prefix);
      else all = false;
    }
    return all;
  };
}
