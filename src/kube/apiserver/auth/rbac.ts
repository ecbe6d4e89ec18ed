import type { KubeObject } from "../../api/kube-object.ts";
import type { ClusterRole, PolicyRule, RoleBinding, Subject } from "../../api/types.generated.ts";
import type { KindIndex } from "../registry/kind-index.ts";
import type { UserInfo } from "../request/api-request.ts";
import type { CacheEvent, CacheSubscriber, ResourceCache } from "../storage/resource-cache.ts";
import type { AccessRequest, Decision } from "./attributes.ts";

const GROUP = "rbac.authorization.k8s.io";

/** A binding with its subjects made comparable. */
interface IndexedBinding {
  readonly binding: RoleBinding;
  readonly namespace: string;
}

/** A decision whose reason is written for those who ask for it: reviews do, requests don't. */
class Allowed implements Decision {
  readonly allowed = true;
  private readonly binding: RoleBinding;
  private readonly subject: Subject;

  constructor(binding: RoleBinding, subject: Subject) {
    this.binding = binding;
    this.subject = subject;
  }

  get reason(): string {
    return `RBAC: allowed by ${describeBinding(this.binding, this.subject)}`;
  }
}

/**
 * Role-based access from the stored objects. Bindings are indexed by subject, so that a decision looks only at what
 * may concern the user:
 *
 *     user, groups ──▶ bindings (cluster-wide, then the namespace's) ──▶ role's rules ──▶ first that allows
 */
export class RbacAuthorizer {
  private readonly roles: ResourceCache;
  private readonly clusterRoles: ResourceCache;
  private readonly clusterBindings: BindingIndex;
  private readonly bindings: BindingIndex;

  constructor(index: KindIndex) {
    this.roles = index.cache(GROUP, "v1", "roles");
    this.clusterRoles = index.cache(GROUP, "v1", "clusterroles");
    this.clusterBindings = new BindingIndex(index.cache(GROUP, "v1", "clusterrolebindings"));
    this.bindings = new BindingIndex(index.cache(GROUP, "v1", "rolebindings"));
  }

  authorize(request: AccessRequest): Decision {
    const missing: string[] = [];
    const judge = (bound: IndexedBinding, subject: Subject): Decision | undefined => {
      const rules = this.rulesOf(bound, missing);
      return rules.some((rule) => allows(rule, request)) ? new Allowed(bound.binding, subject) : undefined;
    };
    const found =
      this.clusterBindings.first(request.user, "", judge) ??
      (request.namespace === "" ? undefined : this.bindings.first(request.user, request.namespace, judge));
    if (found !== undefined) return found;
    if (missing.length === 0) return { allowed: false, reason: "" };
    return { allowed: false, reason: `RBAC: ${missing.length === 1 ? missing[0] : `[${missing.join(", ")}]`}` };
  }

  /** All rules that concern a user in a namespace, for SelfSubjectRulesReview and escalation checks. */
  rulesFor(user: UserInfo, namespace: string): readonly PolicyRule[] {
    const rules: PolicyRule[] = [];
    const collect = (bound: IndexedBinding): undefined => {
      rules.push(...this.rulesOf(bound, []));
      return undefined;
    };
    this.clusterBindings.first(user, "", collect);
    if (namespace !== "") this.bindings.first(user, namespace, collect);
    return rules;
  }

  /** The rules of a role; undefined when there is none. */
  roleRules(kind: string, namespace: string, name: string): readonly PolicyRule[] | undefined {
    const cache = kind === "ClusterRole" ? this.clusterRoles : this.roles;
    const key = cache.prefix + (kind === "ClusterRole" ? name : `${namespace}/${name}`);
    const role = cache.get(key)?.object as ClusterRole | undefined;
    return role === undefined ? undefined : (role.rules ?? []);
  }

  private rulesOf({ binding, namespace }: IndexedBinding, missing: string[]): readonly PolicyRule[] {
    const { kind = "", name = "" } = binding.roleRef ?? {};
    const rules = this.roleRules(kind, namespace, name);
    if (rules === undefined) missing.push(`${kind.toLowerCase()}.${GROUP} ${JSON.stringify(name)} not found`);
    return rules ?? [];
  }
}

/** A binding as it is found by one of its subjects. */
interface Bound {
  readonly bound: IndexedBinding;
  readonly subject: Subject;
}

