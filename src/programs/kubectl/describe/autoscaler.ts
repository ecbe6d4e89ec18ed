import type { Task } from "../../../sim/task.ts";
import { at, type Fields, fieldsAt, listAt, numberAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { eventsFor, writeEvents } from "./events.ts";
import { writeMeta } from "./pod-template.ts";
import { type DescribeWriter, longTime } from "./writer.ts";

/** A HorizontalPodAutoscaler (describe HorizontalPodAutoscalerDescriber, v2). */
export function* describeAutoscaler(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  const { object } = info;
  writeMeta(writer, object, true);
  writer.field(0, "CreationTimestamp", longTime(textAt(object, "metadata", "creationTimestamp")));
  const target = fieldsAt(object, "spec", "scaleTargetRef");
  writer.field(0, "Reference", `${textAt(target, "kind")}/${textAt(target, "name")}`);
  writer.line(0, "Metrics:\t( current / target )");
  listAt(object, "spec", "metrics").forEach((metric, index) => {
    writeMetric(writer, metric, listAt(object, "status", "currentMetrics")[index]);
  });
  writer.field(0, "Min replicas", String(numberAt(object, "spec", "minReplicas") ?? "<unset>"));
  writer.field(0, "Max replicas", String(numberAt(object, "spec", "maxReplicas") ?? 0));
  writeBehaviour(writer, object);
  const replicas = (name: string) => numberAt(object, "status", name) ?? 0;
  writer.line(
    0,
    `${textAt(target, "kind")} pods:\t${replicas("currentReplicas")} current / ${replicas("desiredReplicas")} desired`,
  );
  const conditions = listAt(object, "status", "conditions");
  if (conditions.length > 0) {
    writer.line(0, "Conditions:");
    writer.line(1, "Type\tStatus\tReason\tMessage");
    writer.line(1, "----\t------\t------\t-------");
    for (const one of conditions)
      writer.line(1, ["type", "status", "reason", "message"].map((key) => textAt(one, key)).join("\t"));
  }
  writeEvents(writer, events, kubectl.now);
}

/** Only metrics of resources have a source here; of others only the kind is told. */
function writeMetric(writer: DescribeWriter, metric: unknown, current: unknown): void {
  const type = textAt(metric, "type");
  if (type !== "Resource") {
    writer.line(1, `<unknown metric type ${JSON.stringify(type)}>`);
    return;
  }
  const name = textAt(metric, "resource", "name");
  const share = numberAt(metric, "resource", "target", "averageUtilization");
  const now = (key: string) => at(current, "resource", "current", key);
  if (share === undefined) {
    const average = textAt(metric, "resource", "target", "averageValue");
    writer.line(1, `resource ${name} on pods:\t${now("averageValue") ?? "<unknown>"} / ${average}`);
    return;
  }
  const used = now("averageUtilization");
  const shown = used === undefined ? "<unknown>" : `${used}% (${now("averageValue")})`;
  writer.line(1, `resource ${name} on pods  (as a percentage of request):\t${shown} / ${share}%`);
}

function writeBehaviour(writer: DescribeWriter, object: Fields): void {
  const behaviour = fieldsAt(object, "spec", "behavior");
  if (Object.keys(behaviour).length === 0) return;
  writer.line(0, "Behavior:");
  for (const [key, heading] of [
    ["scaleUp", "Scale Up"],
    ["scaleDown", "Scale Down"],
  ] as const) {
    const rules = fieldsAt(behaviour, key);
    if (Object.keys(rules).length === 0) continue;
    writer.line(1, `${heading}:`);
    const window = numberAt(rules, "stabilizationWindowSeconds");
    if (window !== undefined) writer.line(2, `Stabilization Window: ${window} seconds`);
    writer.line(2, `Select Policy: ${textAt(rules, "selectPolicy") || "Max"}`);
    writer.line(2, "Policies:");
    for (const policy of listAt(rules, "policies")) {
      const every = numberAt(policy, "periodSeconds") ?? 0;
      writer.line(
        3,
        `- Type: ${textAt(policy, "type")}\tValue: ${numberAt(policy, "value") ?? 0}\tPeriod: ${every} seconds`,
      );
    }
  }
}
