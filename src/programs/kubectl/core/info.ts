import { resourcePath } from "../../../kube/api/kube-object.ts";
import { isNotFound } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import type { ApiResource } from "./discovery.ts";
import { qualifiedKind } from "./discovery.ts";
import type { Fields } from "./fields.ts";
import type { Kubectl, RequestOptions } from "./kubectl.ts";

/** One object that a command works on (cli-runtime resource.Info). */
export interface Info {
  readonly resource: ApiResource;
  readonly namespace: string;
  readonly name: string;
  /** The object as it was read, from the server or from a file; undefined when only its name is known. */
  readonly object: Fields;
  /** The manifest it came from; empty when it was named on the command line. */
  readonly source: string;
}

/** URL path of the object or of one of its subresources. */
export function infoPath(info: Info, subresource?: string): string {
  return resourcePath(info.resource, info.resource.namespaced ? info.namespace : undefined, info.name, subresource);
}

/** URL path of the collection that the object is in. */
export function collectionPath(resource: ApiResource, namespace: string): string {
  return resourcePath(resource, resource.namespaced ? namespace : undefined);
}

/**
 * The object as the server has it. When it is not there because its namespace is not, that is what is said
 * (cli-runtime resource.Info.Get).
 */
export function* getInfo(kubectl: Kubectl, info: Info, subresource = "", options: RequestOptions = {}): Task<unknown> {
  try {
    return yield* kubectl.request("GET", infoPath(info, subresource), options);
  } catch (error) {
    if (!isNotFound(error) || !info.resource.namespaced || info.namespace === "default") throw error;
    const missing = yield* namespaceFailure(kubectl, info.namespace);
    throw missing ?? error;
  }
}

function* namespaceFailure(kubectl: Kubectl, namespace: string): Task<unknown> {
  try {
    yield* kubectl.request("GET", `/api/v1/namespaces/${namespace}`);
  } catch (error) {
    return isNotFound(error) ? error : undefined;
  }
  return undefined;
}

/** `deployment.apps/web` */
export function infoName(info: Info): string {
  return `${qualifiedKind(info.resource)}/${info.name}`;
}
