import { sha256 } from "@noble/hashes/sha2.js";
import { utf8 } from "../../../base/bytes.ts";
import { rfc3339Micro } from "../../../base/rfc3339.ts";
import type { Task } from "../../../sim/task.ts";
import { equalValues } from "../../api/equal.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import type { ConfigMap, Lease } from "../../api/types.generated.ts";
import { type BootstrapContext, ensure } from "./hooks.ts";

const LEASES = { group: "coordination.k8s.io", version: "v1", resource: "leases" };
const CONFIG_MAPS = { group: "", version: "v1", resource: "configmaps" };
const NAMESPACES = { group: "", version: "v1", resource: "namespaces" };
const NAMESPACE = "kube-system";
const LEASE_SECONDS = 3600;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** `apiserver-` and 26 letters of the host name's hash. */
function serverIdentity(hostname: string): string {
  const hash = sha256(utf8(hostname)).slice(0, 16);
  let bits = 0;
  let buffer = 0;
  let text = "";
  for (const byte of hash) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32.charAt((buffer >> bits) & 31);
    }
    buffer &= (1 << bits) - 1;
  }
  if (bits > 0) text += BASE32.charAt((buffer << (5 - bits)) & 31);
  return `apiserver-${text}`;
}

/** Renews the server's own lease (pkg/controlplane apiserver identity lease). */
export function* renewIdentityLease(context: BootstrapContext, hostname: string, holder: string): Task<void> {
  const name = serverIdentity(hostname);
  const cache = context.index.cache(LEASES.group, LEASES.version, LEASES.resource);
  const known = cache.get(`${cache.prefix}${NAMESPACE}/${name}`)?.object as Lease | undefined;
  const renewTime = rfc3339Micro(context.clock.now);
  const holderIdentity = `${name}_${holder}`;
  if (known !== undefined) {
    const spec = { ...known.spec, holderIdentity, renewTime };
    yield* context.loopback.update(LEASES, { ...known, spec } as KubeObject);
    return;
  }
  const labels = { "apiserver.kubernetes.io/identity": "kube-apiserver", "kubernetes.io/hostname": hostname };
  yield* ensure(context, LEASES, {
    metadata: { name, namespace: NAMESPACE, labels } as { name: string; namespace: string },
    ...{ spec: { holderIdentity, leaseDurationSeconds: LEASE_SECONDS, renewTime } },
  });
}

/** Makes or puts right a ConfigMap in kube-system, whose namespace it makes first if need be. */
export function* ensureSystemConfig(
  context: BootstrapContext,
  name: string,
  data: Readonly<Record<string, string>>,
  fixed: boolean,
): Task<void> {
  const cache = context.index.cache("", "v1", "configmaps");
  const known = cache.get(`${cache.prefix}${NAMESPACE}/${name}`)?.object as ConfigMap | undefined;
  if (known !== undefined) {
    const merged = { ...known.data, ...data };
    if (fixed && !equalValues(known.data, merged))
      yield* context.loopback.update(CONFIG_MAPS, { ...known, data: merged } as KubeObject);
    return;
  }
  yield* ensure(context, NAMESPACES, { metadata: { name: NAMESPACE } });
  yield* ensure(context, CONFIG_MAPS, { metadata: { name, namespace: NAMESPACE }, ...{ data } });
}
