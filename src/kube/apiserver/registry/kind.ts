import type { Fields } from "../../api/decode.ts";
import type { GroupVersionKind, GroupVersionResource, KubeObject } from "../../api/kube-object.ts";
import type { StructSchema } from "../../api/schema.ts";
import type { Draft } from "../defaults/draft.ts";
import type { FieldError } from "../status.ts";
import type { StoredType } from "../storage/value-codec.ts";
import type { TableLayout } from "../table/layout.ts";

/**
 * A resource that the API serves: a table entry plus what is special to it. Everything generic (storage, patch,
 * discovery, tables, watch) works from these.
 */
export interface Kind extends GroupVersionKind, GroupVersionResource {
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Undefined for custom resources, whose objects are taken as they are. */
  readonly schema: StructSchema | undefined;
  /** Below `/registry/`; undefined for resources that are answered and not stored. */
  readonly storage: { readonly prefix: string; readonly type: StoredType } | undefined;
  readonly strategy: Strategy;
  readonly table: TableLayout;
  /** Names of subresources that discovery shows, with the kind they take when it is another. */
  readonly subresources: Readonly<Record<string, Subresource>>;
  /** Paths that field selectors may name besides metadata.name and metadata.namespace. */
  readonly selectableFields: readonly string[];
  /** Set when this version is another view of what is stored (autoscaling/v1, events.k8s.io). */
  readonly view?: KindView;
  /** Schema of a custom resource's openAPIV3Schema, for pruning, defaults and validation. */
  readonly openApiSchema?: Fields | undefined;
  /** Where a custom resource keeps what its scale subresource shows. */
  readonly scalePaths?:
    | {
        readonly specReplicasPath: string;
        readonly statusReplicasPath: string;
        readonly labelSelectorPath?: string | undefined;
      }
    | undefined;
}

/** How another version's objects become the stored version's and back. */
export interface KindView {
  readonly toStored: (object: Fields) => Fields;
  readonly fromStored: (object: KubeObject) => KubeObject;
}

export interface Subresource {
  readonly verbs: readonly string[];
  /** Default: the resource's own. */
  readonly kind?: GroupVersionKind;
}

/** Who asks for a write, as strategies need to know it. */
export interface WriteContext {
  readonly user: { readonly name: string; readonly groups: readonly string[]; readonly uid?: string | undefined };
  /** Now, milliseconds since the epoch. */
  readonly now: number;
  readonly subresource: string;
  /** Adds a `Warning` header. */
  warn(text: string): void;
}

/**
 * What is special to a kind (upstream's rest.RESTCreateStrategy and friends, defaulting and validation). Drafts are
 * private copies and may be changed; `old` may not. Handlers carry objects of every kind as plain fields; a kind's own
 * code is written for its type (`strategyOf`).
 */
export interface Strategy<T = Fields> {
  /** How names are checked; default a DNS subdomain. */
  readonly name?: "subdomain" | "label" | "label1035" | "path";
  /** Whether PUT may create. */
  readonly createOnUpdate?: boolean;
  /** False: an update must carry a resourceVersion. */
  readonly unconditionalUpdate?: boolean;
  /** Whether spec changes count up metadata.generation. */
  readonly generation?: boolean;
  /** Whether there is a status that only its subresource writes. */
  readonly status?: boolean;
  /** Lifetime in etcd in seconds. */
  readonly ttlSeconds?: number;
  /** Text of a Warning header on every request. */
  readonly deprecation?: string;
  readonly defaults?: (draft: Draft<T>) => void;
  readonly prepareForCreate?: (draft: Draft<T>, context: WriteContext) => void;
  readonly prepareForUpdate?: (draft: Draft<T>, old: T, context: WriteContext) => void;
  readonly prepareForStatus?: (draft: Draft<T>, old: T, context: WriteContext) => void;
  readonly validate?: (object: T) => FieldError[];
  readonly validateUpdate?: (object: T, old: T, subresource: string) => FieldError[];
  readonly validateStatus?: (object: T, old: T) => FieldError[];
  /** Seconds of grace that a deletion gets; undefined: gone at once. Asked value is undefined when none was given. */
  readonly gracePeriod?: (object: T, asked: number | undefined) => number;
  /** The default propagation when a deletion names none. */
  readonly orphanByDefault?: boolean;
}

/** The strategy of the kind whose objects are `T`: its fields were decoded by that type's schema before they get here. */
export function strategyOf<T>(strategy: Strategy<T>): Strategy {
  return strategy as unknown as Strategy;
}
