import { formatRequirements, fromLabelSelector } from "../../../kube/api/labels.ts";
import type { LabelSelector } from "../../../kube/api/types.generated.ts";
import { type FileDescriptor, writeText } from "../../../machine/file-descriptor.ts";
import type { Task } from "../../../sim/task.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields, fieldsAt, listAt, stringsAt, textAt } from "../core/fields.ts";
import { getInfo } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { inAttachingOrder } from "./pod-order.ts";

/** The pod that `POD` or `TYPE/NAME` means: of a workload the first of its pods, ready ones first. */
export function* podFor(kubectl: Kubectl, target: string): Task<Fields> {
  const [type = "", name] = target.split("/");
  if (name === undefined) return fields(yield* kubectl.request("GET", podPath(kubectl, target)));
  const resource = yield* kubectl.discovery.resolve(type);
  const info = { resource, namespace: kubectl.namespace, name, object: {}, source: "" };
  const object = fields(yield* getInfo(kubectl, info));
  if (resource.kind === "Pod") return object;
  const [pod] = inAttachingOrder(yield* podsOf(kubectl, object));
  if (pod === undefined) throw new CommandError(`no pods found for ${target}`);
  return pod;
}

function podPath(kubectl: Kubectl, name: string): string {
  return `/api/v1/namespaces/${kubectl.namespace}/pods/${name}`;
}

/** The pods that a workload or service selects, as the server lists them. */
export function* podsOf(kubectl: Kubectl, object: Fields): Task<Fields[]> {
  const labelSelector = selectorOf(object);
  const list = yield* kubectl.request("GET", `/api/v1/namespaces/${kubectl.namespace}/pods`, {
    query: { labelSelector },
  });
  return listAt(list, "items").map(fields);
}

function selectorOf(object: Fields): string {
  const selector = fieldsAt(object, "spec", "selector");
  const structured = Object.hasOwn(selector, "matchLabels") || Object.hasOwn(selector, "matchExpressions");
  const requirements = structured
    ? fromLabelSelector(selector as LabelSelector)
    : fromLabelSelector({ matchLabels: stringsAt(object, "spec", "selector") });
  if (requirements === "nothing" || requirements.length === 0) {
    throw new CommandError(
      `cannot attach to ${textAt(object, "kind")}: selector for ${textAt(object, "kind")} is empty`,
    );
  }
  return formatRequirements(requirements);
}

/** The container to use, with the hint on `stderr` when the pod has several and none was named. */
export function* containerFor(
  kubectl: Kubectl,
  pod: Fields,
  wanted: string,
  quiet = false,
  stderr: FileDescriptor = kubectl.process.stderr,
): Task<string> {
  // Whether there is such a container is for the server to say.
  if (wanted !== "") return wanted;
  const all = containerNames(pod);
  const marked = stringsAt(pod, "metadata", "annotations")["kubectl.kubernetes.io/default-container"];
  if (marked !== undefined && all.some((one) => one.name === marked)) return marked;
  const [first] = all;
  if (first === undefined) throw new CommandError("the pod has no containers");
  if (all.length > 1 && !quiet) {
    const names = all.map((one) => one.shown).join(", ");
    yield* writeText(stderr, `Defaulted container "${first.name}" out of: ${names}\n`);
  }
  return first.name;
}

/** Containers, then init containers, then ephemeral ones, as kubectl lists them. */
export function containerNames(pod: Fields): { readonly name: string; readonly shown: string }[] {
  const named = (key: string, suffix: string) =>
    listAt(pod, "spec", key).map((one) => ({ name: textAt(one, "name"), shown: `${textAt(one, "name")}${suffix}` }));
  return [
    ...named("containers", ""),
    ...named("initContainers", " (init)"),
    ...named("ephemeralContainers", " (ephem)"),
  ];
}
