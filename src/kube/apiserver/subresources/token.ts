import { rfc3339 } from "../../../base/rfc3339.ts";
import { signJwt } from "../../../pki/jwt.ts";
import type { PrivateKey } from "../../../pki/keys.ts";
import type { HttpResponse } from "../../../sim/http.ts";
import type { Task } from "../../../sim/task.ts";
import { schemaOf } from "../../api/schema.ts";
import type { AuthenticationTokenRequest, Node, Pod, ServiceAccount } from "../../api/types.generated.ts";
import { objectKey } from "../handlers/read.ts";
import { respondValue } from "../handlers/respond.ts";
import type { ServedKind } from "../registry/kind-index.ts";
import type { ApiRequest } from "../request/api-request.ts";
import { readObject } from "../request/body.ts";
import type { ServerContext } from "../server-context.ts";
import { conflict, invalid, methodNotSupported, notFound } from "../status.ts";
import type { SubresourceHandler } from "./subresources.ts";

const TOKEN_REQUEST = {
  group: "authentication.k8s.io",
  version: "v1",
  kind: "TokenRequest",
  schema: schemaOf("authentication/v1.TokenRequest"),
};
const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
/** The kubelet's tokens live on for a year when they say an hour and seven seconds (ExtendExpiration). */
const WARN_ONLY_SECONDS = 3607;
const EXTENDED_SECONDS = 365 * 24 * 3600;

/** POST serviceaccounts/x/token: signs a token (pkg/registry/core/serviceaccount/storage TokenREST). */
export function tokenHandler(key: PrivateKey, issuer: string, audiences: readonly string[]): SubresourceHandler {
  return function* issue(context: ServerContext, request: ApiRequest, { kind, cache }: ServedKind): Task<HttpResponse> {
    const { name, namespace, verb } = request.info;
    if (verb !== "create" || cache === undefined) throw methodNotSupported(kind, verb);
    const asked = readObject(request, TOKEN_REQUEST) as unknown as AuthenticationTokenRequest;
    const seconds = checkedSeconds(asked.spec.expirationSeconds ?? DEFAULT_SECONDS);
    const account = (yield* context.objects.read(
      cache,
      objectKey(cache, kind, namespace, name),
      request.readDeadline,
    )) as ServiceAccount | undefined;
    if (account === undefined) throw notFound(kind, name);
    const wanted = asked.spec.audiences ?? [];
    const aud = wanted.length === 0 ? audiences : wanted;
    const now = Math.floor(context.clock.now / 1000);
    const bound = boundTo(context, request, asked);
    const warn = seconds === WARN_ONLY_SECONDS && wanted.length === 0 && bound.pod !== undefined;
    const claims = {
      aud,
      exp: now + (warn ? EXTENDED_SECONDS : seconds),
      iat: now,
      iss: issuer,
      jti: context.random.uuid(),
      "kubernetes.io": {
        namespace,
        ...bound,
        serviceaccount: { name, uid: account.metadata.uid ?? "" },
        ...(warn ? { warnafter: now + seconds } : {}),
      },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    const status = { token: signJwt(key, claims), expirationTimestamp: rfc3339((now + seconds) * 1000) };
    return respondValue(request, 201, {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { name, namespace, creationTimestamp: rfc3339(context.clock.now) },
      spec: { audiences: aud, expirationSeconds: seconds, boundObjectRef: asked.spec.boundObjectRef ?? null },
      status,
    });
  };
}

function checkedSeconds(seconds: number): number {
  const field = "spec.expirationSeconds";
  if (seconds < MIN_SECONDS) throw refuse(field, seconds, "may not specify a duration less than 10 minutes");
  if (seconds > MAX_SECONDS) throw refuse(field, seconds, "may not specify a duration larger than 2^32 seconds");
  return seconds;
}

function refuse(field: string, value: unknown, detail: string) {
  return invalid(TOKEN_REQUEST, "", [{ type: "FieldValueInvalid", field, value, detail }]);
}

interface Bound {
  readonly node?: { readonly name: string; readonly uid: string };
  readonly pod?: { readonly name: string; readonly uid: string };
  readonly secret?: { readonly name: string; readonly uid: string };
}

/** The object whose life bounds the token's. */
function boundTo(context: ServerContext, request: ApiRequest, asked: AuthenticationTokenRequest): Bound {
  const ref = asked.spec.boundObjectRef;
  if (ref == null) return {};
  const resource = ref.kind === "Pod" ? "pods" : ref.kind === "Node" ? "nodes" : "secrets";
  const cache = context.index.cache("", "v1", resource);
  const place = resource === "nodes" ? (ref.name ?? "") : `${request.info.namespace}/${ref.name ?? ""}`;
  const object = cache.get(cache.prefix + place)?.object;
  const where = { group: "", resource };
  if (object === undefined) throw notFound(where, ref.name ?? "");
  const uid = object.metadata.uid ?? "";
  if (ref.uid !== undefined && ref.uid !== "" && ref.uid !== uid) {
    throw conflict(
      where,
      ref.name ?? "",
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  const self = { name: ref.name ?? "", uid };
  if (ref.kind === "Node") return { node: self };
  if (ref.kind !== "Pod") return { secret: self };
  const nodeName = (object as Pod).spec.nodeName ?? "";
  const nodes = context.index.cache("", "v1", "nodes");
  const node = nodes.get(nodes.prefix + nodeName)?.object as Node | undefined;
  return { ...(node === undefined ? {} : { node: { name: nodeName, uid: node.metadata.uid ?? "" } }), pod: self };
}
