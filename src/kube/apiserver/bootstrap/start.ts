import type { RandomStream } from "../../../sim/random.ts";
import type { Task } from "../../../sim/task.ts";
import type { ApiServerSettings } from "../assembly.ts";
import { firstAddress, type IpRange } from "../service/ip-range.ts";
import type { EtcdStore } from "../storage/etcd-store.ts";
import type { CacheEvent } from "../storage/resource-cache.ts";
import {
  ensureApiServices,
  ensureFlowControl,
  ensureNamespaces,
  ensurePriorityClasses,
  ensureRbac,
} from "./defaults.ts";
import { type BootstrapContext, runEvery, runHook } from "./hooks.ts";
import { ensureSystemConfig, renewIdentityLease } from "./identity.ts";
import { ensureServiceCidr, repairIps } from "./ip-repair.ts";
import { KubernetesService } from "./kubernetes-service.ts";
import { ensureNodePortRange } from "./node-port-range.ts";

const NAMESPACES_MS = 60_000;
const ENDPOINTS_MS = 10_000;
const IDENTITY_MS = 10_000;
const IP_REPAIR_MS = 180_000;
const SERVICE_CIDR_MS = 10_000;
const FLOW_CONTROL_MS = 60_000;
const AUTHENTICATION_CONFIG = "extension-apiserver-authentication";
const TOKEN_TRACKING = "kube-apiserver-legacy-service-account-token-tracking";

/**
 * Starts the post-start hooks and the server's own controllers with their intervals (pkg/controlplane). Gives what is to
 * be done before the server stops.
 */
export function startBootstrap(
  context: BootstrapContext,
  etcd: EtcdStore,
  settings: ApiServerSettings,
  range: IpRange,
  random: RandomStream,
): () => Task<void> {
  const holder = random.uuid();
  const kubernetes = new KubernetesService(context, etcd, {
    serviceIp: firstAddress(range),
    advertiseIp: settings.advertiseIp,
    port: settings.port,
    etcdRoot: settings.etcdPrefix,
  });
  keep(context, "start-system-namespaces-controller", NAMESPACES_MS, () => ensureNamespaces(context));
  runHook(context, "rbac/bootstrap-roles", () => ensureRbac(context));
  runHook(context, "scheduling/bootstrap-system-priority-classes", () => ensurePriorityClasses(context));
  runHook(context, "kube-apiserver-autoregistration", () => ensureApiServices(context));
  keep(context, "priority-and-fairness-config-producer", FLOW_CONTROL_MS, () => ensureFlowControl(context));
  keep(context, "start-kubernetes-service-cidr-controller", SERVICE_CIDR_MS, () =>
    ensureServiceCidr(context, settings.serviceCidr),
  );
  keep(context, "bootstrap-controller", ENDPOINTS_MS, () => kubernetes.reconcile());
  keep(context, "start-service-ip-repair-controllers", IP_REPAIR_MS, function* repair() {
    yield* ensureNodePortRange(context, etcd, settings.etcdPrefix);
    yield* repairIps(context, range);
  });
  keep(context, "start-kube-apiserver-identity-lease-controller", IDENTITY_MS, () =>
    renewIdentityLease(context, settings.hostname, holder),
  );
  watchConfig(
    context,
    "start-cluster-authentication-info-controller",
    AUTHENTICATION_CONFIG,
    settings.requestHeaderConfig,
  );
  const since = new Date(context.clock.now).toISOString().slice(0, 10);
  watchConfig(context, "start-legacy-token-tracking-controller", TOKEN_TRACKING, { since });
  context.health.finishOthers([
    "start-system-namespaces-controller",
    "rbac/bootstrap-roles",
    "scheduling/bootstrap-system-priority-classes",
    "kube-apiserver-autoregistration",
    "priority-and-fairness-config-producer",
    "start-kubernetes-service-cidr-controller",
    "bootstrap-controller",
    "start-service-ip-repair-controllers",
    "start-kube-apiserver-identity-lease-controller",
    "start-cluster-authentication-info-controller",
    "start-legacy-token-tracking-controller",
  ]);
  return () => kubernetes.withdraw();
}

/** Once at start, then at an interval. */
function keep(
  context: BootstrapContext,
  hook: Parameters<typeof runHook>[1],
  intervalMs: number,
  body: () => Task<void>,
): void {
  runHook(context, hook, body);
  runEvery(context, hook, intervalMs, body);
}

/** Keeps a ConfigMap in kube-system: made at start and again as soon as it is gone. */
function watchConfig(
  context: BootstrapContext,
  hook: Parameters<typeof runHook>[1],
  name: string,
  data: Readonly<Record<string, string>>,
): void {
  const body = () => ensureSystemConfig(context, name, data, name === AUTHENTICATION_CONFIG);
  runHook(context, hook, body);
  const cache = context.index.cache("", "v1", "configmaps");
  const key = `${cache.prefix}kube-system/${name}`;
  const subscriber = {
    onEvent: ({ type, entry }: CacheEvent) => {
      if (type === "DELETED" && entry.key === key) runHook(context, hook, body);
    },
    onEnd: () => {
      cache.subscribe(subscriber, undefined);
      runHook(context, hook, body);
    },
  };
  cache.subscribe(subscriber, undefined);
}
