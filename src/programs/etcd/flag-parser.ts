import { parseGoDuration } from "../../base/cli/go-duration.ts";
import { EXPERIMENTAL_FLAGS, FLAG_SECTIONS, type FlagRow } from "./flags.ts";

/** Every flag's value as text, and which were set by whom. */
export class FlagValues {
  private readonly rows = new Map<string, FlagRow>();
  private readonly values = new Map<string, string>();
  /** Set on the command line. */
  readonly given = new Set<string>();

  constructor() {
    const rows = [...FLAG_SECTIONS.flatMap(([, section]) => section), ...EXPERIMENTAL_FLAGS];
    for (const row of rows) {
      this.rows.set(row[0], row);
      this.values.set(row[0], row[2]);
    }
  }

  get names(): Iterable<string> {
    return this.rows.keys();
  }

  row(name: string): FlagRow | undefined {
    return this.rows.get(name);
  }

  get(name: string): string {
    return this.values.get(name) ?? "";
  }

  isSet(name: string): boolean {
    return this.get(name) !== this.rows.get(name)?.[2] || this.given.has(name);
  }

  /** Sets a value; gives Go's error text when it is none of the flag's kind. */
  set(name: string, value: string): string | undefined {
    const row = this.rows.get(name);
    if (row === undefined) return `flag provided but not defined: -${name}`;
    const problem = valueProblem(row, value);
    if (problem === undefined) this.values.set(name, value);
    return problem;
  }
}

/** What reading a command line came to. */
export type ParsedFlags =
  | { readonly status: "ok"; readonly rest: readonly string[] }
  | { readonly status: "help" }
  | { readonly status: "error"; readonly message: string };

/** Go's flag package: one or two dashes, `-name value` or `-name=value`, boolean flags without value. */
export function parseFlags(values: FlagValues, args: readonly string[]): ParsedFlags {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (!arg.startsWith("-") || arg === "-") return { status: "ok", rest: args.slice(i) };
    if (arg === "--") return { status: "ok", rest: args.slice(i + 1) };
    const body = arg.replace(/^--?/, "");
    if (body === "" || body.startsWith("-") || body.startsWith("="))
      return { status: "error", message: `bad flag syntax: ${arg}` };
    const equals = body.indexOf("=");
    const name = equals < 0 ? body : body.slice(0, equals);
    if (name === "h" || name === "help") return { status: "help" };
    const row = values.row(name);
    if (row === undefined) return { status: "error", message: `flag provided but not defined: -${name}` };
    let value = equals < 0 ? undefined : body.slice(equals + 1);
    if (value === undefined && row[1] === "bool") value = "true";
    if (value === undefined) value = args[++i];
    if (value === undefined) return { status: "error", message: `flag needs an argument: -${name}` };
    const problem = values.set(name, value);
    if (problem !== undefined) {
      const kind = row[1] === "bool" ? "boolean value" : "value";
      return { status: "error", message: `invalid ${kind} ${JSON.stringify(value)} for flag -${name}: ${problem}` };
    }
    values.given.add(name);
  }
  return { status: "ok", rest: [] };
}

function valueProblem(row: FlagRow, value: string): string | undefined {
  switch (row[1]) {
    case "bool":
      return /^(1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/.test(value) ? undefined : "parse error";
    case "int":
      return /^[+-]?\d+$/.test(value) ? undefined : "parse error";
    case "duration":
      return "error" in parseGoDuration(value) ? "parse error" : undefined;
    case "state":
      return value === "new" || value === "existing" ? undefined : "invalid value";
    case "urls":
    case "url-list":
      return value === "" && row[1] === "url-list" ? undefined : urlsProblem(value);
    default:
      return undefined;
  }
}

/** types.NewURLs over a comma list. */
function urlsProblem(value: string): string | undefined {
  for (const url of value.split(",")) {
    const problem = urlProblem(url.trim());
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function urlProblem(url: string): string | undefined {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1];
  if (scheme === undefined && /^[^/]*:/.test(url))
    return `parse ${JSON.stringify(url)}: first path segment in URL cannot contain colon`;
  if (scheme === undefined || !/^(https?|unixs?)$/.test(scheme))
    return `URL scheme must be http, https, unix, or unixs: ${url}`;
  const authority = url.slice(scheme.length + 3).split("/")[0] ?? "";
  if (!/:\d+$/.test(authority)) return `URL address does not have the form "host:port": ${url}`;
  if (/^[a-z]+:\/\/[^/]*\/./.test(url)) return `URL must not contain a path: ${url}`;
  return undefined;
}

/** The environment's name of a flag. */
export function environmentName(flag: string): string {
  return `ETCD_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/** Whether a Go boolean text says yes. */
export function isTrue(value: string): boolean {
  return /^(1|t|T|true|TRUE|True)$/.test(value);
}
