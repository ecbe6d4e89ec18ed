import { base64, utf8 } from "../../../base/bytes.ts";
import { parseYamlDocument, YamlError } from "../../../base/yaml/read.ts";
import type { FileSystem } from "../../../vfs/file-system.ts";
import { configHash } from "../create/config-hash.ts";
import { configMapData, configSources } from "../create/config-sources.ts";
import { jsonPatch, strategicPatch } from "../patch/apply-patch.ts";
import { CommandError, notSimulated } from "./failure.ts";
import { at, type Fields, fields, fieldsAt, listAt, numberAt, stringsAt, textAt, withAt } from "./fields.ts";
import { parseManifest } from "./manifest.ts";

const FILE_NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
const DEPTH_MAX = 20;
/** Fields of a kustomization that are imitated; another one is refused rather than passed over. */
const KNOWN = new Set([
  "apiVersion",
  "kind",
  "metadata",
  "resources",
  "bases",
  "namePrefix",
  "nameSuffix",
  "namespace",
  "labels",
  "commonLabels",
  "commonAnnotations",
  "images",
  "replicas",
  "configMapGenerator",
  "secretGenerator",
  "generatorOptions",
  "patches",
  "patchesStrategicMerge",
]);

/** Fields that kustomize wants to be rid of, and what it names instead. */
const DEPRECATED: Readonly<Record<string, string>> = {
  bases: "resources",
  commonLabels: "labels",
  patchesStrategicMerge: "patches",
};

/** Where a build reads, and who hears what is wrong with it. */
interface Build {
  readonly fs: FileSystem;
  readonly warn: (text: string) => void;
}

/**
 * Builds a kustomization directory: its objects in kustomize's order. `warn` hears of fields that are on their way out.
 * Throws `CommandError`.
 */
export function buildKustomization(fs: FileSystem, given: string, cwd: string, warn: (text: string) => void): Fields[] {
  const directory = resolvePath(cwd, given);
  if (!fs.exists(directory)) {
    throw new CommandError(
      `must build at directory: not a valid directory: evalsymlink failure on '${given}' : lstat ${directory}: no such file or directory`,
    );
  }
  return inOrder(build({ fs, warn }, directory, 0));
}

function build(how: Build, directory: string, depth: number): Fields[] {
  if (depth > DEPTH_MAX) throw new CommandError(`cycle detected: kustomization at ${directory}`);
  const { fs } = how;
  const config = readConfig(how, directory);
  let objects = [...listAt(config, "resources"), ...listAt(config, "bases")].flatMap((entry) =>
    readResource(how, directory, String(entry), depth),
  );
  const renamed = new Map<string, string>();
  for (const generated of generators(fs, directory, config)) {
    const name = textAt(generated.object, "metadata", "name");
    objects.push(generated.object);
    if (generated.hash) renamed.set(`${textAt(generated.object, "kind")}/${name}`, "");
  }
  objects = patched(fs, directory, config, objects);
  return transformed(config, objects, renamed);
}

function readConfig({ fs, warn }: Build, directory: string): Fields {
  const name = FILE_NAMES.find((candidate) => fs.exists(`${directory}/${candidate}`));
  if (name === undefined) {
    throw new CommandError(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${directory}'`,
    );
  }
  try {
    const config = fields(parseYamlDocument(fs.readText(`${directory}/${name}`)));
    const unknown = Object.keys(config).find((key) => !KNOWN.has(key));
    if (unknown !== undefined) throw notSimulated(`kustomize's field ${unknown}`);
    for (const [field, other] of Object.entries(DEPRECATED))
      if (config[field] !== undefined)
        warn(
          `# Warning: '${field}' is deprecated. Please use '${other}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.`,
        );
    return config;
  } catch (error) {
    if (error instanceof YamlError) throw new CommandError(`invalid Kustomization: ${error.message}`);
    throw error;
  }
}

function readResource(how: Build, directory: string, entry: string, depth: number): Fields[] {
  const { fs } = how;
  const path = resolvePath(directory, entry);
  if (!fs.exists(path)) {
    const missing = `evalsymlink failure on '${path}' : lstat ${path}: no such file or directory`;
    throw notAccumulated(entry, missing, `must build at directory: not a valid directory: ${missing}`);
  }
  if (fs.stat(path).type === "directory") return build(how, path, depth + 1);
  if (!`${path}/`.startsWith(`${directory}/`)) {
    const outside = `security; file '${path}' is not in or below '${directory}'`;
    throw notAccumulated(entry, outside, `must build at directory: '${path}': file is not directory`);
  }
  return parseManifest(fs.readText(path), path).map(({ object }) => object);
}

