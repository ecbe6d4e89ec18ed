import type { ApiServerEnvironment, ApiServerSettings } from "../assembly.ts";
import type { Authenticator } from "../auth/authenticate.ts";
import type { Authorizer } from "../auth/authorize.ts";
import { patchObject } from "../handlers/patch.ts";
import { getObject } from "../handlers/read.ts";
import { updateObject } from "../handlers/update.ts";
import { methodNotSupported } from "../status.ts";
import { podProxy, serviceProxy } from "./backend-proxy.ts";
import { approveCsr, finalizeNamespace } from "./cluster-writes.ts";
import { componentStatus } from "./component-status.ts";
import { kubeletProxy, nodeProxy } from "./kubelet-proxy.ts";
import { bindPod, evictPod } from "./pod-writes.ts";
import { accessReview, rulesReview, SELF_SUBJECT_REVIEW, tokenReview } from "./reviews.ts";
import { handleScale } from "./scale.ts";
import { type SubresourceHandler, Subresources } from "./subresources.ts";
import { tokenHandler } from "./token.ts";

const AUTHENTICATION = "authentication.k8s.io";
const AUTHORIZATION = "authorization.k8s.io";

/** All handlers of subresources and of resources that are not stored. */
export function registerSubresources(parts: {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly settings: ApiServerSettings;
  readonly environment: ApiServerEnvironment;
}): Subresources {
  const { authenticator, authorizer, settings, environment } = parts;
  const { issuer, audiences } = settings.authentication;
  const all = new Subresources();
  all.add("*", "*", "scale", handleScale);
  all.add("", "Pod", "binding", bindPod);
  all.add("", "Binding", "", bindPod);
  all.add("", "Pod", "eviction", evictPod);
  all.add("", "Pod", "ephemeralcontainers", podPart);
  all.add("", "Pod", "resize", podPart);
  for (const what of ["log", "exec", "attach", "portforward"] as const)
    all.add("", "Pod", what, kubeletProxy(environment.dialKubelet, what));
  all.add("", "Node", "proxy", nodeProxy(environment.dialKubelet));
  all.add("", "Pod", "proxy", podProxy(environment.dialBackend));
  all.add("", "Service", "proxy", serviceProxy(environment.dialBackend));
  all.add("", "Namespace", "finalize", finalizeNamespace);
  all.add("", "ServiceAccount", "token", tokenHandler(settings.signingKey, issuer, audiences));
  all.add("certificates.k8s.io", "CertificateSigningRequest", "approval", approveCsr);
  all.add(AUTHENTICATION, "TokenReview", "", tokenReview(authenticator));
  all.add(AUTHENTICATION, "SelfSubjectReview", "", SELF_SUBJECT_REVIEW);
  all.add(AUTHORIZATION, "SelfSubjectAccessReview", "", accessReview(authorizer, true));
  all.add(AUTHORIZATION, "SubjectAccessReview", "", accessReview(authorizer, false));
  all.add(AUTHORIZATION, "LocalSubjectAccessReview", "", accessReview(authorizer, false));
  all.add(AUTHORIZATION, "SelfSubjectRulesReview", "", rulesReview(authorizer));
  all.add("", "ComponentStatus", "", componentStatus(environment.probe));
  return all;
}

/** ephemeralcontainers and resize are written through the whole pod. */
const podPart: SubresourceHandler = function* handle(context, request, { kind, cache }) {
  const { verb } = request.info;
  if (cache === undefined) throw methodNotSupported(kind, verb);
  if (verb === "get") return yield* getObject(context, request, kind, cache);
  if (verb === "update") return yield* updateObject(context, request, kind, cache);
  if (verb === "patch") return yield* patchObject(context, request, kind, cache);
  throw methodNotSupported(kind, verb);
};
