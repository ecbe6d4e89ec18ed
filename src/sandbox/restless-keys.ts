/** Why a key is written although nobody did anything. */
type Reason = "heartbeat" | "record" | "bookkeeping" | "status";

/**
 * What a cluster writes by itself, all the time, by prefixes of keys under the API server's default root.
 */
const RESTLESS: readonly (readonly [prefix: string, reason: Reason, why: string])[] = [
  ["/registry/leases/", "heartbeat", "kubelets renew theirs every 10 s, leaders every 2 s, API servers every 10 s"],
  ["/registry/masterleases/", "heartbeat", "every API server says every 10 s that it is an endpoint of `kubernetes`"],
  ["/registry/events/", "record", "what components note of what they do; gone after an hour"],
  ["/registry/ranges/", "bookkeeping", "which service addresses and node ports are taken; follows from the services"],
  ["/registry/minions/", "status", "kubelets tell how their nodes are; an object all the same"],
];

function reasonOf(key: string): Reason | undefined {
  return RESTLESS.find(([prefix]) => key.startsWith(prefix))?.[1];
}

/** Whether a key is renewed every few seconds, whatever anybody does. */
export function isHeartbeat(key: string): boolean {
  return reasonOf(key) === "heartbeat";
}

/** Whether a key comes and goes by itself, so that its change or absence says nothing about the cluster's objects. */
export function isPassing(key: string): boolean {
  const reason = reasonOf(key);
  return reason === "heartbeat" || reason === "record";
}

/** Whether a key's change is nobody's doing, and no object's either. */
export function isOwnWriting(key: string): boolean {
  return isPassing(key) || reasonOf(key) === "bookkeeping";
}

/** Whether a key is written while the cluster is at rest. */
export function isWrittenAtRest(key: string): boolean {
  return isPassing(key) || reasonOf(key) === "status";
}
