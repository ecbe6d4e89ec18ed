import { COMPLETION, type Completion } from "../../../base/cli/completion.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import { ConfigError } from "../../../kube/client/rest-config.ts";
import { ConnectionError, StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { type ApiResource, preferred, qualifiedResource } from "../core/discovery.ts";
import { CommandError } from "../core/failure.ts";
import { listAt, textAt } from "../core/fields.ts";
import { collectionPath } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";

/** Offers types, then names of the type; `type/name` too. */
export function* completeResources(kubectl: Kubectl, parsed: ParsedFlags, word: string): Task<Completion> {
  const [type] = parsed.args;
  if (type !== undefined && !type.includes("/")) {
    const taken = new Set(parsed.args.slice(1));
    const found = yield* namesOf(kubectl, type);
    return offers(
      found.filter((name) => !taken.has(name)),
      word,
    );
  }
  const slash = word.indexOf("/");
  if (slash > 0 || type?.includes("/") === true) {
    const wanted = slash > 0 ? word.slice(0, slash) : "";
    const found = wanted === "" ? [] : yield* namesOf(kubectl, wanted);
    return offers(
      found.map((name) => `${wanted}/${name}`),
      word,
    );
  }
  return yield* completeTypes(kubectl, word);
}

/** Offers resource types; behind a comma the next one. */
export function* completeTypes(kubectl: Kubectl, word: string): Task<Completion> {
  const comma = word.lastIndexOf(",");
  const before = word.slice(0, comma + 1);
  const types = yield* quietly(typeNames(kubectl));
  return offers(
    (types ?? []).map((type) => before + type),
    word,
  );
}

function* typeNames(kubectl: Kubectl): Task<string[]> {
  const all = preferred(yield* kubectl.discovery.resources());
  return all
    .filter((one) => one.verbs.includes("get"))
    .map(qualifiedResource)
    .sort();
}

/** Offers names of one type. */
export function completeNames(type: string) {
  return function* complete(kubectl: Kubectl, parsed: ParsedFlags, word: string): Task<Completion> {
    const taken = new Set(parsed.args);
    const found = yield* namesOf(kubectl, type);
    return offers(
      found.filter((name) => !taken.has(name)),
      word,
    );
  };
}

/** Offers pods, or `type/name` for other types that have pods; only for the first argument. */
export function* completePods(kubectl: Kubectl, parsed: ParsedFlags, word: string): Task<Completion> {
  if (parsed.args.length > 0) return { offers: [], directive: COMPLETION.noFiles };
  const slash = word.indexOf("/");
  if (slash < 0) return offers(yield* namesOf(kubectl, "pods"), word);
  const type = word.slice(0, slash);
  return offers(
    (yield* namesOf(kubectl, type)).map((name) => `${type}/${name}`),
    word,
  );
}

/** Offers a pod's containers for -c. */
export function* completeContainers(kubectl: Kubectl, parsed: ParsedFlags, word: string): Task<Completion> {
  const pod = parsed.args[0]?.replace(/^pods?\//, "");
  if (pod === undefined) return { offers: [], directive: COMPLETION.noFiles };
  const object = yield* quietly(kubectl.request("GET", `/api/v1/namespaces/${kubectl.namespace}/pods/${pod}`));
  const lists = ["containers", "initContainers", "ephemeralContainers"];
  return offers(
    lists.flatMap((list) => listAt(object, "spec", list).map((one) => textAt(one, "name"))),
    word,
  );
}

/** Names of the objects of a type; nothing when the server cannot be asked. */
export function* namesOf(kubectl: Kubectl, type: string): Task<string[]> {
  const resource = yield* quietly(kubectl.discovery.find(type));
  return resource === undefined ? [] : yield* namesIn(kubectl, resource);
}

function* namesIn(kubectl: Kubectl, resource: ApiResource): Task<string[]> {
  const list = yield* quietly(kubectl.request("GET", collectionPath(resource, kubectl.namespace)));
  return listAt(list, "items").map((item) => textAt(item, "metadata", "name"));
}

/** Completion says nothing about failures. */
function* quietly<T>(task: Task<T>): Task<T | undefined> {
  try {
    return yield* task;
  } catch (error) {
    if (error instanceof StatusError || error instanceof ConnectionError) return undefined;
    if (error instanceof ConfigError || error instanceof CommandError) return undefined;
    throw error;
  }
}

/** Those that begin with the word. */
export function offers(all: readonly string[], word: string): Completion {
  return { offers: all.filter((one) => one.startsWith(word)), directive: COMPLETION.noFiles };
}
