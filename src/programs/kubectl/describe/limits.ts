import type { Task } from "../../../sim/task.ts";
import { type Fields, listAt, numberAt, stringsAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { eventsFor, writeEvents } from "./events.ts";
import { selectorText, sortedEntries } from "./pod-template.ts";
import type { DescribeWriter } from "./writer.ts";

/** kubectl describe limitrange */
export function* describeLimitRange(_kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  writer.field(0, "Name", info.name);
  writer.field(0, "Namespace", info.namespace);
  writeLimits(writer, [info.object], "");
}

/** The limits of a namespace in one table; `pad` goes before each row. */
export function writeLimits(writer: DescribeWriter, ranges: readonly unknown[], pad: string): void {
  writer.raw(`${pad}Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n`);
  writer.raw(`${pad}----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n`);
  for (const limit of ranges.flatMap((range) => listAt(range, "spec", "limits"))) {
    const columns = ["min", "max", "defaultRequest", "default", "maxLimitRequestRatio"].map((key) =>
      stringsAt(limit, key),
    );
    const resources = [...new Set(columns.flatMap((amounts) => Object.keys(amounts)))].sort();
    for (const resource of resources) {
      const cells = columns.map((amounts) => amounts[resource] ?? "-");
      writer.raw(`${pad}${[textAt(limit, "type"), resource, ...cells].join("\t")}\n`);
    }
  }
}

/** What is counted under a quota's scope, by name. */
const SCOPES: Readonly<Record<string, string>> = {
  Terminating:
    "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.",
  NotTerminating:
    "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.",
  BestEffort:
    "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.",
  NotBestEffort:
    "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.",
};

/** kubectl describe resourcequota */
export function* describeQuota(_kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  writer.field(0, "Name", info.name);
  writer.field(0, "Namespace", info.namespace);
  writeQuota(writer, info.object, { pad: "", bullet: " * ", rule: "----" });
}

/** A quota among others of its namespace. */
export function writeNamespaceQuota(writer: DescribeWriter, quota: Fields): void {
  writer.raw(`  Name:\t${textAt(quota, "metadata", "name")}\n`);
  writeQuota(writer, quota, { pad: "  ", bullet: "* ", rule: "---" });
}

function writeQuota(
  writer: DescribeWriter,
  quota: Fields,
  { pad, bullet, rule }: { readonly pad: string; readonly bullet: string; readonly rule: string },
): void {
  const scopes = listAt(quota, "spec", "scopes").map(String).sort();
  if (scopes.length > 0) writer.raw(`${pad}Scopes:\t${scopes.join(", ")}\n`);
  for (const scope of scopes) if (SCOPES[scope] !== undefined) writer.raw(`${pad}${bullet}${SCOPES[scope]}\n`);
  writer.raw(`${pad}Resource\tUsed\tHard\n${pad}--------\t${rule}\t${rule}\n`);
  const used = stringsAt(quota, "status", "used");
  for (const [name, hard] of sortedEntries(stringsAt(quota, "status", "hard")))
    writer.raw(`${pad}${name}\t${used[name] ?? "0"}\t${hard}\n`);
}

/** kubectl describe poddisruptionbudget */
export function* describeDisruptionBudget(kubectl: Kubectl, info: Info, writer: DescribeWriter): Task<void> {
  const events = yield* eventsFor(kubectl, info);
  const { object } = info;
  writer.field(0, "Name", info.name);
  writer.field(0, "Namespace", info.namespace);
  const least = textAt(object, "spec", "minAvailable");
  const most = textAt(object, "spec", "maxUnavailable");
  if (least !== "") writer.field(0, "Min available", least);
  else if (most !== "") writer.field(0, "Max unavailable", most);
  const selector = (object["spec"] as Fields | undefined)?.["selector"];
  writer.field(0, "Selector", selector === undefined ? "<unset>" : selectorText(selector));
  writer.line(0, "Status:");
  const status = (key: string) => numberAt(object, "status", key) ?? 0;
  writer.line(2, `Allowed disruptions:\t${status("disruptionsAllowed")}`);
  writer.line(2, `Current:\t${status("currentHealthy")}`);
  writer.line(2, `Desired:\t${status("desiredHealthy")}`);
  writer.line(2, `Total:\t${status("expectedPods")}`);
  writeEvents(writer, events, kubectl.now);
}
