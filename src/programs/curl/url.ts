import { CODE, CurlError } from "./curl-error.ts";

/** The parts of a URL that a transfer needs. */
export interface Url {
  readonly scheme: "http" | "https";
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query; starts with a slash. */
  readonly path: string;
  /** `user:password`, when the URL carries them. */
  readonly user: string | undefined;
  /** As written, with a scheme. */
  readonly text: string;
}

const DEFAULT_PORT = { http: 80, https: 443 } as const;

/** Reads a URL; without a scheme it is http. Throws CurlError 1 or 3. */
export function parseUrl(written: string): Url {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(written);
  const scheme = match?.[1]?.toLowerCase() ?? "http";
  const rest = match?.[2] ?? written;
  if (scheme !== "http" && scheme !== "https") {
    throw new CurlError(CODE.unsupportedProtocol, `Protocol "${scheme}" not supported or disabled in libcurl`);
  }
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const tail = (end < 0 ? "" : rest.slice(end)).replace(/#.*$/s, "");
  const path = tail.startsWith("/") ? tail : `/${tail}`;
  const at = authority.lastIndexOf("@");
  const where = /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:\s]+))(?::(\d*))?$/.exec(authority.slice(at + 1));
  const host = where?.[1] ?? where?.[2];
  const port = where?.[3] === undefined || where[3] === "" ? DEFAULT_PORT[scheme] : Number(where[3]);
  if (host === undefined || port > 65_535 || /\s/.test(path)) throw badUrl();
  const user = at < 0 ? undefined : authority.slice(0, at);
  const text = `${scheme}://${authority}${tail === "" ? "/" : path}`;
  return { scheme, host, port, path, user, text };
}

function badUrl(): CurlError {
  return new CurlError(CODE.badUrl, "URL using bad/illegal format or missing URL");
}

/** What goes into the Host header: the port only when it is not the scheme's. */
export function hostHeader({ scheme, host, port }: Url): string {
  const shown = host.includes(":") ? `[${host}]` : host;
  return port === DEFAULT_PORT[scheme] ? shown : `${shown}:${port}`;
}

/** Where a Location header leads to from `base`. */
export function resolveLocation(base: Url, location: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(location)) return location;
  if (location.startsWith("//")) return `${base.scheme}:${location}`;
  const root = `${base.scheme}://${hostHeader(base)}`;
  if (location.startsWith("/")) return root + location;
  return `${root}${base.path.replace(/\?.*$/, "").replace(/[^/]*$/, "")}${location}`;
}

/** Percent-encodes all but unreserved characters. */
export function percentEncode(bytes: Uint8Array): string {
  let result = "";
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    result += /[A-Za-z0-9\-._~]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return result;
}
