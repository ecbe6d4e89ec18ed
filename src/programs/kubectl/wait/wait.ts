import { jsonPathValues } from "../../../base/jsonpath/evaluate.ts";
import { JsonPathError, type Node } from "../../../base/jsonpath/nodes.ts";
import { jsonPathText } from "../../../base/jsonpath/print.ts";
import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import { awaitObject, getOrNone } from "../core/await-gone.ts";
import { editOptions, NEED_RESOURCES } from "../core/edit-objects.ts";
import { CommandError, throwAll } from "../core/failure.ts";
import { type Fields, listAt, numberAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { getInfo, type Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { fetchList, select, selectsNothing } from "../core/selection.ts";
import { relaxedPath } from "../printers/custom-columns.ts";
import { ResultPrinter } from "../printers/result-printer.ts";

/** kubectl wait */
export const wait: KubectlCommand = {
  name: "wait",
  use: "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  short: "Wait for a specific condition on one or many resources",
  group: "advanced",
  flags: flagsFor("wait"),
  run: runWait,
  complete: completeResources,
};

interface Goal {
  readonly kind: "create" | "delete" | "condition" | "jsonpath";
  readonly met: (object: Fields | undefined) => boolean;
}

function* runWait(kubectl: Kubectl): Task<number> {
  const goal = goalOf(kubectl.flag("for"));
  const options = editOptions(kubectl, kubectl.parsed.args);
  if (selectsNothing(options)) throw new CommandError(NEED_RESOURCES);
  const timeout = kubectl.parsed.number("timeout");
  const limit = timeout < 0 ? 7 * 24 * 3600 * 1000 : timeout;
  const infos: Info[] = [];
  for (const selection of yield* select(kubectl, options)) {
    if (selection.kind === "object") infos.push(selection.info);
    else infos.push(...(yield* fetchList(kubectl, selection, options)));
  }
  if (infos.length === 0 && goal.kind !== "delete") throw new CommandError("no matching resources found");
  const until = kubectl.now + limit;
  const errors: unknown[] = [];
  for (const info of infos) {
    try {
      if (limit > 0 && kubectl.now >= until) throw new CommandError(missed(info, goal, limit));
      yield* waitForOne(kubectl, info, goal, Math.max(0, until - kubectl.now));
    } catch (error) {
      if (!(error instanceof Error) || error instanceof TypeError) throw error;
      errors.push(error);
    }
  }
  throwAll(errors);
  return 0;
}

function* waitForOne(kubectl: Kubectl, info: Info, goal: Goal, limit: number): Task<void> {
  let last: Fields = info.object;
  // What is gone already is no news.
  if (goal.kind === "delete" && (yield* getOrNone(kubectl, info)) === undefined) return;
  if (goal.kind !== "create" && goal.kind !== "delete") yield* getInfo(kubectl, info);
  const reached = yield* awaitObject(kubectl, info, limit, (object) => {
    if (object !== undefined) last = object;
    return goal.met(object);
  });
  if (!reached) throw new CommandError(missed(info, goal, limit));
  const shown = { kind: info.resource.kind, apiVersion: apiVersion(info), ...last, metadata: { name: info.name } };
  yield* new ResultPrinter(kubectl).print(shown, "condition met");
}

/** What is said when time ran out. */
function missed({ resource, name }: Info, goal: Goal, limit: number): string {
  if (goal.kind === "create") return "timed out waiting for the condition";
  const object = `${resource.resource}/${name}`;
  return limit === 0 ? `condition not met for ${object}` : `timed out waiting for the condition on ${object}`;
}

function apiVersion(info: Info): string {
  const { group, version } = info.resource;
  return group === "" ? version : `${group}/${version}`;
}

function goalOf(text: string): Goal {
  const lower = text.toLowerCase();
  if (lower === "create") return { kind: "create", met: (object) => object !== undefined };
  if (lower === "delete") return { kind: "delete", met: (object) => object === undefined };
  if (lower.startsWith("condition=")) return conditionGoal(text.slice("condition=".length));
  if (lower.startsWith("jsonpath=")) return jsonPathGoal(text.slice("jsonpath=".length));
  throw new CommandError(`unrecognized condition: "${text}"`);
}

function conditionGoal(text: string): Goal {
  const equals = text.indexOf("=");
  const name = (equals < 0 ? text : text.slice(0, equals)).toLowerCase();
  const value = (equals < 0 ? "true" : text.slice(equals + 1)).toLowerCase();
  return {
    kind: "condition",
    met(object) {
      const condition = listAt(object, "status", "conditions").find(
        (one) => textAt(one, "type").toLowerCase() === name,
      );
      if (condition === undefined || textAt(condition, "status").toLowerCase() !== value) return false;
      const observed = numberAt(condition, "observedGeneration") ?? numberAt(object, "status", "observedGeneration");
      return observed === undefined || observed >= (numberAt(object, "metadata", "generation") ?? 0);
    },
  };
}

function jsonPathGoal(text: string): Goal {
  const match = /^(?:'|")?(\{[\s\S]*?\}|[^=]+)(?:'|")?(?:=([\s\S]*))?$/.exec(text);
  if (match === null)
    throw new CommandError(
      `jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'`,
    );
  const nodes: readonly Node[] = relaxedPath(match[1] ?? "");
  const wanted = match[2]?.replace(/^['"]|['"]$/g, "");
  return {
    kind: "jsonpath",
    met(object) {
      if (object === undefined) return false;
      try {
        const values = jsonPathValues(nodes, object, { allowMissing: true });
        if (values.length === 0) return false;
        if (values.length > 1) throw new CommandError("given jsonpath expression matches more than one list");
        return wanted === undefined || jsonPathText(values[0]).trim() === wanted;
      } catch (error) {
        if (error instanceof JsonPathError) return false;
        throw error;
      }
    },
  };
}
