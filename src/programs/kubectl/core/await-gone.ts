import { isExpired, isNotFound } from "../../../kube/client/status-error.ts";
import { runAtMost, sleep, type Task } from "../../../sim/task.ts";
import { fields, textAt } from "./fields.ts";
import { collectionPath, type Info, infoPath } from "./info.ts";
import type { Kubectl } from "./kubectl.ts";
import { nextChange, openWatch } from "./watch.ts";

/** Waits until `test` is true of the object (undefined: it is gone); false when time ran out. */
export function* awaitObject(
  kubectl: Kubectl,
  info: Info,
  timeoutMs: number | undefined,
  test: (object: Readonly<Record<string, unknown>> | undefined) => boolean,
): Task<boolean> {
  const race = yield* runAtMost(kubectl.process.clock, watchUntil(kubectl, info, test), timeoutMs);
  return race.status === "value";
}

function* watchUntil(
  kubectl: Kubectl,
  info: Info,
  test: (object: Readonly<Record<string, unknown>> | undefined) => boolean,
): Task<void> {
  for (;;) {
    const found = yield* getOrNone(kubectl, info);
    if (test(found)) return;
    const query = {
      fieldSelector: `metadata.name=${info.name}`,
      ...(found === undefined ? {} : { resourceVersion: textAt(found, "metadata", "resourceVersion") }),
    };
    const watch = yield* openWatch(kubectl, collectionPath(info.resource, info.namespace), query);
    try {
      for (let change = yield* nextChange(watch); change !== undefined; change = yield* nextChange(watch)) {
        if (change.type === "BOOKMARK") continue;
        if (test(change.type === "DELETED" ? undefined : change.object)) return;
      }
    } catch (error) {
      if (!isExpired(error)) throw error;
    } finally {
      watch.stop();
    }
    yield* sleep(kubectl.process.clock, 1000);
  }
}

/** The object as it is now; undefined when it is not there. */
export function* getOrNone(kubectl: Kubectl, info: Info): Task<Readonly<Record<string, unknown>> | undefined> {
  try {
    return fields(yield* kubectl.request("GET", infoPath(info)));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
