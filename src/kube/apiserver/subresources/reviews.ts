import { rfc3339 } from "../../../base/rfc3339.ts";
import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { decodeStruct, type Fields } from "../../api/decode.ts";
import { groupVersion } from "../../api/kube-object.ts";
import type {
  NonResourceRule,
  ResourceRule,
  SelfSubjectRulesReviewSpec,
  SubjectAccessReviewSpec,
  TokenReview,
} from "../../api/types.generated.ts";
import type { AccessRequest } from "../auth/attributes.ts";
import type { Authenticator } from "../auth/authenticate.ts";
import type { Authorizer } from "../auth/authorize.ts";
import { respondValue } from "../handlers/respond.ts";
import type { Kind } from "../registry/kind.ts";
import type { ServedKind } from "../registry/kind-index.ts";
import type { ApiRequest, UserInfo } from "../request/api-request.ts";
import { readObject } from "../request/body.ts";
import type { ServerContext } from "../server-context.ts";
import { badRequest, invalid, methodNotSupported } from "../status.ts";
import type { SubresourceHandler } from "./subresources.ts";

/** A review: what was asked, with the answer in its status. */
function review(
  answer: (context: ServerContext, request: ApiRequest, sent: Fields, kind: Kind) => Fields,
): SubresourceHandler {
  return function* handle(context: ServerContext, request: ApiRequest, { kind }: ServedKind): Task<HttpResponse> {
    if (request.info.verb !== "create") throw methodNotSupported(kind, request.info.verb);
    const sent = readObject(request, kind);
    const status = answer(context, request, sent, kind);
    const object: Fields = { ...sent, status };
    const value =
      kind.schema === undefined
        ? object
        : { ...decodeStruct(kind.schema, object), kind: kind.kind, apiVersion: groupVersion(kind) };
    return respondValue(request, 201, value);
  };
}

/** TokenReview: judges a token on behalf of kubelets and the like. */
export function tokenReview(authenticator: Authenticator): SubresourceHandler {
  return review((_context, _request, sent) => {
    const { spec } = sent as unknown as TokenReview;
    if (!spec.token) throw badRequest("token is required for TokenReview in authentication");
    const found = authenticator.fromToken(spec.token);
    if (found === undefined) return { authenticated: false, user: {}, error: "invalid bearer token" };
    const { name, uid, groups, extra } = found.user;
    return { authenticated: true, user: { username: name, uid, groups, extra }, audiences: found.audiences };
  });
}

/** SelfSubjectReview: who am I. */
export const SELF_SUBJECT_REVIEW: SubresourceHandler = review((context, request, sent) => {
  const meta = sent["metadata"] as Fields;
  meta["creationTimestamp"] = rfc3339(context.clock.now);
  const { name, uid, groups, extra } = request.user;
  return { userInfo: { username: name, uid, groups, extra } };
});

/** SubjectAccessReview, for others and (self) for the sender; the local form is bound to its namespace. */
export function accessReview(authorizer: Authorizer, self: boolean): SubresourceHandler {
  return review((_context, request, sent, kind) => {
    const spec = sent["spec"] as SubjectAccessReviewSpec;
    if (spec.resourceAttributes == null && spec.nonResourceAttributes == null) {
      throw invalid(kind, "", [
        {
          type: "FieldValueInvalid",
          field: "spec.resourceAttributes",
          value: null,
          detail: "exactly one of nonResourceAttributes or resourceAttributes must be specified",
        },
      ]);
    }
    const user: UserInfo = self ? request.user : { name: spec.user ?? "", groups: spec.groups ?? [], uid: spec.uid };
    const decision = authorizer.authorize(accessOf(user, spec));
    return { allowed: decision.allowed, ...(decision.reason === "" ? {} : { reason: decision.reason }) };
  });
}

function accessOf(user: UserInfo, spec: SubjectAccessReviewSpec): AccessRequest {
  const of = spec.resourceAttributes;
  return {
    user,
    verb: of?.verb ?? spec.nonResourceAttributes?.verb ?? "",
    isResource: of != null,
    group: of?.group ?? "",
    version: of?.version ?? "",
    resource: of?.resource ?? "",
    subresource: of?.subresource ?? "",
    namespace: of?.namespace ?? "",
    name: of?.name ?? "",
    path: spec.nonResourceAttributes?.path ?? "",
  };
}

/** SelfSubjectRulesReview: what may I do here (`kubectl auth can-i --list`). */
export function rulesReview(authorizer: Authorizer): SubresourceHandler {
  return review((_context, request, sent, kind) => {
    const { namespace } = (sent["spec"] ?? {}) as SelfSubjectRulesReviewSpec;
    if (!namespace) throw badRequest(`no namespace on request: ${kind.kind}`);
    const rules = authorizer.rbac.rulesFor(request.user, namespace);
    const resourceRules: ResourceRule[] = [];
    const nonResourceRules: NonResourceRule[] = [];
    for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of rules) {
      if ((resources ?? []).length > 0) resourceRules.push({ verbs, apiGroups, resources, resourceNames });
      if ((nonResourceURLs ?? []).length > 0) nonResourceRules.push({ verbs, nonResourceURLs });
    }
    if (request.user.groups.includes("system:masters")) {
      resourceRules.push({ verbs: ["*"], apiGroups: ["*"], resources: ["*"] });
      nonResourceRules.push({ verbs: ["*"], nonResourceURLs: ["*"] });
    }
    const { name, groups } = request.user;
    if (!name.startsWith("system:node:") || !groups.includes("system:nodes")) {
      return { resourceRules, nonResourceRules, incomplete: false };
    }
    const evaluationError = "node authorizer does not support user rule resolution";
    return { resourceRules, nonResourceRules, incomplete: true, evaluationError };
  });
}
