import type { Clock } from "../../../sim/clock.ts";
import { sleep, type Task, type TaskGroup } from "../../../sim/task.ts";
import type { GroupVersionResource } from "../../api/kube-object.ts";
import type { Health, HookName } from "../health.ts";
import type { Loopback } from "../loopback.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import { ApiError } from "../status.ts";
import type { ErrorLog } from "../storage/watch-feed.ts";

/** What post-start hooks have to work with. */
export interface BootstrapContext {
  readonly clock: Clock;
  readonly tasks: TaskGroup;
  readonly index: KindIndex;
  readonly loopback: Loopback;
  readonly health: Health;
  readonly log: ErrorLog;
}

/** An object to be there, without server-set metadata. */
export interface Wanted {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const RETRY_MS = 1000;

/** What upstream says before an error, where it is more than the hook's name. */
const COMPLAINTS: Readonly<Record<string, string>> = {
  "bootstrap-controller": "unable to sync kubernetes service",
};

/** Creates an object unless it is there; losing a race is fine. */
export function* ensure(context: BootstrapContext, of: GroupVersionResource, wanted: Wanted): Task<void> {
  const { name, namespace = "" } = wanted.metadata;
  const cache = context.index.cache(of.group, of.version, of.resource);
  if (cache.get(cache.prefix + (namespace === "" ? name : `${namespace}/${name}`)) !== undefined) return;
  try {
    yield* context.loopback.create(of, namespace, wanted);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== "AlreadyExists") throw error;
  }
}

/** Runs a hook until it succeeds once, then reports it as done. */
export function runHook(context: BootstrapContext, hook: HookName, body: () => Task<void>): void {
  context.tasks.spawn(
    `poststarthook/${hook}`,
    (function* run(): Task<void> {
      while (!(yield* succeeds(context, hook, body))) yield* sleep(context.clock, RETRY_MS);
      context.health.finish(hook);
    })(),
  );
}

/** Runs something again and again; failures are logged and wait for the next turn. */
export function runEvery(context: BootstrapContext, name: string, intervalMs: number, body: () => Task<void>): void {
  context.tasks.spawn(
    name,
    (function* run(): Task<void> {
      for (;;) {
        yield* sleep(context.clock, intervalMs);
        yield* succeeds(context, name, body);
      }
    })(),
  );
}

function* succeeds(context: BootstrapContext, name: string, body: () => Task<void>): Task<boolean> {
  try {
    yield* body();
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const text = `${COMPLAINTS[name] ?? name}: ${error.message}`;
    context.log("controller.go:163", `"Unhandled Error" err=${JSON.stringify(text)} logger="UnhandledError"`);
    return false;
  }
}
