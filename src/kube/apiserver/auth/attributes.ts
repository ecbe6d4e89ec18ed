import type { UserInfo } from "../request/api-request.ts";
import type { RequestInfo } from "../request/request-info.ts";

/** What authorization is asked (authorizer.Attributes). */
export interface AccessRequest {
  readonly user: UserInfo;
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** Why, for SubjectAccessReview and the Forbidden text. */
  readonly reason: string;
}

export function accessRequest(user: UserInfo, info: RequestInfo): AccessRequest {
  const { verb, isResource, group, version, resource, subresource, namespace, name, path } = info;
  const scope = resource === "namespaces" ? "" : namespace;
  return {
    user,
    verb,
    isResource,
    group,
    version,
    resource,
    subresource,
    namespace: resource === "namespaces" && name !== "" ? name : scope,
    name,
    path,
  };
}

/** The sentence of a refusal (apiserver authorization forbiddenMessage). */
export function forbiddenText(request: AccessRequest): string {
  const who = `User ${JSON.stringify(request.user.name)}`;
  if (!request.isResource) return `${who} cannot ${request.verb} path ${JSON.stringify(request.path)}`;
  const resource = request.subresource === "" ? request.resource : `${request.resource}/${request.subresource}`;
  const where =
    request.namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(request.namespace)}`;
  return `${who} cannot ${request.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(request.group)} ${where}`;
}
