import type { KubeObject } from "../../api/kube-object.ts";
import type { OwnerReference } from "../../api/types.generated.ts";
import type { ServedResource } from "../discovery.ts";

/** An object as the graph knows it. A virtual one is only known from those that name it as their owner. */
export interface GraphNode {
  readonly uid: string;
  /** Undefined for a virtual node whose kind nobody serves. */
  of: ServedResource | undefined;
  namespace: string;
  name: string;
  owners: readonly OwnerReference[];
  readonly dependents: Set<GraphNode>;
  virtual: boolean;
  beingDeleted: boolean;
  /** It has the finalizer `foregroundDeletion`: it goes once its dependents have gone. */
  deletingDependents: boolean;
  /** It has the finalizer `orphan`: its dependents are to stay. */
  orphaning: boolean;
}

/** What a change of the graph calls for. */
export interface GraphNews {
  /** Nodes that may have to be deleted. */
  readonly toDelete: readonly GraphNode[];
  /** A node whose dependents are to be set free. */
  readonly toOrphan: GraphNode | undefined;
}

const NOTHING: GraphNews = { toDelete: [], toOrphan: undefined };

/**
 * Who owns whom, over all kinds.
 *
 *     Deployment a1 <--owner-- ReplicaSet b2 <--owner-- Pod c3, Pod c4
 *     (virtual) n9 <--owner-- Pod c5      n9 was never seen: somebody must ask whether it exists
 *
 * Mirrors pkg/controller/garbagecollector graph_builder.go.
 */
export class OwnerGraph {
  private readonly nodes = new Map<string, GraphNode>();

  get(uid: string): GraphNode | undefined {
    return this.nodes.get(uid);
  }

  /** Takes over an object that came or changed. */
  put(
    of: ServedResource,
    object: KubeObject,
    resourceOf: (owner: OwnerReference) => ServedResource | undefined,
  ): GraphNews {
    const { uid = "", namespace = "", name = "", deletionTimestamp, finalizers = [] } = object.metadata;
    const known = this.nodes.get(uid);
    const node = known ?? newNode(uid);
    const wasDeletingDependents = node.deletingDependents;
    const wasOrphaning = node.orphaning;
    this.nodes.set(uid, node);
    const beingDeleted = deletionTimestamp !== undefined;
    Object.assign(node, { of, namespace, name, virtual: false, beingDeleted });
    node.deletingDependents = beingDeleted && finalizers.includes("foregroundDeletion");
    node.orphaning = beingDeleted && finalizers.includes("orphan");
    const virtualOwners = this.relink(node, object.metadata.ownerReferences ?? [], resourceOf);
    const toOrphan = node.orphaning && !wasOrphaning ? node : undefined;
    const begins = node.deletingDependents && !wasDeletingDependents;
    return { toDelete: [...virtualOwners, ...(begins ? [node, ...node.dependents] : [])], toOrphan };
  }

  /** The object has gone: its dependents may have to go too, and owners that wait for it may go on. */
  drop(uid: string): GraphNews {
    const node = this.nodes.get(uid);
    if (node === undefined) return NOTHING;
    this.nodes.delete(uid);
    const waiting: GraphNode[] = [];
    for (const { uid: ownerUid } of node.owners) {
      const owner = this.nodes.get(ownerUid);
      owner?.dependents.delete(node);
      if (owner?.deletingDependents) waiting.push(owner);
      if (owner?.virtual && owner.dependents.size === 0) this.nodes.delete(ownerUid);
    }
    return { toDelete: [...node.dependents, ...waiting], toOrphan: undefined };
  }

  /** Sets the owners of a node; gives virtual nodes made for owners that are not known. */
  private relink(
    node: GraphNode,
    owners: readonly OwnerReference[],
    resourceOf: (owner: OwnerReference) => ServedResource | undefined,
  ): GraphNode[] {
    const kept = new Set(owners.map(({ uid }) => uid));
    for (const { uid } of node.owners) if (!kept.has(uid)) this.nodes.get(uid)?.dependents.delete(node);
    const made: GraphNode[] = [];
    for (const owner of owners) {
      let found = this.nodes.get(owner.uid);
      if (found === undefined) {
        found = newNode(owner.uid);
        const of = resourceOf(owner);
        Object.assign(found, { of, name: owner.name, namespace: of?.namespaced === false ? "" : node.namespace });
        this.nodes.set(owner.uid, found);
        made.push(found);
      }
      found.dependents.add(node);
    }
    node.owners = owners;
    return made;
  }
}

function newNode(uid: string): GraphNode {
  return {
    uid,
    of: undefined,
    namespace: "",
    name: "",
    owners: [],
    dependents: new Set(),
    virtual: true,
    beingDeleted: false,
    deletingDependents: false,
    orphaning: false,
  };
}
