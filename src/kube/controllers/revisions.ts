import type { Task } from "../../sim/task.ts";
import type { KubeObject } from "../api/kube-object.ts";
import type { ControllerRevision, LabelSelector, PodTemplateSpec } from "../api/types.generated.ts";
import type { Informer } from "../client/informer.ts";
import { canonicalJson, safeHash, sameJson } from "../client/json-value.ts";
import { controllerReference } from "../client/owner.ts";
import { CONTROLLER_REVISIONS, type Resource } from "../client/resources.ts";
import { isAlreadyExists, isNotFound } from "../client/status-error.ts";
import type { ControllerContext } from "./controller.ts";
import { claim } from "./pod-ownership.ts";
import { WrittenObjects } from "./written-objects.ts";

export const REVISION_HASH = "controller-revision-hash";

/** What the history needs of its owner. */
export interface RevisionOwner {
  readonly of: Resource;
  readonly object: KubeObject;
  readonly selector: LabelSelector | undefined;
  readonly template: PodTemplateSpec | undefined;
  readonly limit: number;
  /** Annotations of a new revision besides the owner's own. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The revisions of an owner, oldest first, and the one of its present template. */
export interface History {
  readonly current: ControllerRevision;
  readonly all: readonly ControllerRevision[];
}

/** Keeps the templates that a DaemonSet or StatefulSet has had as ControllerRevisions. */
export class RevisionHistory {
  private readonly context: ControllerContext;
  private readonly informer: Informer<ControllerRevision>;
  private readonly written: WrittenObjects<ControllerRevision>;

  constructor(context: ControllerContext, informer: Informer<ControllerRevision>) {
    this.context = context;
    this.informer = informer;
    this.written = new WrittenObjects(informer);
  }

  /** Makes sure that the present template has a revision, and that it is the newest. */
  *sync(owner: RevisionOwner): Task<History> {
    const { of, object, selector } = owner;
    const seen = yield* claim(this.context, of, object, selector, CONTROLLER_REVISIONS, this.informer);
    const uid = object.metadata.uid;
    const mine = (revision: ControllerRevision) =>
      revision.metadata.ownerReferences?.some((other) => other.uid === uid) === true;
    const all = this.written.newest(seen, mine).sort((a, b) => a.revision - b.revision);
    const data = templateData(owner.template);
    const equal = all.findLast((revision) => sameJson(revision.data, data));
    const newest = all.at(-1);
    if (equal !== undefined && equal === newest) return { current: equal, all };
    const revision = (newest?.revision ?? 0) + 1;
    const current =
      equal === undefined ? yield* this.create(owner, data, revision) : yield* this.raise(equal, revision);
    return { current, all: [...all.filter((other) => other.metadata.name !== current.metadata.name), current] };
  }

  /** Deletes the oldest revisions beyond the limit, sparing those in use. */
  *trim(owner: RevisionOwner, history: History, inUse: ReadonlySet<string>): Task<void> {
    const idle = history.all.filter(
      (revision) => revision !== history.current && ![hashOf, nameOf].some((of) => inUse.has(of(revision))),
    );
    for (const revision of idle.slice(0, Math.max(0, idle.length - owner.limit))) {
      this.written.forget(revision);
      try {
        yield* this.context.client.delete(
          CONTROLLER_REVISIONS,
          revision.metadata.namespace ?? "",
          revision.metadata.name ?? "",
        );
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  private *create(owner: RevisionOwner, data: unknown, revision: number): Task<ControllerRevision> {
    const { name, namespace } = owner.object.metadata;
    const hash = safeHash(canonicalJson(data));
    const labels = { [REVISION_HASH]: hash, ...owner.selector?.matchLabels };
    const annotations = { ...owner.object.metadata.annotations, ...owner.annotations };
    const metadata = {
      name: `${name}-${hash}`,
      namespace,
      labels,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ownerReferences: [controllerReference(owner.of, owner.object)],
    };
    try {
      return this.written.remember(
        yield* this.context.client.create(CONTROLLER_REVISIONS, {
          metadata,
          data,
          revision,
        } as unknown as ControllerRevision),
      );
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return yield* this.context.client.get(CONTROLLER_REVISIONS, namespace ?? "", metadata.name);
    }
  }

  private *raise(known: ControllerRevision, revision: number): Task<ControllerRevision> {
    return this.written.remember(yield* this.context.client.update(CONTROLLER_REVISIONS, { ...known, revision }));
  }
}

export function hashOf(revision: ControllerRevision): string {
  return revision.metadata.labels?.[REVISION_HASH] ?? "";
}

/** A revision's name: what pods of a StatefulSet are marked with, where those of a DaemonSet have the hash alone. */
export function nameOf(revision: ControllerRevision): string {
  return revision.metadata.name ?? "";
}

function templateData(template: PodTemplateSpec | undefined): unknown {
  return { spec: { template: { $patch: "replace", ...template } } };
}
