import {
  defineScalarTag,
  loadAll,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  Schema,
  seqTag,
  strTag,
  YAMLException,
} from "js-yaml";
import { copyValue } from "../copy-value.ts";
import { Memo } from "../memo.ts";
import { unfoldsTooFar } from "./aliases.ts";
import { libyamlMessage } from "./messages.ts";
import { resolvePlain } from "./scalar.ts";

/** A text that is no YAML; `message` is Go's, for example `yaml: line 4: did not find expected key`. */
export class YamlError extends Error {}

/** Nesting that Go's reader allows as well. */
const DEPTH_MAX = 1000;

/** Reads all documents of a text. Empty documents are null. Throws `YamlError`. */
export function parseYaml(text: string): unknown[] {
  try {
    const documents = loadAll(text, { schema: KUBECTL_SCHEMA, json: true, maxDepth: DEPTH_MAX });
    if (text.includes("&") && documents.some(unfoldsTooFar))
      throw new YamlError("yaml: document contains excessive aliasing");
    return documents.map((document) => document ?? null);
  } catch (error) {
    if (error instanceof YAMLException) throw new YamlError(libyamlMessage(error, text));
    if (error instanceof RangeError) throw new YamlError("yaml: exceeded max depth of 10000");
    throw error;
  }
}

/** First documents by their text: every start of a daemon reads its kubeconfig and manifests again. */
const known = new Memo<unknown>(256);

/** Reads the first document of a text; null when there is none. The caller may change it. Throws `YamlError`. */
export function parseYamlDocument(text: string): unknown {
  if (text.length > KNOWN_CHARS_MAX || text.includes("&")) return first(text); // copying would unfold what aliases share
  return copyValue(known.get(text, () => first(text)));
}

const KNOWN_CHARS_MAX = 65_536;

function first(text: string): unknown {
  return parseYaml(text)[0] ?? null;
}

/**
 * Cuts a text into its documents at lines that begin with `---`, as kubectl does before it reads them one by one, so
 * that line numbers in errors count from the document's start.
 */
export function splitYamlDocuments(text: string): string[] {
  const documents: string[] = [];
  let current: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("---")) {
      const rest = line.slice(3);
      if (current.some((known) => known.trim() !== "")) documents.push(current.join("\n"));
      current = rest.trim() === "" || rest.startsWith(" #") ? [] : [rest];
    } else current.push(line);
  }
  if (current.some((line) => line.trim() !== "")) documents.push(current.join("\n"));
  return documents;
}

const plainTag = (kind: string, name: string) =>
  defineScalarTag<unknown>(`tag:yaml.org,2002:${name}`, {
    implicit: true,
    resolve(source) {
      const scalar = resolvePlain(source);
      if (scalar.kind !== kind) return NOT_RESOLVED;
      return "value" in scalar ? scalar.value : null;
    },
    identify: () => false,
  });

const KUBECTL_SCHEMA = new Schema([
  strTag,
  seqTag,
  mapTag,
  mergeTag,
  plainTag("null", "null"),
  plainTag("bool", "bool"),
  plainTag("int", "int"),
  plainTag("float", "float"),
]);