/** An entry that is neither a file that may be read nor a directory. */
function notAccumulated(entry: string, asFile: string, asDirectory: string): CommandError {
  return new CommandError(
    `accumulating resources: accumulation err='accumulating resources from '${entry}': ${asFile}': ${asDirectory}`,
  );
}

/** `entry` as seen from `directory`, without `.` and `..`. */
function resolvePath(directory: string, entry: string): string {
  const parts: string[] = [];
  for (const part of (entry.startsWith("/") ? entry : `${directory}/${entry}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

interface Generated {
  readonly object: Fields;
  readonly hash: boolean;
}

function generators(fs: FileSystem, directory: string, config: Fields): Generated[] {
  const off = at(config, "generatorOptions", "disableNameSuffixHash") === true;
  const made = (kind: "ConfigMap" | "Secret", entry: unknown): Generated => {
    const name = textAt(entry, "name");
    const inside = (list: readonly unknown[]) =>
      list.map((one) =>
        String(one).replace(
          /^([^=]*=)?(.*)$/,
          (_, key: string | undefined, path: string) => `${key ?? ""}${directory}/${path}`,
        ),
      );
    const envs = [...listAt(entry, "envs"), ...(textAt(entry, "env") === "" ? [] : [textAt(entry, "env")])];
    const sources = {
      files: inside(listAt(entry, "files")),
      literals: listAt(entry, "literals").map(String),
      envFiles: [] as string[],
    };
    const data = configSources(fs, sources, { kind, name }, new Map());
    for (const [key, value] of configSources(
      fs,
      { files: [], literals: [], envFiles: inside(envs) },
      { kind, name },
      new Map(),
    )) {
      data.set(key, value);
    }
    const encoded = Object.fromEntries(
      [...data].map(([key, value]) => [key, base64(typeof value === "string" ? utf8(value) : value)]),
    );
    const content =
      kind === "ConfigMap" ? configMapData(data) : { data: encoded, type: textAt(entry, "type") || "Opaque" };
    const namespace = textAt(entry, "namespace");
    const object = {
      apiVersion: "v1",
      kind,
      metadata: { name, ...(namespace === "" ? {} : { namespace }) },
      ...content,
    };
    return { object, hash: !off && at(entry, "options", "disableNameSuffixHash") !== true };
  };
  return [
    ...listAt(config, "configMapGenerator").map((entry) => made("ConfigMap", entry)),
    ...listAt(config, "secretGenerator").map((entry) => made("Secret", entry)),
  ];
}

function patched(fs: FileSystem, directory: string, config: Fields, objects: readonly Fields[]): Fields[] {
  let result = [...objects];
  const entries = [
    ...listAt(config, "patchesStrategicMerge").map((one) => ({
      text: textOrFile(fs, directory, String(one)),
      target: {},
    })),
    ...listAt(config, "patches").map((one) => ({
      text: textAt(one, "patch") || fs.readText(`${directory}/${textAt(one, "path")}`),
      target: fieldsAt(one, "target"),
    })),
  ];
  for (const { text, target } of entries) {
    const patch = parseYamlDocument(text);
    result = result.map((object) => (hit(object, target, patch) ? applied(object, patch) : object));
  }
  return result;
}

function textOrFile(fs: FileSystem, directory: string, entry: string): string {
  return entry.includes("\n") ? entry : fs.readText(`${directory}/${entry}`);
}

function hit(object: Fields, target: Fields, patch: unknown): boolean {
  const wanted = (key: string, ...path: string[]) =>
    textAt(target, key) === "" || textAt(target, key) === textAt(object, ...path);
  if (Object.keys(target).length > 0) return wanted("kind", "kind") && wanted("name", "metadata", "name");
  return (
    textAt(patch, "kind") === textAt(object, "kind") &&
    textAt(patch, "metadata", "name") === textAt(object, "metadata", "name")
  );
}

function applied(object: Fields, patch: unknown): Fields {
  return Array.isArray(patch) ? jsonPatch(object, patch) : strategicPatch(object, fields(patch));
}

function transformed(config: Fields, objects: readonly Fields[], hashed: ReadonlyMap<string, string>): Fields[] {
  const prefix = textAt(config, "namePrefix");
  const suffix = textAt(config, "nameSuffix");
  const names = new Map<string, string>();
  const results = objects.map((object) => {
    const kind = textAt(object, "kind");
    const name = textAt(object, "metadata", "name");
    let after = withLabels(config, withImages(config, withReplicas(config, object)));
    const named = ["Namespace", "CustomResourceDefinition"].includes(kind) ? name : `${prefix}${name}${suffix}`;
    after = withAt(after, ["metadata", "name"], named);
    const namespace = textAt(config, "namespace");
    if (namespace !== "" && kind !== "Namespace") after = withAt(after, ["metadata", "namespace"], namespace);
    if (hashed.has(`${kind}/${name}`)) after = withAt(after, ["metadata", "name"], `${named}-${configHash(after, "")}`);
    names.set(`${kind}/${name}`, textAt(after, "metadata", "name"));
    return after;
  });
  return results.map((object) => fields(withReferences(object, names)));
}

function withLabels(config: Fields, object: Fields): Fields {
  let result = object;
  const common = stringsAt(config, "commonLabels");
  const plain: Record<string, string> = {};
  for (const one of listAt(config, "labels")) Object.assign(plain, stringsAt(one, "pairs"));
  const add = (path: string[], extra: Readonly<Record<string, string>>) => {
    if (Object.keys(extra).length > 0) result = withAt(result, path, { ...fieldsAt(result, ...path), ...extra });
  };
  add(["metadata", "labels"], { ...common, ...plain });
  add(["metadata", "annotations"], stringsAt(config, "commonAnnotations"));
  if (Object.keys(common).length > 0 && at(object, "spec", "template") !== undefined) {
    add(["spec", "selector", "matchLabels"], common);
    add(["spec", "template", "metadata", "labels"], common);
  }
  if (Object.keys(common).length > 0 && textAt(object, "kind") === "Service") add(["spec", "selector"], common);
  return result;
}

function withReplicas(config: Fields, object: Fields): Fields {
  const wanted = listAt(config, "replicas").find((one) => textAt(one, "name") === textAt(object, "metadata", "name"));
  const count = numberAt(wanted, "count");
  return count === undefined || at(object, "spec", "template") === undefined
    ? object
    : withAt(object, ["spec", "replicas"], count);
}

/** Changes `image` wherever containers stand. */
function withImages(config: Fields, object: Fields): Fields {
  const images = listAt(config, "images");
  if (images.length === 0) return object;
  const change = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(change);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [
        key,
        key === "image" && typeof one === "string" ? newImage(images, one) : change(one),
      ]),
    );
  };
  return fields(change(object));
}

function newImage(images: readonly unknown[], image: string): string {
  const match = /^(.*?)(?::([\w][\w.-]*))?(?:@(.*))?$/.exec(image);
  const name = match?.[1] ?? image;
  const wanted = images.find((one) => textAt(one, "name") === name);
  if (wanted === undefined) return image;
  const base = textAt(wanted, "newName") || name;
  const digest = textAt(wanted, "digest");
  if (digest !== "") return `${base}@${digest}`;
  const tag = textAt(wanted, "newTag") || (match?.[2] ?? "");
  return tag === "" ? base : `${base}:${tag}`;
}

const REFERENCES: Readonly<Record<string, string>> = {
  configMapRef: "ConfigMap",
  configMapKeyRef: "ConfigMap",
  configMap: "ConfigMap",
  secretRef: "Secret",
  secretKeyRef: "Secret",
};

/** Follows renamed ConfigMaps and Secrets into what uses them. */
function withReferences(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => withReferences(one, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      const kind = REFERENCES[key];
      const renamed = kind === undefined ? undefined : names.get(`${kind}/${textAt(one, "name")}`);
      if (renamed !== undefined) return [key, { ...fields(one), name: renamed }];
      const secret = key === "secretName" && typeof one === "string" ? names.get(`Secret/${one}`) : undefined;
      return [key, secret ?? withReferences(one, names)];
    }),
  );
}

const FIRST_KINDS = [
  "Namespace",
  "ResourceQuota",
  "StorageClass",
  "CustomResourceDefinition",
  "ServiceAccount",
  "Role",
  "ClusterRole",
  "RoleBinding",
  "ClusterRoleBinding",
  "ConfigMap",
  "Secret",
  "Endpoints",
  "Service",
  "LimitRange",
  "PriorityClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Deployment",
  "StatefulSet",
  "CronJob",
  "PodDisruptionBudget",
];

/** kustomize's legacy order: what others need comes first. */
function inOrder(objects: readonly Fields[]): Fields[] {
  const rank = (object: Fields) => {
    const index = FIRST_KINDS.indexOf(textAt(object, "kind"));
    return index < 0 ? FIRST_KINDS.length : index;
  };
  const key = (object: Fields) => `${textAt(object, "metadata", "namespace")}/${textAt(object, "metadata", "name")}`;
  return [...objects].sort((a, b) => rank(a) - rank(b) || (key(a) < key(b) ? -1 : 1));
}
