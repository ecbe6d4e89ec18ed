import { goQuote } from "./go-quote.ts";

/** Why a URL is none that a member can be reached by, in Go's and etcd's words. */
export function urlFault(url: string): string | undefined {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined && (url.split("/", 1)[0] ?? "").includes(":")) {
    return `parse ${goQuote(url)}: first path segment in URL cannot contain colon`;
  }
  if (scheme === undefined || !["http", "https", "unix", "unixs"].includes(scheme)) {
    return `URL scheme must be http, https, unix, or unixs: ${url}`;
  }
  if (scheme.startsWith("unix")) return undefined;
  const rest = /^[^:]*:\/\/([^/?#]*)(.*)$/.exec(url);
  const host = rest?.[1] ?? "";
  if (!/^(\[[^\]]*\]|[^:]*):[^:]+$/.test(host)) return `URL address does not have the form "host:port": ${url}`;
  return (rest?.[2] ?? "") === "" ? undefined : `URL must not contain a path: ${url}`;
}
