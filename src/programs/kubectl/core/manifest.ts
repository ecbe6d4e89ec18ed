import { text } from "../../../base/bytes.ts";
import { parseYamlDocument, splitYamlDocuments, YamlError } from "../../../base/yaml/read.ts";
import { readToEnd } from "../../../machine/file-descriptor.ts";
import type { Task } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { CommandError, notSimulated } from "./failure.ts";
import { type Fields, fields, listAt, textAt } from "./fields.ts";
import type { Kubectl } from "./kubectl.ts";

/** An object out of a manifest, and where it stood. */
export interface ManifestObject {
  readonly object: Fields;
  /** The file as it was named, or `STDIN`. */
  readonly source: string;
  /** What was read when it is no object at all. */
  readonly raw: unknown;
}

const EXTENSIONS = [".json", ".yaml", ".yml"];

/** Reads the objects of files, directories and stdin (`-`), lists taken apart. Throws `CommandError`. */
export function* readManifests(kubectl: Kubectl, names: readonly string[], recursive: boolean): Task<ManifestObject[]> {
  const objects: ManifestObject[] = [];
  for (const name of names) {
    if (name === "-") objects.push(...parseManifest(text(yield* readToEnd(kubectl.process.stdin)), "STDIN"));
    else if (/^https?:\/\//.test(name)) throw notSimulated(`reading manifests from URLs (${name})`);
    else for (const path of manifestPaths(kubectl, name, recursive)) objects.push(...readFile(kubectl, path));
  }
  return objects;
}

function readFile(kubectl: Kubectl, path: string): ManifestObject[] {
  try {
    return parseManifest(kubectl.process.fs.readText(path), path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(`open ${path}: ${error.message.toLowerCase()}`);
  }
}

function manifestPaths(kubectl: Kubectl, name: string, recursive: boolean): string[] {
  const { fs } = kubectl.process;
  if (!fs.exists(name)) throw new CommandError(`the path "${name}" does not exist`);
  if (fs.stat(name).type !== "directory") return [name];
  const found = filesBelow(kubectl, name.replace(/\/+$/, "") || "/", recursive);
  if (found.length > 0) return found;
  throw new CommandError(`error reading [${name}]: recognized file extensions are [.json .yaml .yml]`);
}

function filesBelow(kubectl: Kubectl, directory: string, recursive: boolean): string[] {
  const { fs } = kubectl.process;
  const found: string[] = [];
  for (const entry of fs.readdir(directory)) {
    const path = directory === "/" ? `/${entry}` : `${directory}/${entry}`;
    if (fs.stat(path).type === "directory") {
      if (recursive) found.push(...filesBelow(kubectl, path, recursive));
    } else if (EXTENSIONS.some((extension) => path.endsWith(extension))) found.push(path);
  }
  return found;
}

/** Reads one text. `source` is named in errors. */
export function parseManifest(content: string, source: string): ManifestObject[] {
  const trimmed = content.trimStart();
  if (trimmed.startsWith("{")) return parseJsonStream(content, source);
  return splitYamlDocuments(content).flatMap((document) => {
    const value = parseOne(document, source);
    return value === null ? [] : flatten(value, source);
  });
}

function parseOne(document: string, source: string): unknown {
  try {
    return parseYamlDocument(document);
  } catch (error) {
    if (error instanceof YamlError) {
      throw new CommandError(`error parsing ${source}: error converting YAML to JSON: ${error.message}`);
    }
    throw error;
  }
}

/** JSON texts one after another; what is no JSON is tried as YAML, which `{a: b}` is. */
function parseJsonStream(content: string, source: string): ManifestObject[] {
  const parts = splitJson(content);
  try {
    return parts.flatMap((part) => flatten(JSON.parse(part), source));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return splitYamlDocuments(content).flatMap((document) => flatten(parseOne(document, source), source));
  }
}

function splitJson(content: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let i = 0; i < content.length; i++) {
    const char = content[i];
    if (quoted) {
      if (char === "\\") i++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{") depth++;
    else if (char === "}" && --depth === 0) {
      parts.push(content.slice(start, i + 1));
      start = i + 1;
    }
  }
  if (content.slice(start).trim() !== "") parts.push(content.slice(start));
  return parts;
}

function flatten(value: unknown, source: string): ManifestObject[] {
  const object = fields(value);
  if (textAt(object, "kind").endsWith("List") && Array.isArray(object["items"])) {
    return listAt(object, "items").flatMap((item) => flatten(item, source));
  }
  return [{ object, source, raw: value }];
}
