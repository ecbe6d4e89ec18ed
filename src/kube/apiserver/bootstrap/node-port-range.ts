import { base64, utf8 } from "../../../base/bytes.ts";
import type { Task } from "../../../sim/task.ts";
import type { Service } from "../../api/types.generated.ts";
import type { EtcdStore } from "../storage/etcd-store.ts";
import type { BootstrapContext } from "./hooks.ts";

const FIRST = 30_000;
const LAST = 32_767;

/** Writes the RangeAllocation of node ports from the services there are (core/service/portallocator/controller). */
export function* ensureNodePortRange(context: BootstrapContext, etcd: EtcdStore, root: string): Task<void> {
  const key = `${root}/ranges/servicenodeports`;
  const deadline = { at: context.clock.uptime + 10_000, error: () => new Error("context deadline exceeded") };
  const services = context.index.cache("", "v1", "services");
  const used = new Set<number>();
  for (const { object } of services.list(services.prefix)) {
    for (const { nodePort } of (object as Service).spec.ports ?? []) if (nodePort) used.add(nodePort - FIRST);
  }
  const value = {
    kind: "RangeAllocation",
    apiVersion: "v1",
    metadata: {},
    range: `${FIRST}-${LAST}`,
    data: base64(bitmap(used)),
  };
  const bytes = utf8(`${JSON.stringify(value)}\n`);
  const { kv } = yield* etcd.get(key, deadline);
  if (kv !== undefined && same(kv.value, bytes)) return;
  yield* etcd.put(key, bytes, kv?.modRevision ?? 0, 0, deadline);
}

/** The bits as Go's big.Int writes them: big-endian without leading zeros. */
function bitmap(used: ReadonlySet<number>): Uint8Array {
  const highest = Math.max(-1, ...used);
  const bytes = new Uint8Array(Math.ceil((highest + 1) / 8));
  for (const bit of used) {
    const at = bytes.length - 1 - (bit >> 3);
    bytes[at] = (bytes[at] ?? 0) | (1 << (bit & 7));
  }
  return bytes;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
