import { formatGoDuration } from "../../../base/cli/go-duration.ts";
import { isNotFound, StatusError } from "../../../kube/client/status-error.ts";
import { sleep, type Task } from "../../../sim/task.ts";
import { awaitObject } from "../core/await-gone.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, textAt } from "../core/fields.ts";
import { type Info, infoPath } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import type { DryRun } from "../printers/result-printer.ts";

const RETRY_MS = 5000;

/** Evicts (or, with --disable-eviction, deletes) a node's pods and waits until they are gone. */
export function* removePods(kubectl: Kubectl, node: string, pods: readonly Fields[], dryRun: DryRun): Task<void> {
  const removing = yield* Removal.begin(kubectl, dryRun);
  try {
    yield* removing.removeAll(pods);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError) throw error;
    const names = pods.map((pod) => `pod/${textAt(pod, "metadata", "name")}\n`).join("");
    yield* kubectl.err(`There are pending pods in node "${node}" when an error occurred: ${error.message}\n${names}`);
    throw error instanceof CommandError ? error : new CommandError(error.message);
  }
}

class Removal {
  private readonly kubectl: Kubectl;
  private readonly dryRun: DryRun;
  private readonly pods: Info["resource"];
  private readonly timeoutMs: number;
  private readonly until: number | undefined;

  private constructor(kubectl: Kubectl, dryRun: DryRun, pods: Info["resource"]) {
    this.kubectl = kubectl;
    this.dryRun = dryRun;
    this.pods = pods;
    this.timeoutMs = kubectl.parsed.number("timeout");
    this.until = this.timeoutMs === 0 ? undefined : kubectl.now + this.timeoutMs;
  }

  static *begin(kubectl: Kubectl, dryRun: DryRun): Task<Removal> {
    return new Removal(kubectl, dryRun, yield* kubectl.discovery.resolve("pods"));
  }

  *removeAll(pods: readonly Fields[]): Task<void> {
    const infos = pods.map((pod) => this.infoOf(pod));
    if (this.dryRun === "client") {
      for (const info of infos) yield* this.announce(info, " (dry run)");
      return;
    }
    if (this.kubectl.isSet("disable-eviction")) yield* this.deleteAll(infos);
    else yield* this.evictAll(infos);
  }

  /** All at once, so that a pod that may not go yet does not keep the others. */
  private *evictAll(infos: readonly Info[]): Task<void> {
    const failures: string[] = [];
    const running = infos.map((info) => this.kubectl.process.tasks.spawn("kubectl/evict", this.evict(info, failures)));
    for (const task of running) yield* task.join();
    if (failures.length === 0) return;
    throw new CommandError(failures.length === 1 ? (failures[0] ?? "") : `[${failures.join(", ")}]`);
  }

  private *evict(info: Info, failures: string[]): Task<void> {
    const failure = yield* this.evictUntilAccepted(info);
    if (failure === "gone" || this.dryRun === "server") return;
    if (failure !== undefined)
      failures.push(`error when evicting pods/"${info.name}" -n "${info.namespace}": ${failure}`);
    else if (yield* this.untilGone(info)) yield* this.kubectl.out(`pod/${info.name} evicted\n`);
    else {
      const what = `error when waiting for pod "${info.name}" in namespace "${info.namespace}" to terminate`;
      failures.push(`${what}: ${this.timedOut()}`);
    }
  }

  /** Asks again and again while a disruption budget does not allow it; gives why it is in vain. */
  private *evictUntilAccepted(info: Info): Task<string | "gone" | undefined> {
    const body = {
      kind: "Eviction",
      apiVersion: "policy/v1",
      metadata: { name: info.name, namespace: info.namespace },
      deleteOptions: this.deleteOptions(),
    };
    for (;;) {
      yield* this.announce(info, this.dryRun === "server" ? " (server dry run)" : "");
      if (this.until !== undefined && this.kubectl.now >= this.until) return this.timedOut();
      try {
        yield* this.kubectl.request("POST", infoPath(info, "eviction"), { body });
        return undefined;
      } catch (error) {
        if (isNotFound(error)) return "gone";
        if (!(error instanceof StatusError)) throw error;
        if (error.code !== 429) return error.message;
        yield* this.kubectl.err(
          `error when evicting pods/"${info.name}" -n "${info.namespace}" (will retry after 5s): ${error.message}\n`,
        );
        yield* sleep(this.kubectl.process.clock, RETRY_MS);
      }
    }
  }

  private *deleteAll(infos: readonly Info[]): Task<void> {
    const body = { kind: "DeleteOptions", apiVersion: "v1", ...this.deleteOptions() };
    for (const info of infos) {
      try {
        yield* this.kubectl.request("DELETE", infoPath(info), { body });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    if (this.dryRun === "server") return;
    for (const info of infos) {
      if (!(yield* this.untilGone(info))) throw new CommandError("timed out waiting for the condition");
      yield* this.kubectl.out(`pod/${info.name} deleted\n`);
    }
  }

  private *untilGone(info: Info): Task<boolean> {
    const uid = textAt(info.object, "metadata", "uid");
    const left = this.until === undefined ? undefined : Math.max(0, this.until - this.kubectl.now);
    return yield* awaitObject(this.kubectl, info, left, (object) => {
      return object === undefined || textAt(object, "metadata", "uid") !== uid;
    });
  }

  private *announce(info: Info, dry: string): Task<void> {
    yield* this.kubectl.out(`evicting pod ${info.namespace}/${info.name}${dry}\n`);
  }

  private timedOut(): string {
    return `global timeout reached: ${formatGoDuration(this.timeoutMs)}`;
  }

  private deleteOptions(): Fields {
    const grace = this.kubectl.parsed.number("grace-period");
    return {
      ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
      ...(this.dryRun === "server" ? { dryRun: ["All"] } : {}),
    };
  }

  private infoOf(pod: Fields): Info {
    const metadata = { namespace: textAt(pod, "metadata", "namespace"), name: textAt(pod, "metadata", "name") };
    return { resource: this.pods, ...metadata, object: pod, source: "" };
  }
}
