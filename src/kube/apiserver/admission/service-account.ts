import type { Clock } from "../../../sim/clock.ts";
import type { RandomStream } from "../../../sim/random.ts";
import { sleep } from "../../../sim/task.ts";
import type { Container, Pod, ServiceAccount, Volume, VolumeMount } from "../../api/types.generated.ts";
import type { Draft } from "../defaults/draft.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import { forbidden } from "../status.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./admission.ts";

const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
const MIRROR = "kubernetes.io/config.mirror";
/** A token lives one hour and seven seconds, so that it is told from those that users ask for. */
const TOKEN_SECONDS = 3607;
const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const RETRIES = 10;
const RETRY_MS = 100;

/** Every pod has a service account and its token mounted (plugin/pkg/admission/serviceaccount). */
export function serviceAccount(index: KindIndex, clock: Clock, random: RandomStream): AdmissionPlugin {
  const cache = index.cache("", "v1", "serviceaccounts");
  const find = (namespace: string, name: string) =>
    cache.get(`${cache.prefix}${namespace}/${name}`)?.object as ServiceAccount | undefined;
  return {
    name: "ServiceAccount",
    *prepare(request) {
      const pod = newPod(request);
      if (pod === undefined || isMirror(pod)) return;
      const name = pod.spec.serviceAccountName || "default";
      for (let attempt = 0; attempt < RETRIES && find(request.namespace, name) === undefined; attempt++)
        yield* sleep(clock, RETRY_MS);
    },
    mutate(request) {
      const pod = newPod(request);
      if (pod === undefined || isMirror(pod)) return;
      const name = pod.spec.serviceAccountName || "default";
      pod.spec.serviceAccountName = name;
      pod.spec.serviceAccount = name;
      const account = find(request.namespace, name);
      if (account === undefined) {
        throw forbidden(
          request.kind,
          request.name,
          `error looking up service account ${request.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`,
        );
      }
      if (account.imagePullSecrets !== undefined && (pod.spec.imagePullSecrets ?? []).length === 0) {
        pod.spec.imagePullSecrets = account.imagePullSecrets.map((secret) => ({ ...secret }));
      }
      if (pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true)
        mountToken(pod, random);
    },
  };
}

function newPod({ operation, kind, subresource, draft }: AdmissionRequest): Draft<Pod> | undefined {
  if (operation !== "CREATE" || kind.kind !== "Pod" || kind.group !== "" || subresource !== "") return undefined;
  return draft as unknown as Draft<Pod>;
}

/** Mirror pods show static pods and keep what they have. */
function isMirror(pod: Pod | Draft<Pod>): boolean {
  return pod.metadata.annotations?.[MIRROR] !== undefined;
}

function mountToken(pod: Draft<Pod>, random: RandomStream): void {
  const containers = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])];
  const bare = containers.filter(
    (container) => !(container.volumeMounts ?? []).some(({ mountPath }) => mountPath === MOUNT_PATH),
  );
  if (bare.length === 0) return;
  const known = pod.spec.volumes?.find(({ name }) => name.startsWith("kube-api-access-"));
  const name = known?.name ?? `kube-api-access-${random.letters(5, SUFFIX_LETTERS)}`;
  if (known === undefined) pod.spec.volumes = [...(pod.spec.volumes ?? []), tokenVolume(name)];
  for (const container of bare) addMount(container, { name, readOnly: true, mountPath: MOUNT_PATH });
}

function addMount(container: Draft<Container>, mount: Draft<VolumeMount>): void {
  container.volumeMounts = [...(container.volumeMounts ?? []), mount];
}

function tokenVolume(name: string): Draft<Volume> {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: "token" } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        {
          downwardAPI: {
            items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
          },
        },
      ],
      defaultMode: 0o644,
    },
  };
}
