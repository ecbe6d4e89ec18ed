import type { HttpRequest } from "../../../sim/http.ts";
import { type AccessRequest, type Decision, forbiddenText } from "../auth/attributes.ts";
import { forbidden } from "../status.ts";
import { firstValue, type UserInfo } from "./api-request.ts";

const AUTHENTICATED = "system:authenticated";
const ACCOUNT = /^system:serviceaccount:([^:]+):(.+)$/;

/**
 * Acts as the user that the Impersonate headers name, if the real one may (apiserver endpoints/filters/impersonation).
 * Throws ApiError 403.
 */
export function impersonate(
  request: HttpRequest,
  real: UserInfo,
  authorize: (request: AccessRequest) => Decision,
): UserInfo {
  const name = firstValue(request.headers, "impersonate-user");
  const groups = listOf(request.headers["impersonate-group"]);
  if (name === undefined || name === "") return real;
  const account = ACCOUNT.exec(name);
  const target =
    account === null
      ? { group: "", resource: "users", namespace: "", name }
      : { group: "", resource: "serviceaccounts", namespace: account[1] ?? "", name: account[2] ?? "" };
  check(real, target, authorize);
  for (const group of groups) check(real, { group: "", resource: "groups", namespace: "", name: group }, authorize);
  const implied = account === null ? [] : ["system:serviceaccounts", `system:serviceaccounts:${account[1]}`];
  const all = groups.length === 0 ? implied : groups;
  const standing = name === "system:anonymous" ? "system:unauthenticated" : AUTHENTICATED;
  const uid = firstValue(request.headers, "impersonate-uid");
  return { name, groups: all.includes(standing) ? all : [...all, standing], ...(uid === undefined ? {} : { uid }) };
}

interface Target {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

function check(user: UserInfo, target: Target, authorize: (request: AccessRequest) => Decision): void {
  const request: AccessRequest = {
    user,
    verb: "impersonate",
    isResource: true,
    version: "v1",
    subresource: "",
    path: "",
    ...target,
  };
  const decision = authorize(request);
  if (!decision.allowed) throw forbidden(target, target.name, forbiddenText(request));
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}
