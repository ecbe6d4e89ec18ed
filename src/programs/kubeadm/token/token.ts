import { base64, fromBase64, text, utf8 } from "../../../base/bytes.ts";
import { shortHumanDuration } from "../../../base/duration.ts";
import { rfc3339 } from "../../../base/rfc3339.ts";
import { parseTime } from "../../../kube/api/time.ts";
import type { Secret } from "../../../kube/api/types.generated.ts";
import type { RandomStream } from "../../../sim/random.ts";
import type { TokenWish } from "../configuration.ts";

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

export const TOKEN_PATTERN = "\\A([a-z0-9]{6})\\.([a-z0-9]{16})\\z";
export const TOKEN_ID_PATTERN = "\\A([a-z0-9]{6})\\z";

/** A new bootstrap token. */
export function newToken(random: RandomStream): string {
  return `${random.letters(6, ALPHABET)}.${random.letters(16, ALPHABET)}`;
}

export function isToken(token: string): boolean {
  return /^[a-z0-9]{6}\.[a-z0-9]{16}$/.test(token);
}

/** A bootstrap token as kubeadm speaks of it. */
export interface BootstrapToken {
  readonly token: string;
  readonly description: string;
  /** RFC 3339; empty: never. */
  readonly expires: string;
  readonly usages: readonly string[];
  readonly groups: readonly string[];
}

/** A token that is to be made now, with the moment when it runs out. */
export function tokenFrom({ ttlMs, ...wish }: TokenWish, now: number): BootstrapToken {
  return { ...wish, expires: ttlMs === 0 ? "" : rfc3339(now + ttlMs) };
}

/** The secret that keeps a token. */
export function secretOf(token: BootstrapToken): Secret {
  const [id = "", secret = ""] = token.token.split(".");
  const data: Record<string, string> = {
    ...(token.groups.length === 0 ? {} : { "auth-extra-groups": token.groups.join(",") }),
    ...(token.description === "" ? {} : { description: token.description }),
    ...(token.expires === "" ? {} : { expiration: token.expires }),
    "token-id": id,
    "token-secret": secret,
  };
  for (const usage of token.usages) data[`usage-bootstrap-${usage}`] = "true";
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `bootstrap-token-${id}`, namespace: "kube-system" },
    type: "bootstrap.kubernetes.io/token",
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(utf8(value))])),
  };
}

/** Reads a token's secret; a text when it is none. */
export function tokenOf(secret: Secret): BootstrapToken | string {
  const value = (key: string) => {
    const decoded = fromBase64(secret.data?.[key] ?? "");
    return "bytes" in decoded ? text(decoded.bytes) : "";
  };
  const id = value("token-id");
  const name = secret.metadata.name ?? "";
  if (id === "") return `bootstrap Token Secret has no token-id data: ${name}`;
  if (name !== `bootstrap-token-${id}`)
    return `bootstrap token name is not of the form 'bootstrap-token-(token-id)'. Actual: ${JSON.stringify(name)}. Expected: ${JSON.stringify(`bootstrap-token-${id}`)}`;
  if (value("token-secret") === "") return `bootstrap Token Secret has no token-secret data: ${name}`;
  return {
    token: `${id}.${value("token-secret")}`,
    description: value("description"),
    expires: value("expiration"),
    usages: Object.keys(secret.data ?? {})
      .filter((key) => key.startsWith("usage-bootstrap-") && value(key) === "true")
      .map((key) => key.slice("usage-bootstrap-".length))
      .sort(),
    groups: value("auth-extra-groups")
      .split(",")
      .filter((group) => group !== ""),
  };
}

/** A row of `token list`. */
export function tokenRow(token: BootstrapToken, now: number): string {
  const until = parseTime(token.expires);
  return [
    token.token,
    until === undefined ? "<forever>" : shortHumanDuration(until - now),
    token.expires || "<never>",
    token.usages.join(",") || "<none>",
    token.description || "<none>",
    token.groups.join(",") || "<none>",
  ].join("\t");
}
