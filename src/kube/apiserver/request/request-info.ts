import { Memo } from "../../../base/memo.ts";

/** A query string's parameters. */
export class QueryParameters {
  private readonly values = new Map<string, string[]>();

  constructor(query: string) {
    for (const part of query.split("&")) {
      if (part === "") continue;
      const equals = part.indexOf("=");
      const name = decode(equals < 0 ? part : part.slice(0, equals));
      const value = equals < 0 ? "" : decode(part.slice(equals + 1));
      const known = this.values.get(name);
      if (known === undefined) this.values.set(name, [value]);
      else known.push(value);
    }
  }

  /** The first value; empty when absent. */
  get(name: string): string {
    return this.values.get(name)?.[0] ?? "";
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  all(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  /** `true`, `1` and a bare name are true. */
  flag(name: string): boolean {
    const value = this.values.get(name)?.[0];
    return value !== undefined && value !== "false" && value !== "0";
  }

  /** A whole number, or undefined. */
  number(name: string): number | undefined {
    const value = this.get(name);
    return /^-?\d+$/.test(value) ? Number(value) : undefined;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** What a request is about (apiserver endpoints/request RequestInfo). */
export interface RequestInfo {
  readonly isResource: boolean;
  readonly path: string;
  /** `get list watch create update patch delete deletecollection`, or the lower-case method for other paths. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** What follows the subresource (proxy paths). */
  readonly rest: readonly string[];
  readonly query: QueryParameters;
}

const VERBS: Readonly<Record<string, string>> = {
  POST: "create",
  GET: "get",
  HEAD: "get",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};
/** What may follow a namespace's name without being a resource in it. */
const NAMESPACE_SUBRESOURCES = new Set(["status", "finalize"]);

/** By method and path: what runs in a cluster asks for the same few things again and again. */
const known = new Memo<RequestInfo>(512);
const KNOWN_CHARS_MAX = 1024;

/** Reads method and path, for example `GET /api/v1/namespaces/default/pods/x/log?follow=true`. */
export function requestInfo(method: string, target: string): RequestInfo {
  if (target.length > KNOWN_CHARS_MAX) return parsed(method, target);
  return known.get(`${method} ${target}`, () => parsed(method, target));
}

function parsed(method: string, target: string): RequestInfo {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = new QueryParameters(mark < 0 ? "" : target.slice(mark + 1));
  const parts = path
    .split("/")
    .filter((part) => part !== "")
    .map(decode);
  const grouped = parts[0] === "apis";
  const other: RequestInfo = {
    isResource: false,
    path,
    verb: method.toLowerCase(),
    group: "",
    version: "",
    namespace: "",
    resource: "",
    subresource: "",
    name: "",
    rest: [],
    query,
  };
  if ((parts[0] !== "api" && !grouped) || parts.length < (grouped ? 4 : 3)) return other;
  const group = grouped ? (parts[1] ?? "") : "";
  const version = (grouped ? parts[2] : parts[1]) ?? "";
  let rest = parts.slice(grouped ? 3 : 2);
  let verb = VERBS[method] ?? "";
  if (rest[0] === "watch" && rest.length > 1) {
    verb = "watch";
    rest = rest.slice(1);
  }
  return { ...other, isResource: true, group, version, ...resourceParts(rest, verb, query) };
}

function resourceParts(parts: readonly string[], method: string, query: QueryParameters) {
  let namespace = "";
  let rest = parts;
  if (rest[0] === "namespaces" && rest[1] !== undefined) {
    namespace = rest[1];
    if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] ?? "")) rest = rest.slice(2);
  }
  const [resource = "", name = "", subresource = "", ...more] = rest;
  const verb = refinedVerb(method, name, query);
  const about = name === "" && method === "get" ? selectedName(query.get("fieldSelector")) : name;
  return { namespace, resource, name: about, subresource, rest: more, verb };
}

/**
 * The name that a list or watch asks for by field selector, so that whoever may read one object by name may also watch
 * that one: kubelets watch the config maps and secrets of their pods so.
 */
function selectedName(fieldSelector: string): string {
  for (const term of fieldSelector.split(",")) {
    const name = /^metadata\.name==?([^=/%]+)$/.exec(term)?.[1];
    if (name !== undefined) return name === "." || name === ".." ? "" : name;
  }
  return "";
}

function refinedVerb(verb: string, name: string, query: QueryParameters): string {
  if (name === "" && verb === "get") return query.flag("watch") ? "watch" : "list";
  if (name === "" && verb === "delete") return "deletecollection";
  return verb;
}
