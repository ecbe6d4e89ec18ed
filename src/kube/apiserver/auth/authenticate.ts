import { fromBase64, text } from "../../../base/bytes.ts";
import type { Certificate } from "../../../pki/certificate.ts";
import { verifyCertificate } from "../../../pki/chain.ts";
import { parseJwt, verifyJwt } from "../../../pki/jwt.ts";
import type { PublicKey } from "../../../pki/keys.ts";
import type { Clock } from "../../../sim/clock.ts";
import type { HttpRequest } from "../../../sim/http.ts";
import { parseTime } from "../../api/time.ts";
import type { Pod, Secret, ServiceAccount } from "../../api/types.generated.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import { firstValue, type UserInfo } from "../request/api-request.ts";
import { fingerprint } from "./fingerprint.ts";

const ANONYMOUS: UserInfo = { name: "system:anonymous", groups: ["system:unauthenticated"] };
const AUTHENTICATED = "system:authenticated";
const BOOTSTRAP_TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;

/** What authenticators know of the world. */
export interface AuthenticationSettings {
  readonly clientCas: readonly Certificate[];
  readonly frontProxyCas: readonly Certificate[];
  readonly frontProxyNames: readonly string[];
  readonly serviceAccountKeys: readonly PublicKey[];
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly bootstrapTokens: boolean;
  readonly anonymous: boolean;
}

/** Finds out who sends a request (pkg/kubeapiserver/authenticator): client certificates, tokens, else nobody. */
export class Authenticator {
  private readonly settings: AuthenticationSettings;
  private readonly index: KindIndex;
  private readonly clock: Clock;

  constructor(settings: AuthenticationSettings, index: KindIndex, clock: Clock) {
    this.settings = settings;
    this.index = index;
    this.clock = clock;
  }

  /** The sender; undefined when it showed something that is no good (401). */
  authenticate(request: HttpRequest, peer: readonly Certificate[]): UserInfo | undefined {
    const proxied = this.fromFrontProxy(request, peer);
    if (proxied !== undefined) return proxied;
    const byCertificate = peer[0] === undefined ? undefined : this.fromCertificate(peer);
    if (byCertificate !== undefined) return byCertificate;
    const authorization = firstValue(request.headers, "authorization") ?? "";
    if (authorization.startsWith("Bearer ")) return this.fromToken(authorization.slice(7).trim())?.user;
    if (peer[0] !== undefined || !this.settings.anonymous) return undefined;
    return authorization === "" ? ANONYMOUS : undefined;
  }

  private fromCertificate(peer: readonly Certificate[]): UserInfo | undefined {
    const leaf = peer[0];
    if (leaf === undefined || !this.trusted(peer, this.settings.clientCas)) return undefined;
    const { commonName, organizations } = leaf.subject;
    if (commonName === "") return undefined;
    return {
      name: commonName,
      groups: [...organizations, AUTHENTICATED],
      extra: { "authentication.kubernetes.io/credential-id": [`X509SHA256=${certificateId(leaf)}`] },
    };
  }

  private trusted(peer: readonly Certificate[], roots: readonly Certificate[]): boolean {
    const leaf = peer[0];
    if (leaf === undefined || roots.length === 0) return false;
    const options = {
      roots,
      intermediates: peer.slice(1),
      usage: "clientAuth" as const,
      hostname: "",
      nowMs: this.clock.now,
    };
    return verifyCertificate(leaf, options) === undefined;
  }

  private fromFrontProxy(request: HttpRequest, peer: readonly Certificate[]): UserInfo | undefined {
    const name = firstValue(request.headers, "x-remote-user");
    if (name === undefined || !this.trusted(peer, this.settings.frontProxyCas)) return undefined;
    const { frontProxyNames } = this.settings;
    if (frontProxyNames.length > 0 && !frontProxyNames.includes(peer[0]?.subject.commonName ?? "")) return undefined;
    const groups = request.headers["x-remote-group"] ?? [];
    return { name, groups: [...(typeof groups === "string" ? [groups] : groups), AUTHENTICATED] };
  }

  /** Judges a bearer token; also behind TokenReview. */
  fromToken(token: string): { readonly user: UserInfo; readonly audiences: readonly string[] } | undefined {
    const bootstrap = BOOTSTRAP_TOKEN.exec(token);
    if (bootstrap !== null && this.settings.bootstrapTokens)
      return this.fromBootstrapToken(bootstrap[1] ?? "", bootstrap[2] ?? "");
    return this.fromServiceAccountToken(token);
  }

