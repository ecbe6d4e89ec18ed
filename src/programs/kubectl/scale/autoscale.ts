import { StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import { apiVersionOf } from "../core/discovery.ts";
import { editOptions, forEachObject, objectsToEdit } from "../core/edit-objects.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { dryRunOf, ResultPrinter, writeQuery } from "../printers/result-printer.ts";

/** kubectl autoscale */
export const autoscale: KubectlCommand = {
  name: "autoscale",
  use: "(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]",
  short: "Auto-scale a deployment, replica set, stateful set, or replication controller",
  group: "deploy",
  flags: flagsFor("autoscale"),
  run: runAutoscale,
  complete: completeResources,
};

function* runAutoscale(kubectl: Kubectl): Task<number> {
  const max = kubectl.parsed.number("max");
  const min = kubectl.parsed.number("min");
  if (max < 1) throw new CommandError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min)
    throw new CommandError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  const dryRun = yield* dryRunOf(kubectl);
  const printer = new ResultPrinter(kubectl, dryRun);
  const found = yield* objectsToEdit(kubectl, editOptions(kubectl, kubectl.parsed.args));
  yield* forEachObject(found, function* one(info) {
    refuseUnscalable(info);
    const hpa = autoscalerFor(kubectl, info, min, max);
    if (dryRun === "client") {
      yield* printer.print(hpa, "autoscaled", true);
      return;
    }
    const path = `/apis/autoscaling/v2/namespaces/${info.namespace}/horizontalpodautoscalers`;
    const query = writeQuery(kubectl, dryRun);
    yield* printer.print(fields(yield* create(kubectl, path, query, hpa)), "autoscaled");
  });
  return 0;
}

function refuseUnscalable({ resource }: Info): void {
  if (resource.subresources.includes("scale")) return;
  throw new CommandError(
    `cannot autoscale a ${resource.kind}: could not find scale subresource for ${apiVersionOf(resource)}, Resource=${resource.resource} in discovery information`,
  );
}

function* create(kubectl: Kubectl, path: string, query: Record<string, string>, hpa: Fields): Task<unknown> {
  try {
    return yield* kubectl.request("POST", path, { query, body: hpa });
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== "AlreadyExists") throw error;
    throw new CommandError(
      "failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input",
    );
  }
}

function autoscalerFor(kubectl: Kubectl, info: Info, min: number, max: number): Fields {
  const percent = kubectl.parsed.number("cpu-percent");
  const metrics = [
    ...(percent >= 0 ? [utilization("cpu", `${percent}%`)] : []),
    ...(kubectl.flag("cpu") === "" ? [] : [utilization("cpu", kubectl.flag("cpu"))]),
    ...(kubectl.flag("memory") === "" ? [] : [utilization("memory", kubectl.flag("memory"))]),
  ];
  return {
    kind: "HorizontalPodAutoscaler",
    apiVersion: "autoscaling/v2",
    metadata: { name: kubectl.flag("name") || info.name, namespace: info.namespace },
    spec: {
      scaleTargetRef: { kind: info.resource.kind, name: info.name, apiVersion: apiVersionOf(info.resource) },
      ...(min > 0 ? { minReplicas: min } : {}),
      maxReplicas: max,
      ...(metrics.length === 0 ? {} : { metrics }),
    },
    status: { desiredReplicas: 0, currentMetrics: null },
  };
}

function utilization(name: string, text: string): Fields {
  const percent = /^(\d+)%$/.exec(text);
  const target =
    percent === null
      ? { type: "AverageValue", averageValue: text }
      : { type: "Utilization", averageUtilization: Number(percent[1]) };
  return { type: "Resource", resource: { name, target } };
}
