import type { Task } from "../../../sim/task.ts";
import { completeNames } from "../completion/resources.ts";
import { sendPatch } from "../core/edit-objects.ts";
import { CommandError, PlainError, throwAll, usageError } from "../core/failure.ts";
import { at, type Fields, fields, listAt, stringsAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { fetchSelection, select } from "../core/selection.ts";
import { type DryRun, dryRunOf } from "../printers/result-printer.ts";
import { removePods } from "./evict.ts";

function nodeCommand(name: string, short: string, run: (kubectl: Kubectl) => Task<number>): KubectlCommand {
  return {
    name,
    use: "NODE",
    short,
    group: "management",
    flags: flagsFor(name),
    run,
    complete: completeNames("nodes"),
  };
}

/** kubectl cordon */
export const cordon = nodeCommand("cordon", "Mark node as unschedulable", (kubectl) => runCordon(kubectl, true));
/** kubectl uncordon */
export const uncordon = nodeCommand("uncordon", "Mark node as schedulable", (kubectl) => runCordon(kubectl, false));
/** kubectl drain */
export const drain = nodeCommand("drain", "Drain node in preparation for maintenance", runDrain);

function* nodesOf(kubectl: Kubectl): Task<Info[]> {
  const { args } = kubectl.parsed;
  const selector = kubectl.flag("selector");
  if (args.length === 0 && selector === "") throw usageError(kubectl.path, `USAGE: ${kubectl.path[1]} NODE [flags]`);
  if (args.length > 0 && selector !== "") {
    throw new CommandError("error: cannot specify both a node name and a --selector option");
  }
  const names = args.map((arg) => (arg.includes("/") ? arg : `node/${arg}`));
  const options = { args: names.length === 0 ? ["nodes"] : names, selector, typeMeansAll: true };
  const { infos, errors } = yield* fetchSelection(kubectl, yield* select(kubectl, options), options);
  throwAll(errors);
  return infos;
}

function* runCordon(kubectl: Kubectl, on: boolean): Task<number> {
  const dryRun = yield* dryRunOf(kubectl);
  for (const node of yield* nodesOf(kubectl)) yield* setUnschedulable(kubectl, node, on, dryRun);
  return 0;
}

function* setUnschedulable(kubectl: Kubectl, node: Info, on: boolean, dryRun: DryRun): Task<void> {
  const done = on ? "cordoned" : "uncordoned";
  const dry = dryRun === "none" ? "" : dryRun === "client" ? " (dry run)" : " (server dry run)";
  if ((at(node.object, "spec", "unschedulable") === true) === on) {
    yield* kubectl.out(`node/${node.name} already ${done}${dry}\n`);
    return;
  }
  if (dryRun !== "client") {
    yield* sendPatch(kubectl, node, "strategic", { spec: { unschedulable: on ? true : null } }, dryRun);
  }
  yield* kubectl.out(`node/${node.name} ${done}${dry}\n`);
}

function* runDrain(kubectl: Kubectl): Task<number> {
  const dryRun = yield* dryRunOf(kubectl);
  const nodes = yield* nodesOf(kubectl);
  for (const node of nodes) yield* setUnschedulable(kubectl, node, true, dryRun);
  const failed: { node: string; reason: string }[] = [];
  for (const node of nodes) {
    try {
      yield* drainOne(kubectl, node, dryRun);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      failed.push({ node: node.name, reason: error.message });
      yield* kubectl.err(
        `error: unable to drain node "${node.name}" due to error: ${error.message}, continuing command...\n`,
      );
    }
  }
  if (failed.length === 0) return 0;
  yield* kubectl.err(`There are pending nodes to be drained:\n${failed.map((one) => ` ${one.node}\n`).join("")}`);
  throw new PlainError(failed.map((one) => withoutBrackets(one.reason)).join("\n"), 1);
}

function withoutBrackets(reason: string): string {
  const inner = /^\[(.*)\]$/s.exec(reason)?.[1] ?? reason;
  return inner
    .split(", cannot delete ")
    .map((part, index) => (index === 0 ? part : `cannot delete ${part}`))
    .join("\n");
}

interface Verdict {
  readonly pod: Fields;
  readonly remove: boolean;
  readonly warning: string;
  readonly obstacle: string;
}

function* drainOne(kubectl: Kubectl, node: Info, dryRun: DryRun): Task<void> {
  const query = {
    fieldSelector: `spec.nodeName=${node.name}`,
    limit: 500,
    ...(kubectl.flag("pod-selector") === "" ? {} : { labelSelector: kubectl.flag("pod-selector") }),
  };
  const pods = listAt(yield* kubectl.request("GET", "/api/v1/pods", { query }), "items").map(fields);
  const verdicts = pods.map((pod) => judge(kubectl, pod));
  const obstacles = grouped(verdicts, (one) => one.obstacle);
  if (obstacles.length > 0) {
    const texts = obstacles.map((text) => `cannot delete ${text}`);
    throw new CommandError(texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`);
  }
  const warnings = grouped(verdicts, (one) => one.warning);
  if (warnings.length > 0) yield* kubectl.err(`Warning: ${warnings.join("; ")}\n`);
  const remove = verdicts.filter((one) => one.remove).map((one) => one.pod);
  yield* removePods(kubectl, node.name, remove, dryRun);
  yield* kubectl.out(
    `node/${node.name} drained${dryRun === "none" ? "" : dryRun === "client" ? " (dry run)" : " (server dry run)"}\n`,
  );
}

function podName(pod: Fields): string {
  return `${textAt(pod, "metadata", "namespace")}/${textAt(pod, "metadata", "name")}`;
}

/** `reason: ns/pod, ns/pod` for each reason. */
function grouped(verdicts: readonly Verdict[], reasonOf: (verdict: Verdict) => string): string[] {
  const byReason = new Map<string, string[]>();
  for (const verdict of verdicts) {
    const reason = reasonOf(verdict);
    if (reason !== "") byReason.set(reason, [...(byReason.get(reason) ?? []), podName(verdict.pod)]);
  }
  return [...byReason].sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, names]) => `${reason}: ${names.join(", ")}`);
}

/** What the filters of kubectl/pkg/drain say about a pod. */
function judge(kubectl: Kubectl, pod: Fields): Verdict {
  const controller = listAt(pod, "metadata", "ownerReferences").find((owner) => at(owner, "controller") === true);
  const mirror = stringsAt(pod, "metadata", "annotations")["kubernetes.io/config.mirror"] !== undefined;
  const finished = ["Succeeded", "Failed"].includes(textAt(pod, "status", "phase"));
  const none = { pod, remove: false, warning: "", obstacle: "" };
  if (textAt(controller, "kind") === "DaemonSet" && !finished) {
    if (kubectl.isSet("ignore-daemonsets")) return { ...none, warning: "ignoring DaemonSet-managed Pods" };
    return { ...none, obstacle: "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)" };
  }
  if (mirror) return none;
  const local = listAt(pod, "spec", "volumes").some((volume) => at(volume, "emptyDir") !== undefined);
  if (local && !finished && !kubectl.isSet("delete-emptydir-data")) {
    return { ...none, obstacle: "Pods with local storage (use --delete-emptydir-data to override)" };
  }
  if (controller === undefined && !finished) {
    if (kubectl.isSet("force")) return { ...none, remove: true, warning: "deleting Pods that declare no controller" };
    // Upstream says it twice of these.
    return { ...none, obstacle: "cannot delete Pods that declare no controller (use --force to override)" };
  }
  return { ...none, remove: true };
}
