import { emitYaml } from "../../../base/yaml/emit.ts";
import { decodeKubeconfig } from "../../../kube/client/kubeconfig-decode.ts";
import { ConfigError } from "../../../kube/client/rest-config.ts";
import { FsError, goFsError } from "../../../vfs/file-system.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields, listAt, textAt } from "../core/fields.ts";
import { kubeconfigPaths } from "../core/kubeconfig-paths.ts";
import type { Kubectl } from "../core/kubectl.ts";

/** A list of named entries in a kubeconfig: its key and the key of an entry's content. */
export interface Section {
  readonly list: "clusters" | "contexts" | "users";
  readonly entry: "cluster" | "context" | "user";
}

export const CLUSTERS: Section = { list: "clusters", entry: "cluster" };
export const CONTEXTS: Section = { list: "contexts", entry: "context" };
export const USERS: Section = { list: "users", entry: "user" };

/** The kubeconfig files as one document, and the file that changes go to. */
export interface ConfigDocument {
  readonly document: Fields;
  readonly file: string;
}

/** Reads the kubeconfig; with several files the first to define an entry wins. Throws `CommandError`. */
export function readConfigDocument(kubectl: Kubectl): ConfigDocument {
  const paths = kubeconfigPaths(kubectl.process, kubectl.flag("kubeconfig"));
  let merged: Fields = {};
  let file: string | undefined;
  for (const path of paths) {
    const document = readFile(kubectl, path);
    if (document === undefined) continue;
    file ??= path;
    merged = mergeDocuments(merged, document);
  }
  return { document: normalized(merged), file: file ?? paths[paths.length - 1] ?? "" };
}

function readFile(kubectl: Kubectl, path: string): Fields | undefined {
  try {
    return decodeKubeconfig(kubectl.process.fs.readText(path));
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(`error loading config file "${path}": ${error.message}`);
    if (!(error instanceof FsError)) throw error;
    if (error.code === "ENOENT") return undefined;
    throw new CommandError(`error loading config file "${path}": ${goFsError("open", error)}`);
  }
}

function mergeDocuments(first: Fields, second: Fields): Fields {
  const result: Record<string, unknown> = { ...second, ...first };
  if (textAt(first, "current-context") === "") result["current-context"] = textAt(second, "current-context");
  for (const { list } of [CLUSTERS, CONTEXTS, USERS]) {
    const known = new Set(listAt(first, list).map((one) => textAt(one, "name")));
    result[list] = [...listAt(first, list), ...listAt(second, list).filter((one) => !known.has(textAt(one, "name")))];
  }
  return result;
}

/** As clientcmd writes it: lists sorted by name, null when empty. */
function normalized(document: Fields): Fields {
  const sorted = (list: Section["list"]) => {
    const entries = [...listAt(document, list)].sort((a, b) => (textAt(a, "name") < textAt(b, "name") ? -1 : 1));
    return entries.length === 0 ? null : entries;
  };
  const { preferences: _, ...rest } = document;
  return {
    ...rest,
    apiVersion: "v1",
    kind: "Config",
    clusters: sorted("clusters"),
    contexts: sorted("contexts"),
    users: sorted("users"),
    "current-context": textAt(document, "current-context"),
  };
}

/** Writes the document back. */
export function writeConfigDocument(kubectl: Kubectl, file: string, document: Fields): void {
  const { fs } = kubectl.process;
  const directory = file.slice(0, file.lastIndexOf("/"));
  try {
    if (directory !== "" && !fs.exists(directory)) fs.mkdir(directory, { parents: true, mode: 0o750 });
    fs.writeFile(file, emitYaml(normalized(document)), 0o600);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(goFsError("open", error));
  }
}

/** The content of a named entry; undefined when there is none. */
export function entryOf(document: Fields, section: Section, name: string): Fields | undefined {
  const found = listAt(document, section.list).find((one) => textAt(one, "name") === name);
  return found === undefined ? undefined : fields(fields(found)[section.entry]);
}

/** The document with an entry set; undefined takes it out. */
export function withEntry(document: Fields, section: Section, name: string, content: Fields | undefined): Fields {
  const others = listAt(document, section.list).filter((one) => textAt(one, "name") !== name);
  const added = content === undefined ? [] : [{ name, [section.entry]: content }];
  return { ...document, [section.list]: [...others, ...added] };
}
