import type { Task } from "../../../sim/task.ts";
import type { Fields } from "../../api/decode.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import type { Kind } from "../registry/kind.ts";
import type { UserInfo } from "../request/api-request.ts";

/** What admission is asked about (admission.Attributes). */
export interface AdmissionRequest {
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  readonly kind: Kind;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: UserInfo;
  /** The new object; changeable while it is `mutate`d. Undefined for deletions. */
  readonly draft: Fields | undefined;
  readonly old: KubeObject | undefined;
  readonly dryRun: boolean;
  warn(text: string): void;
}

/** One admission plugin. What it throws (ApiError) refuses the request. */
export interface AdmissionPlugin {
  readonly name: string;
  /** Waits for what it needs before anything else; runs once a request. */
  readonly prepare?: (request: AdmissionRequest) => Task<void>;
  readonly mutate?: (request: AdmissionRequest) => void;
  readonly validate?: (request: AdmissionRequest) => void;
  /** Runs after validation, before the object is stored; for plugins that write (quota). */
  readonly reserve?: (request: AdmissionRequest) => Task<void>;
}

/** The plugins in upstream's order (pkg/kubeapiserver/options/plugins.go AllOrderedPlugins). */
export class AdmissionChain {
  private readonly plugins: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.plugins = plugins;
  }

  *prepare(request: AdmissionRequest): Task<void> {
    for (const plugin of this.plugins) if (plugin.prepare !== undefined) yield* plugin.prepare(request);
  }

  mutate(request: AdmissionRequest): void {
    for (const plugin of this.plugins) plugin.mutate?.(request);
  }

  validate(request: AdmissionRequest): void {
    for (const plugin of this.plugins) plugin.validate?.(request);
  }

  *reserve(request: AdmissionRequest): Task<void> {
    for (const plugin of this.plugins) if (plugin.reserve !== undefined) yield* plugin.reserve(request);
  }
}
