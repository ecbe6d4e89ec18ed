import { alignTabs } from "../../../base/table.ts";
import type { Task } from "../../../sim/task.ts";
import { qualifiedKind } from "../core/discovery.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields, fieldsAt, listAt, stringsAt, textAt, withAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { describeTemplateBody } from "../describe/pod-template.ts";
import { ownedReplicaSets, REVISION } from "../describe/workloads.ts";
import { DescribeWriter } from "../describe/writer.ts";
import { objectPrinter } from "../printers/object-printer.ts";
import { OBJECT_FORMATS, outputFormat } from "../printers/output-format.ts";

/** An earlier state of a workload's pod template. */
export interface Revision {
  readonly number: number;
  readonly cause: string;
  readonly template: Fields;
  /** What keeps the revision: the replica set or controller revision. */
  readonly holder: Fields;
  /** The holder's. */
  readonly annotations: Readonly<Record<string, string>>;
}

const CHANGE_CAUSE = "kubernetes.io/change-cause";

/** All known revisions, oldest first. Throws for kinds that have none. */
export function* revisionsOf(kubectl: Kubectl, info: Info): Task<Revision[]> {
  const { kind } = info.resource;
  if (kind === "Deployment") {
    const sets = (yield* ownedReplicaSets(kubectl, info)) ?? [];
    return sets
      .filter((set) => stringsAt(set, "metadata", "annotations")[REVISION] !== undefined)
      .map((set) => revision(Number(stringsAt(set, "metadata", "annotations")[REVISION]), set, setTemplate(set)))
      .sort((a, b) => a.number - b.number);
  }
  if (kind === "DaemonSet" || kind === "StatefulSet") return yield* controllerRevisions(kubectl, info);
  throw new CommandError(`no history viewer has been implemented for "${kind}.${info.resource.group}"`);
}

function revision(number: number, holder: Fields, template: Fields): Revision {
  const annotations = stringsAt(holder, "metadata", "annotations");
  return { number, cause: annotations[CHANGE_CAUSE] ?? "", template, holder, annotations };
}

/** The replica set's template; its change cause is shown with it. */
function setTemplate(set: Fields): Fields {
  const template = fieldsAt(set, "spec", "template");
  const cause = stringsAt(set, "metadata", "annotations")[CHANGE_CAUSE];
  return cause === undefined ? template : withAt(template, ["metadata", "annotations", CHANGE_CAUSE], cause);
}

function* controllerRevisions(kubectl: Kubectl, info: Info): Task<Revision[]> {
  const path = `/apis/apps/v1/namespaces/${info.namespace}/controllerrevisions`;
  const uid = textAt(info.object, "metadata", "uid");
  const all = listAt(yield* kubectl.request("GET", path), "items").filter((one) =>
    listAt(one, "metadata", "ownerReferences").some((owner) => textAt(owner, "uid") === uid),
  );
  return all
    .map((one) => revision(Number(textAt(one, "revision")), fields(one), fieldsAt(one, "data", "spec", "template")))
    .sort((a, b) => a.number - b.number);
}

/** kubectl rollout history */
export function* showHistory(kubectl: Kubectl, info: Info): Task<void> {
  const wanted = kubectl.parsed.number("revision");
  const revisions = yield* revisionsOf(kubectl, info);
  const printer = objectPrinter(kubectl, outputFormat(kubectl, OBJECT_FORMATS));
  if (printer !== undefined) {
    for (const one of revisions)
      if (wanted === 0 || one.number === wanted) yield* kubectl.out(printer.print(shownObject(info, one), true));
    return;
  }
  const name = `${qualifiedKind(info.resource)}/${info.name}`;
  if (wanted > 0) {
    const found = revisions.find((one) => one.number === wanted);
    if (revisions.length === 0) {
      yield* kubectl.out(`${name} with revision #${wanted}\nNo rollout history found.\n`);
      return;
    }
    if (found === undefined) throw new CommandError("unable to find the specified revision");
    const writer = new DescribeWriter();
    describeTemplateBody(writer, found.template);
    yield* kubectl.out(`${name} with revision #${wanted}\nPod Template:\n${tabbed(writer)}\n`);
    return;
  }
  if (revisions.length === 0) {
    yield* kubectl.out(`${name} \nNo rollout history found.\n`);
    return;
  }
  const rows = ["REVISION\tCHANGE-CAUSE", ...revisions.map((one) => `${one.number}\t${one.cause || "<none>"}`)];
  yield* kubectl.out(`${name} \n${alignTabs(rows.join("\n"), { minWidth: 0, padding: 2 })}\n\n`);
}

/** A revision as an object: of a deployment its replica set, of others what they would be in that revision. */
function shownObject(info: Info, { holder, template }: Revision): Fields {
  if (info.resource.kind === "Deployment") return { kind: "ReplicaSet", apiVersion: "apps/v1", ...holder };
  return withAt(info.object, ["spec", "template"], withoutDirective(template));
}

/** Controller revisions hold patches, which say of themselves that they replace. */
function withoutDirective({ $patch: _, ...template }: Fields): Fields {
  return template;
}

/** Upstream does not align this text: its tabs come through. */
function tabbed(writer: DescribeWriter): string {
  return writer.unaligned();
}

/** kubectl rollout undo: puts an earlier template back. Gives the change as a JSON patch. */
export function undoPatch(info: Info, revisions: readonly Revision[], wanted: number): readonly Fields[] {
  const [current, previous] = [...revisions].reverse();
  const target = wanted === 0 ? previous : revisions.find((one) => one.number === wanted);
  if (wanted > 0 && target === undefined)
    throw new CommandError(`unable to find specified revision ${wanted} in history`);
  if (target === undefined || current === undefined) {
    const type = info.resource.kind === "Deployment" ? "deployment" : info.resource.resource;
    throw new CommandError(
      type === "deployment"
        ? `no rollout history found for deployment "${info.name}"`
        : "no last revision to roll back to",
    );
  }
  const labels = { ...stringsAt(target.template, "metadata", "labels") };
  delete labels["pod-template-hash"];
  const annotations = { ...stringsAt(target.template, "metadata", "annotations") };
  delete annotations[CHANGE_CAUSE];
  const metadata = {
    ...fieldsAt(target.template, "metadata"),
    labels,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  if (Object.keys(annotations).length === 0) delete (metadata as Record<string, unknown>)["annotations"];
  const template = { op: "replace", path: "/spec/template", value: { ...withoutDirective(target.template), metadata } };
  if (info.resource.kind !== "Deployment") return [template];
  return [template, { op: "replace", path: "/metadata/annotations", value: annotationsBack(info, target) }];
}

/** What says something of the object itself and does not come back with an old revision (rollback.go annotationsToSkip). */
const KEPT = [
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION,
  "deployment.kubernetes.io/revision-history",
  "deployment.kubernetes.io/desired-replicas",
  "deployment.kubernetes.io/max-replicas",
  "deprecated.deployment.rollback.to",
];

function annotationsBack(info: Info, target: Revision): Record<string, string> {
  const now = Object.entries(stringsAt(info.object, "metadata", "annotations")).filter(([key]) => KEPT.includes(key));
  const then = Object.entries(target.annotations).filter(([key]) => !KEPT.includes(key));
  return Object.fromEntries([...now, ...then]);
}
