import { equalValues } from "./equal.ts";
import { isObject, type JsonObject, PatchError } from "./strategic-merge.ts";

/** Applies a JSON merge patch (RFC 7386). */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = applyMergePatch(result[key], value);
  }
  return result;
}

/** Applies a JSON patch (RFC 6902). Throws `PatchError` with the texts of the library that the API server uses. */
export function applyJsonPatch(target: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations))
    throw new PatchError("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
  return operations.reduce<unknown>((document, operation) => applyOperation(document, operation), target);
}

function applyOperation(document: unknown, operation: unknown): unknown {
  const fields = isObject(operation) ? operation : {};
  const op = String(fields["op"] ?? "");
  const path = String(fields["path"] ?? "");
  switch (op) {
    case "add":
      return change(document, tokens(path), path, op, (holder, key) => insert(holder, key, fields["value"], path));
    case "remove":
      return change(document, tokens(path), path, op, (holder, key) => removed(holder, key, path));
    case "replace":
      return replaceAt(document, path, fields["value"]);
    case "test":
      return tested(document, path, fields["value"]);
    case "copy":
    case "move":
      return moved(document, op, String(fields["from"] ?? ""), path);
    default:
      throw new PatchError(`Unexpected kind: ${op === "" ? "unknown" : op}`);
  }
}

function tokens(path: string): string[] {
  if (path === "") return [];
  return path
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function replaceAt(document: unknown, path: string, value: unknown): unknown {
  if (path === "") return value;
  // The library lets a replace of a missing key pass as an add, and so does the API server.
  return change(document, tokens(path), path, "replace", (holder, key) => {
    if (Array.isArray(holder)) {
      const index = arrayIndex(holder, key, path, "replace");
      return holder.map((item, i) => (i === index ? value : item));
    }
    return { ...holder, [key]: value };
  });
}

function tested(document: unknown, path: string, value: unknown): unknown {
  const found = lookup(document, tokens(path));
  if (equalValues(found ?? null, value ?? null)) return document;
  throw new PatchError(`testing value ${path} failed: test failed`);
}

function moved(document: unknown, op: string, from: string, path: string): unknown {
  const value = lookup(document, tokens(from));
  if (value === undefined) throw new PatchError(`error in ${op} for from: '${from}': missing value`);
  const source =
    op === "copy"
      ? document
      : change(document, tokens(from), from, "remove", (holder, key) => removed(holder, key, from));
  return change(source, tokens(path), path, "add", (holder, key) => insert(holder, key, value, path));
}

type Holder = JsonObject | readonly unknown[];

/** Rebuilds the containers along the path around what `edit` makes of the last one. */
function change(
  document: unknown,
  path: readonly string[],
  whole: string,
  op: string,
  edit: (holder: Holder, key: string) => unknown,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined)
    throw new PatchError(`${op} operation does not apply: doc is missing path: "${whole}": missing value`);
  if (!Array.isArray(document) && !isObject(document)) throw missing(op, whole, "missing value");
  if (rest.length === 0) return edit(document, key);
  if (Array.isArray(document)) {
    const index = arrayIndex(document, key, whole, op);
    return document.map((item, i) => (i === index ? change(item, rest, whole, op, edit) : item));
  }
  if (!Object.hasOwn(document, key)) throw missing(op, whole, "missing value");
  return { ...document, [key]: change(document[key], rest, whole, op, edit) };
}

function missing(op: string, path: string, reason: string): PatchError {
  return new PatchError(`${op} operation does not apply: doc is missing path: "${path}": ${reason}`);
}

function insert(holder: Holder, key: string, value: unknown, path: string): unknown {
  if (!Array.isArray(holder)) return { ...holder, [key]: value };
  if (key === "-") return [...holder, value];
  const index = Number(key);
  const at = index < 0 ? index + holder.length + 1 : index;
  if (!/^-?\d+$/.test(key) || at > holder.length || at < 0) {
    throw new PatchError(
      `add operation does not apply: doc is missing path: "${path}": Unable to access invalid index: ${key}: invalid index referenced`,
    );
  }
  return [...holder.slice(0, at), value, ...holder.slice(at)];
}

function removed(holder: Holder, key: string, path: string): unknown {
  if (Array.isArray(holder)) {
    const index = arrayIndex(holder, key, path, "remove");
    return holder.filter((_, i) => i !== index);
  }
  if (!Object.hasOwn(holder, key)) {
    throw new PatchError(`remove operation does not apply: doc is missing path: "${path}": missing value`);
  }
  const { [key]: _, ...rest } = holder as JsonObject;
  return rest;
}

function arrayIndex(list: readonly unknown[], key: string, path: string, op: string): number {
  const index = Number(key) < 0 ? Number(key) + list.length : Number(key);
  if (!/^-?\d+$/.test(key) || index < 0 || index >= list.length) {
    throw new PatchError(
      `${op} operation does not apply: doc is missing path: "${path}": Unable to access invalid index: ${key}: invalid index referenced`,
    );
  }
  return index;
}

function lookup(document: unknown, path: readonly string[]): unknown {
  let current = document;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}
