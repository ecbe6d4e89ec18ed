import type { KindIndex } from "../registry/kind-index.ts";
import type { AccessRequest, Decision } from "./attributes.ts";
import { NodeAuthorizer } from "./node-authorizer.ts";
import { RbacAuthorizer } from "./rbac.ts";

const ALWAYS: Decision = { allowed: true, reason: "" };
const PUBLIC_PATHS = ["/healthz", "/livez", "/readyz"];

/** Decides by the modes of --authorization-mode in their order; system:masters may do everything. */
export class Authorizer {
  readonly rbac: RbacAuthorizer;
  private readonly node: NodeAuthorizer;
  private readonly modes: readonly string[];

  constructor(index: KindIndex, modes: readonly string[]) {
    this.rbac = new RbacAuthorizer(index);
    this.node = new NodeAuthorizer(index);
    this.modes = modes;
  }

  authorize(request: AccessRequest): Decision {
    if (request.user.groups.includes("system:masters")) return ALWAYS;
    if (!request.isResource && PUBLIC_PATHS.includes(request.path)) return ALWAYS;
    const reasons: string[] = [];
    for (const mode of this.modes) {
      const decision = this.ask(mode, request);
      if (decision.allowed) return decision;
      if (decision.reason !== "") reasons.push(decision.reason);
    }
    return { allowed: false, reason: reasons.join(", ") };
  }

  private ask(mode: string, request: AccessRequest): Decision {
    if (mode === "RBAC") return this.rbac.authorize(request);
    if (mode === "Node") return this.node.authorize(request);
    return mode === "AlwaysAllow" ? ALWAYS : { allowed: false, reason: "" };
  }
}
