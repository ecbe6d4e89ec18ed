import { base64 } from "../../../base/bytes.ts";
import type { Task } from "../../../sim/task.ts";
import { FsError, goFsError } from "../../../vfs/file-system.ts";
import { CommandError, usageError } from "../core/failure.ts";
import { type Fields, fields, listAt, textAt } from "../core/fields.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { objectPrinter } from "../printers/object-printer.ts";
import { OBJECT_FORMATS, outputFormat } from "../printers/output-format.ts";
import { CLUSTERS, CONTEXTS, entryOf, readConfigDocument, USERS } from "./document.ts";

/** kubectl config view */
export function* viewConfig(kubectl: Kubectl): Task<number> {
  const { args } = kubectl.parsed;
  if (args.length > 0) throw usageError(kubectl.path, `unexpected arguments: [${args.join(" ")}]`);
  const { document, file } = readConfigDocument(kubectl);
  const minified = kubectl.isSet("minify") ? minify(kubectl, document) : document;
  const flat = kubectl.isSet("flatten") ? flatten(kubectl, minified, file) : minified;
  const shown = kubectl.isSet("raw") ? flat : redacted(flat);
  const printer = objectPrinter(kubectl, outputFormat(kubectl, OBJECT_FORMATS));
  if (printer !== undefined) yield* kubectl.out(printer.print(inOrder(shown), true));
  return 0;
}

/** The order of the Go struct, for JSON. */
function inOrder(document: Fields): Fields {
  const { kind, apiVersion, clusters, users, contexts, ...rest } = document;
  return { kind, apiVersion, clusters, users, contexts, "current-context": rest["current-context"] };
}

function minify(kubectl: Kubectl, document: Fields): Fields {
  const name = kubectl.flag("context") || textAt(document, "current-context");
  if (name === "") throw new CommandError("current-context must exist in order to minify");
  const context = entryOf(document, CONTEXTS, name);
  if (context === undefined) throw new CommandError(`cannot locate context ${name}`);
  const only = (list: "clusters" | "users", entry: string) =>
    listAt(document, list).filter((one) => textAt(one, "name") === entry);
  return {
    ...document,
    "current-context": name,
    contexts: [{ name, context }],
    clusters: only("clusters", textAt(context, "cluster")),
    users: only("users", textAt(context, "user")),
  };
}

const SECRETS = ["certificate-authority-data", "client-certificate-data", "client-key-data"];

function redacted(document: Fields): Fields {
  return mapEntries(document, (content) => {
    const shown: Record<string, unknown> = { ...content };
    for (const key of SECRETS) if (shown[key] !== undefined) shown[key] = "DATA+OMITTED";
    for (const key of ["token", "password"]) if (shown[key] !== undefined) shown[key] = "REDACTED";
    return shown;
  });
}

function flatten(kubectl: Kubectl, document: Fields, file: string): Fields {
  const folder = file.slice(0, file.lastIndexOf("/"));
  return mapEntries(document, (content) => {
    const flat: Record<string, unknown> = { ...content };
    for (const key of ["certificate-authority", "client-certificate", "client-key"]) {
      const path = textAt(content, key);
      if (path === "") continue;
      delete flat[key];
      flat[`${key}-data`] = readBase64(kubectl, path.startsWith("/") ? path : `${folder}/${path}`);
    }
    return flat;
  });
}

function readBase64(kubectl: Kubectl, path: string): string {
  try {
    return base64(kubectl.process.fs.readFile(path));
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(goFsError("open", error));
  }
}

function mapEntries(document: Fields, change: (content: Fields) => Fields): Fields {
  const result: Record<string, unknown> = { ...document };
  for (const { list, entry } of [CLUSTERS, CONTEXTS, USERS]) {
    const entries = listAt(document, list);
    if (entries.length === 0) continue;
    result[list] = entries.map((one) => ({ name: textAt(one, "name"), [entry]: change(fields(fields(one)[entry])) }));
  }
  return result;
}
