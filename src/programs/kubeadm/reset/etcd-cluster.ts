import { type EtcdConnection, RpcError } from "../../../etcd/rpc/client.ts";
import { dialEtcd } from "../../../etcd/rpc/dial.ts";
import type { UnaryMethod, UnaryMethods } from "../../../etcd/rpc/messages.ts";
import type { Pod } from "../../../kube/api/types.generated.ts";
import type { ResourceClient } from "../../../kube/client/resource-client.ts";
import { PODS } from "../../../kube/client/resources.ts";
import type { Clock } from "../../../sim/clock.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import { apiErrors } from "../cluster-client.ts";
import type { InitConfiguration } from "../configuration.ts";
import { type KubeadmContext, KubeadmError } from "../context.ts";
import { PkiDirectory } from "../pki-directory.ts";

const CLIENT_URLS = "kubeadm.kubernetes.io/etcd.advertise-client-urls";
/** v1beta4 Timeouts.EtcdAPICall: for all attempts of a call together. */
const LIMIT_MS = 120_000;
const ATTEMPT_MS = 2_000;
const RETRY_MS = 500;

/**
 * Takes this node's etcd out of its cluster, unless it is the only one or has left before
 * (phases/etcd RemoveStackedEtcdMemberFromCluster). Throws `KubeadmError`.
 */
export function* leaveEtcdCluster(
  context: KubeadmContext,
  client: ResourceClient,
  configuration: InitConfiguration,
): Task<void> {
  const endpoints = yield* etcdEndpoints(client);
  const { clock } = context.process;
  const connection = connect(context, endpoints, configuration.certificatesDir);
  try {
    const { members } = yield* call(clock, connection, "etcdserverpb.Cluster/MemberList", { linearizable: true });
    const address = configuration.advertiseAddress;
    if (members.length === 1 && endpoints.includes(`https://${address}:2379`)) return;
    const own = members.find(({ peerUrls }) => peerUrls[0] === `https://${address}:2380`);
    if (own !== undefined) yield* call(clock, connection, "etcdserverpb.Cluster/MemberRemove", { id: own.id });
  } finally {
    connection.close();
  }
}

/** Where the cluster's etcd members are to be found, by the annotations of their pods. */
function* etcdEndpoints(client: ResourceClient): Task<string[]> {
  const { items } = yield* apiErrors(
    "could not retrieve the list of etcd endpoints",
    client.list<Pod>(PODS, "kube-system", { labelSelector: "component=etcd,tier=control-plane" }),
  );
  const endpoints = items.map(({ metadata }) => metadata.annotations?.[CLIENT_URLS] ?? "").filter((url) => url !== "");
  if (endpoints.length === 0)
    throw new KubeadmError("could not retrieve the list of etcd endpoints: no etcd pods found");
  return endpoints;
}

function connect({ process }: KubeadmContext, endpoints: readonly string[], certificatesDir: string): EtcdConnection {
  const pki = new PkiDirectory(process.fs, certificatesDir);
  const { certificate, key } = pki.pair("etcd/healthcheck-client");
  const { net, clock, tasks, random } = process;
  const tls = {
    rootCas: [pki.certificate("etcd/ca")],
    certificate: { chain: [certificate], key },
    insecureSkipVerify: false,
  };
  return dialEtcd({ net, clock, tasks, random, endpoints, tls });
}

/** Asks again and again until the time is over, as kubeadm does whatever the answer was. */
function* call<M extends UnaryMethod>(
  clock: Clock,
  connection: EtcdConnection,
  method: M,
  request: UnaryMethods[M][0],
): Task<UnaryMethods[M][1]> {
  const begun = clock.uptime;
  for (;;) {
    try {
      return yield* connection.call(method, request, { timeoutMs: ATTEMPT_MS });
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (clock.uptime - begun + RETRY_MS > LIMIT_MS)
        throw new KubeadmError(error.code === "DeadlineExceeded" ? "context deadline exceeded" : error.desc);
    }
    yield* sleep(clock, RETRY_MS);
  }
}
