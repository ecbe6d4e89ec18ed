import { base64, concat, text, utf8 } from "../../base/bytes.ts";
import { readToEnd } from "../../machine/file-descriptor.ts";
import type { Process } from "../../machine/process.ts";
import type { HttpHeaders } from "../../sim/http.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { CODE, CurlError } from "./curl-error.ts";
import type { CurlOptions } from "./options.ts";
import { hostHeader, percentEncode, type Url } from "./url.ts";

/** A request as it will be sent. */
export interface Message {
  readonly method: string;
  readonly path: string;
  /** In the order and spelling in which they are sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
}

const DATA_OPTIONS = ["data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json"];

/** All `-d` and its kin joined, or undefined when there are none. */
export function* collectData(process: Process, options: CurlOptions): Task<Uint8Array | undefined> {
  const given = options.among(DATA_OPTIONS);
  if (given.length === 0) return undefined;
  const parts: Uint8Array[] = [];
  for (const { name, value } of given) {
    if (parts.length > 0 && name !== "json") parts.push(utf8("&"));
    parts.push(yield* dataPart(process, name, value));
  }
  return concat(parts);
}

function* dataPart(process: Process, name: string, value: string): Task<Uint8Array> {
  if (name === "data-raw") return utf8(value);
  if (name === "data-urlencode") return yield* encodedPart(process, value);
  if (!value.startsWith("@")) return utf8(value);
  const bytes = yield* readInput(process, value.slice(1));
  if (name === "data-binary" || name === "json") return bytes;
  return bytes.filter((byte) => byte !== 10 && byte !== 13 && byte !== 0); // -d drops line ends of files
}

/** `content`, `=content`, `name=content`, `@file` or `name@file`. */
function* encodedPart(process: Process, value: string): Task<Uint8Array> {
  const mark = value.search(/[=@]/);
  if (mark < 0) return utf8(percentEncode(utf8(value)));
  const name = value.slice(0, mark);
  const rest = value.slice(mark + 1);
  const content = value[mark] === "@" ? yield* readInput(process, rest) : utf8(rest);
  return utf8(`${name === "" ? "" : `${name}=`}${percentEncode(content)}`);
}

function* readInput(process: Process, path: string): Task<Uint8Array> {
  if (path === "-") return yield* readToEnd(process.stdin);
  try {
    return process.fs.readFile(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CurlError(CODE.readFailed, `Failed to open ${path}`);
  }
}

/** Builds the request for `url`. */
export function buildMessage(url: Url, options: CurlOptions, data: Uint8Array | undefined): Message {
  const inQuery = data !== undefined && options.has("get");
  const body = inQuery ? undefined : data;
  const path = inQuery ? `${url.path}${url.path.includes("?") ? "&" : "?"}${text(data)}` : url.path;
  const usual = options.has("head") ? "HEAD" : body === undefined ? "GET" : "POST";
  return { method: options.value("request") ?? usual, path, headers: headersOf(url, options, body), body };
}

function headersOf(url: Url, options: CurlOptions, body: Uint8Array | undefined): (readonly [string, string])[] {
  const own = options.values("header").map(splitHeader);
  const user = options.value("user") ?? url.user;
  const json = options.has("json");
  const usual: [string, string][] = [["Host", hostHeader(url)]];
  if (user !== undefined) usual.push(["Authorization", `Basic ${base64(utf8(user))}`]);
  usual.push(
    ["User-Agent", options.value("user-agent") ?? "curl/7.88.1"],
    ["Accept", json ? "application/json" : "*/*"],
  );
  if (options.has("compressed")) usual.push(["Accept-Encoding", "deflate, gzip, br, zstd"]);
  const tail: [string, string][] = [];
  if (body !== undefined) {
    tail.push(["Content-Length", String(body.length)]);
    tail.push(["Content-Type", json ? "application/json" : "application/x-www-form-urlencoded"]);
  }
  const replaced = (name: string) => own.some((header) => header.name.toLowerCase() === name.toLowerCase());
  const kept = (headers: [string, string][]) => headers.filter(([name]) => !replaced(name));
  const added = own.filter(({ value }) => value !== "").map(({ name, value }) => [name, value] as const);
  return [...kept(usual), ...added, ...kept(tail)];
}

/** `Name: value`; `Name:` takes a header away. */
function splitHeader(line: string): { name: string; value: string } {
  const colon = line.indexOf(":");
  if (colon < 0) return { name: line.replace(/;$/, ""), value: "" };
  return { name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
}

/** Headers by lower-case name, as requests carry them. */
export function headerRecord(headers: Message["headers"]): HttpHeaders {
  const record: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const known = record[key];
    record[key] = known === undefined ? value : [...(typeof known === "string" ? [known] : known), value];
  }
  return record;
}