const NONE_BOUND: readonly Bound[] = [];

type Judge = (bound: IndexedBinding, subject: Subject) => Decision | undefined;

/** Bindings by subject, kept up to date by the cache's events and rebuilt when the cache starts anew. */
class BindingIndex implements CacheSubscriber {
  private readonly cache: ResourceCache;
  /** By namespace, then by subject. */
  private readonly bySubject = new Map<string, Map<string, Bound[]>>();
  private stale = true;

  constructor(cache: ResourceCache) {
    this.cache = cache;
  }

  onEvent(_event: CacheEvent): void {
    this.stale = true;
  }

  onEnd(): void {
    this.stale = true;
    this.subscribed = false;
  }

  private subscribed = false;

  first(user: UserInfo, namespace: string, judge: Judge): Decision | undefined {
    if (this.stale) this.rebuild();
    const bySubject = this.bySubject.get(namespace);
    if (bySubject === undefined) return undefined;
    for (const key of subjectKeys(user)) {
      for (const { bound, subject } of bySubject.get(key) ?? NONE_BOUND) {
        const decision = judge(bound, subject);
        if (decision !== undefined) return decision;
      }
    }
    return undefined;
  }

  private rebuild(): void {
    if (!this.subscribed) {
      this.cache.subscribe(this, undefined);
      this.subscribed = true;
    }
    this.stale = false;
    this.bySubject.clear();
    for (const { object } of this.cache.list(this.cache.prefix)) this.add(object);
  }

  private add(object: KubeObject): void {
    const binding = object as RoleBinding;
    const namespace = binding.metadata.namespace ?? "";
    const bound = { binding, namespace };
    for (const subject of binding.subjects ?? []) {
      const bySubject = this.bySubject.get(namespace) ?? new Map<string, Bound[]>();
      this.bySubject.set(namespace, bySubject);
      const key = subjectKey(subject, namespace);
      const known = bySubject.get(key);
      if (known === undefined) bySubject.set(key, [{ bound, subject }]);
      else known.push({ bound, subject });
    }
  }
}

function describeBinding(binding: RoleBinding, subject: Subject): string {
  const { name = "", namespace = "" } = binding.metadata;
  const what =
    namespace === ""
      ? `ClusterRoleBinding ${JSON.stringify(name)}`
      : `RoleBinding ${JSON.stringify(`${name}/${namespace}`)}`;
  const who =
    subject.kind === "ServiceAccount"
      ? `ServiceAccount ${JSON.stringify(`${subject.name}/${subject.namespace ?? ""}`)}`
      : `${subject.kind} ${JSON.stringify(subject.name)}`;
  return `${what} of ${binding.roleRef?.kind ?? ""} ${JSON.stringify(binding.roleRef?.name ?? "")} to ${who}`;
}

function subjectKey(subject: Subject, namespace: string): string {
  if (subject.kind !== "ServiceAccount") return `${subject.kind}:${subject.name}`;
  return `User:system:serviceaccount:${subject.namespace || namespace}:${subject.name}`;
}

function subjectKeys(user: UserInfo): string[] {
  return [`User:${user.name}`, ...user.groups.map((group) => `Group:${group}`)];
}

/** Whether a rule allows what is asked (rbac/v1 evaluation_helpers). */
export function allows(rule: PolicyRule, request: AccessRequest): boolean {
  if (!includes(rule.verbs, request.verb)) return false;
  if (!request.isResource) return (rule.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, request.path));
  if (!includes(rule.apiGroups, request.group)) return false;
  if (!matchesResource(rule.resources ?? [], request.resource, request.subresource)) return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || names.includes(request.name);
}

function includes(list: readonly string[] | undefined | null, wanted: string): boolean {
  return list != null && (list.includes("*") || list.includes(wanted));
}

function matchesResource(resources: readonly string[], resource: string, subresource: string): boolean {
  const whole = subresource === "" ? resource : `${resource}/${subresource}`;
  return resources.some((one) => one === "*" || one === whole || (subresource !== "" && one === `*/${subresource}`));
}

function matchesPath(pattern: string, path: string): boolean {
  if (pattern === "*" || pattern === path) return true;
  return pattern.endsWith("*") && path.startsWith(pattern.slice(0, -1));
}