  private fromServiceAccountToken(token: string): { user: UserInfo; audiences: readonly string[] } | undefined {
    const jwt = parseJwt(token);
    if (jwt === undefined || !verifyJwt(jwt, this.settings.serviceAccountKeys)) return undefined;
    const claims = jwt.claims as TokenClaims;
    if (claims.iss === LEGACY_ISSUER) return this.fromSecretToken(token, jwt.claims);
    const now = this.clock.now / 1000;
    if (claims.iss !== this.settings.issuer || now >= (claims.exp ?? 0) || now < (claims.nbf ?? 0)) return undefined;
    const audiences = typeof claims.aud === "string" ? [claims.aud] : (claims.aud ?? []);
    if (!audiences.some((audience) => this.settings.audiences.includes(audience))) return undefined;
    const of = claims["kubernetes.io"];
    const namespace = of?.namespace ?? "";
    const account = this.find<ServiceAccount>("serviceaccounts", `${namespace}/${of?.serviceaccount?.name ?? ""}`);
    if (account === undefined || of === undefined || account.metadata.uid !== of.serviceaccount?.uid) return undefined;
    if (account.metadata.deletionTimestamp != null) return undefined;
    const pod = of.pod;
    if (pod !== undefined) {
      const bound = this.find<Pod>("pods", `${namespace}/${pod.name}`);
      if (bound === undefined || bound.metadata.uid !== pod.uid) return undefined;
    }
    return { user: serviceAccountUser(account, claims), audiences };
  }

  /** A token without end, good as long as its secret holds it (pkg/serviceaccount/legacy.go). */
  private fromSecretToken(
    token: string,
    claims: Readonly<Record<string, unknown>>,
  ): { user: UserInfo; audiences: readonly string[] } | undefined {
    const claim = (name: string) => String(claims[`kubernetes.io/serviceaccount/${name}`] ?? "");
    const namespace = claim("namespace");
    const secret = this.find<Secret>("secrets", `${namespace}/${claim("secret.name")}`);
    if (secret === undefined || secret.metadata.deletionTimestamp != null) return undefined;
    if (decoded(secret.data?.["token"]) !== token) return undefined;
    const account = this.find<ServiceAccount>("serviceaccounts", `${namespace}/${claim("service-account.name")}`);
    if (account === undefined || account.metadata.uid !== claim("service-account.uid")) return undefined;
    if (account.metadata.deletionTimestamp != null) return undefined;
    return { user: serviceAccountUser(account, {}), audiences: this.settings.audiences };
  }

  private fromBootstrapToken(id: string, secret: string): { user: UserInfo; audiences: readonly string[] } | undefined {
    const stored = this.find<Secret>("secrets", `kube-system/bootstrap-token-${id}`);
    if (
      stored === undefined ||
      stored.type !== "bootstrap.kubernetes.io/token" ||
      stored.metadata.deletionTimestamp != null
    )
      return undefined;
    const value = (key: string) => decoded(stored.data?.[key]);
    const expires = parseTime(value("expiration"));
    if (expires !== undefined && expires <= this.clock.now) return undefined;
    if (
      value("token-secret") !== secret ||
      value("token-id") !== id ||
      value("usage-bootstrap-authentication") !== "true"
    )
      return undefined;
    const more = value("auth-extra-groups")
      .split(",")
      .filter((group) => group !== "");
    const user = { name: `system:bootstrap:${id}`, groups: ["system:bootstrappers", ...more, AUTHENTICATED] };
    return { user, audiences: [] };
  }

  private find<T>(resource: string, place: string): T | undefined {
    const cache = this.index.cache("", "v1", resource);
    return cache.get(cache.prefix + place)?.object as T | undefined;
  }
}

const LEGACY_ISSUER = "kubernetes/serviceaccount";

interface TokenClaims {
  readonly iss?: string;
  readonly exp?: number;
  readonly nbf?: number;
  readonly jti?: string;
  readonly aud?: string | readonly string[];
  readonly "kubernetes.io"?: {
    readonly namespace: string;
    readonly serviceaccount: { readonly name: string; readonly uid: string };
    readonly pod?: { readonly name: string; readonly uid: string };
    readonly node?: { readonly name: string; readonly uid: string };
  };
}

function serviceAccountUser(account: ServiceAccount, claims: TokenClaims): UserInfo {
  const { namespace = "", name = "", uid } = account.metadata;
  const of = claims["kubernetes.io"];
  const extra: Record<string, string[]> = {};
  if (claims.jti !== undefined) extra["authentication.kubernetes.io/credential-id"] = [`JTI=${claims.jti}`];
  if (of?.node !== undefined) {
    extra["authentication.kubernetes.io/node-name"] = [of.node.name];
    extra["authentication.kubernetes.io/node-uid"] = [of.node.uid];
  }
  if (of?.pod !== undefined) {
    extra["authentication.kubernetes.io/pod-name"] = [of.pod.name];
    extra["authentication.kubernetes.io/pod-uid"] = [of.pod.uid];
  }
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, AUTHENTICATED],
    extra,
  };
}

function decoded(value: string | undefined): string {
  const result = fromBase64(value ?? "");
  return "bytes" in result ? text(result.bytes) : "";
}

const ids = new WeakMap<Certificate, string>();

function certificateId(certificate: Certificate): string {
  const known = ids.get(certificate);
  if (known !== undefined) return known;
  const id = fingerprint(certificate.der);
  ids.set(certificate, id);
  return id;
}
