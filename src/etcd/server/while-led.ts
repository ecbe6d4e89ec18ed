import { Future } from "../../sim/signal.ts";
import { RunningTask, type Task, waitFor } from "../../sim/task.ts";
import { EtcdError } from "./etcd-error.ts";
import type { Member } from "./member.ts";

/** Runs a stream whose client wants a leader. Throws `EtcdError` once there has been none for too long. */
export function* whileLed(member: Member, body: Task<void>): Task<void> {
  const over = new Future<void>();
  const task = new RunningTask(member.host.clock, body, "etcd/stream");
  task.onEnd(() => over.settle());
  const stopCaring = member.leadership.require(() => over.settle());
  try {
    yield* waitFor(over);
    const { outcome } = task;
    if (outcome === undefined) throw new EtcdError("NoLeader");
    if (outcome.status === "failed") throw outcome.error;
  } finally {
    stopCaring();
    task.cancel();
  }
}
