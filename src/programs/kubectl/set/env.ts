import type { Task } from "../../../sim/task.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields, fieldsAt, listAt, textAt } from "../core/fields.ts";
import type { Info } from "../core/info.ts";
import { infoName } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { editContainers, nameMatcher, podSpecPath } from "./set.ts";

/** kubectl set env: adds, changes, removes or lists environment variables. */
export function* editEnv(kubectl: Kubectl, info: Info, pairs: readonly string[]): Task<Fields | undefined> {
  if (kubectl.isSet("list")) {
    yield* listEnv(kubectl, info);
    return undefined;
  }
  const given = [...kubectl.parsed.list("env"), ...pairs];
  const added = yield* addedVariables(kubectl, given);
  const removed = given.filter((pair) => !pair.includes("=") && pair.endsWith("-")).map((pair) => pair.slice(0, -1));
  if (added.length === 0 && removed.length === 0)
    throw new CommandError("at least one environment variable must be provided");
  const pattern = nameMatcher(kubectl.flag("containers"));
  const edited = editContainers(info, (container) => {
    if (!pattern.test(textAt(container, "name"))) return undefined;
    return withVariables(container, added, removed, kubectl.isSet("overwrite"));
  });
  if (edited.matched === 0) {
    throw new CommandError(`${infoName(info)} does not have any containers matching "${kubectl.flag("containers")}"`);
  }
  return edited.object;
}

function* addedVariables(kubectl: Kubectl, pairs: readonly string[]): Task<Fields[]> {
  const direct = pairs
    .filter((pair) => pair.includes("="))
    .map((pair) => ({ name: pair.slice(0, pair.indexOf("=")), value: pair.slice(pair.indexOf("=") + 1) }));
  const from = kubectl.flag("from");
  if (from === "") return direct;
  const [type = "", name = ""] = from.split("/");
  const resource = yield* kubectl.discovery.resolve(type);
  const path = `/api/v1/namespaces/${kubectl.namespace}/${resource.resource}/${name}`;
  const object = fields(yield* kubectl.request("GET", path));
  const ref = resource.kind === "Secret" ? "secretKeyRef" : "configMapKeyRef";
  if (resource.kind !== "Secret" && resource.kind !== "ConfigMap")
    throw new CommandError(`unsupported resource specified in --from`);
  const keys = kubectl.parsed.list("keys");
  const prefix = kubectl.flag("prefix");
  const wanted = Object.keys(fieldsAt(object, "data"))
    .sort()
    .filter((key) => keys.length === 0 || keys.includes(key));
  const variables = wanted.map((key) => ({
    name: `${prefix}${key}`.toUpperCase().replace(/[^A-Z0-9_]/g, "_"),
    valueFrom: { [ref]: { name, key } },
  }));
  return [...direct, ...variables];
}

function withVariables(
  container: Fields,
  added: readonly Fields[],
  removed: readonly string[],
  overwrite: boolean,
): Fields {
  const now = listAt(container, "env").map(fields);
  const kept = now.filter((one) => !removed.includes(textAt(one, "name")));
  const result = [...kept];
  for (const variable of added) {
    const index = result.findIndex((one) => one["name"] === variable["name"]);
    if (index < 0) result.push(variable);
    else if (overwrite) result[index] = variable;
    else
      throw new CommandError(
        `'${String(variable["name"])}' already has a value (${textAt(result[index], "value")}), and --overwrite is false`,
      );
  }
  const { env: _, ...rest } = container;
  return result.length === 0 ? rest : { ...rest, env: result };
}

function* listEnv(kubectl: Kubectl, info: Info): Task<void> {
  const spec = fieldsAt(info.object, ...podSpecPath(info));
  for (const container of listAt(spec, "containers")) {
    yield* kubectl.out(`# ${info.resource.kind} ${info.name}, container ${textAt(container, "name")}\n`);
    for (const variable of listAt(container, "env")) {
      const from = fieldsAt(variable, "valueFrom");
      if (Object.keys(from).length === 0)
        yield* kubectl.out(`${textAt(variable, "name")}=${textAt(variable, "value")}\n`);
      else yield* kubectl.out(`# ${textAt(variable, "name")} from ${sourceText(from)}\n`);
    }
  }
}

function sourceText(from: Fields): string {
  if (from["fieldRef"] !== undefined) return `field path ${textAt(from, "fieldRef", "fieldPath")}`;
  const secret = fieldsAt(from, "secretKeyRef");
  if (Object.keys(secret).length > 0) return `secret ${textAt(secret, "name")}, key ${textAt(secret, "key")}`;
  return `configmap ${textAt(from, "configMapKeyRef", "name")}, key ${textAt(from, "configMapKeyRef", "key")}`;
}
