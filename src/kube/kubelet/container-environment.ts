import { fromBase64, text } from "../../base/bytes.ts";
import type { Task } from "../../sim/task.ts";
import { containerResource } from "../api/container-resource.ts";
import type { ConfigMap, Container, EnvVar, EnvVarSource, Pod, Secret, Service } from "../api/types.generated.ts";

/** A container that cannot be configured: `CreateContainerConfigError`. */
export class ContainerConfigError extends Error {}

/** Where environment variables come from. Missing objects give undefined. */
export interface EnvironmentSources {
  configMap(namespace: string, name: string): Task<ConfigMap | undefined>;
  secret(namespace: string, name: string): Task<Secret | undefined>;
  services(): Iterable<Service>;
  readonly nodeName: string;
  readonly hostIp: string;
}

type Variables = Map<string, string>;

/**
 * The environment of a container, in upstream's order of precedence: services, envFrom, env.
 * Mirrors pkg/kubelet kubelet_pods.go makeEnvironmentVariables. Throws `ContainerConfigError`.
 */
export function* containerEnvironment(
  pod: Pod,
  container: Container,
  podIp: string,
  sources: EnvironmentSources,
): Task<{ readonly name: string; readonly value: string }[]> {
  const result: Variables = new Map();
  const services = serviceVariables(pod, sources);
  yield* addFromSources(pod, container, sources, result);
  for (const variable of container.env ?? []) {
    const value = yield* variableValue(pod, container, variable, podIp, sources, result, services);
    if (value !== undefined) result.set(variable.name, value);
  }
  for (const [name, value] of services) if (!result.has(name)) result.set(name, value);
  return [...result].map(([name, value]) => ({ name, value }));
}

function* addFromSources(pod: Pod, container: Container, sources: EnvironmentSources, result: Variables): Task<void> {
  const namespace = pod.metadata.namespace ?? "";
  for (const { prefix = "", configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef !== undefined) {
      const map = yield* sources.configMap(namespace, configMapRef.name ?? "");
      if (map === undefined && configMapRef.optional !== true) throw missing("configmap", configMapRef.name);
      for (const [key, value] of Object.entries(map?.data ?? {})) result.set(prefix + key, value);
    }
    if (secretRef !== undefined) {
      const secret = yield* sources.secret(namespace, secretRef.name ?? "");
      if (secret === undefined && secretRef.optional !== true) throw missing("secret", secretRef.name);
      for (const [key, value] of Object.entries(secret?.data ?? {})) result.set(prefix + key, decoded(value));
    }
  }
}

function* variableValue(
  pod: Pod,
  container: Container,
  variable: EnvVar,
  podIp: string,
  sources: EnvironmentSources,
  known: Variables,
  services: Variables,
): Task<string | undefined> {
  if (variable.valueFrom === undefined) {
    return expand(variable.value ?? "", (name) => known.get(name) ?? services.get(name));
  }
  return yield* referenced(pod, container, variable.valueFrom, podIp, sources);
}

function* referenced(
  pod: Pod,
  container: Container,
  from: EnvVarSource,
  podIp: string,
  sources: EnvironmentSources,
): Task<string | undefined> {
  const namespace = pod.metadata.namespace ?? "";
  if (from.fieldRef !== undefined) return fieldValue(pod, from.fieldRef.fieldPath, podIp, sources);
  if (from.resourceFieldRef !== undefined)
    return containerResource(container, from.resourceFieldRef.resource, from.resourceFieldRef.divisor);
  if (from.configMapKeyRef !== undefined) {
    const { name = "", key, optional } = from.configMapKeyRef;
    const map = yield* sources.configMap(namespace, name);
    if (map === undefined) return absent(optional, `configmap ${JSON.stringify(name)} not found`);
    return map.data?.[key] ?? absent(optional, `couldn't find key ${key} in ConfigMap ${namespace}/${name}`);
  }
  if (from.secretKeyRef !== undefined) {
    const { name = "", key, optional } = from.secretKeyRef;
    const secret = yield* sources.secret(namespace, name);
    if (secret === undefined) return absent(optional, `secret ${JSON.stringify(name)} not found`);
    const value = secret.data?.[key];
    return value === undefined
      ? absent(optional, `couldn't find key ${key} in Secret ${namespace}/${name}`)
      : decoded(value);
  }
  return undefined;
}

function absent(optional: boolean | undefined, message: string): undefined {
  if (optional === true) return undefined;
  throw new ContainerConfigError(message);
}

function missing(kind: string, name: string | undefined): ContainerConfigError {
  return new ContainerConfigError(`${kind} ${JSON.stringify(name ?? "")} not found`);
}

function decoded(value: string): string {
  const result = fromBase64(value);
  return "bytes" in result ? text(result.bytes) : "";
}

/** A field of the pod as the downward API names it. */
export function fieldValue(
  pod: Pod,
  path: string,
  podIp: string,
  node: { readonly nodeName: string; readonly hostIp: string },
): string {
  const quoted = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (quoted !== null)
    return (quoted[1] === "labels" ? pod.metadata.labels : pod.metadata.annotations)?.[quoted[2] ?? ""] ?? "";
  switch (path) {
    case "metadata.name":
      return pod.metadata.name ?? "";
    case "metadata.namespace":
      return pod.metadata.namespace ?? "";
    case "metadata.uid":
      return pod.metadata.uid ?? "";
    case "metadata.labels":
      return formatMap(pod.metadata.labels);
    case "metadata.annotations":
      return formatMap(pod.metadata.annotations);
    case "spec.nodeName":
      return node.nodeName;
    case "spec.serviceAccountName":
      return pod.spec.serviceAccountName ?? "";
    case "status.hostIP":
    case "status.hostIPs":
      return node.hostIp;
    case "status.podIP":
    case "status.podIPs":
      return podIp;
    default:
      return "";
  }
}

function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}=${JSON.stringify(map?.[key] ?? "")}`)
    .join("\n");
}

/** `$(NAME)` becomes the variable's value; `$$(NAME)` the text `$(NAME)`; unknown names stay. */
export function expand(input: string, lookup: (name: string) => string | undefined): string {
  return input.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) => {
    if (name === undefined) return "$";
    return lookup(name) ?? whole;
  });
}

/** Docker-link style variables of the services that the pod may see. */
function serviceVariables(pod: Pod, sources: EnvironmentSources): Variables {
  const result: Variables = new Map();
  const links = pod.spec.enableServiceLinks !== false;
  for (const service of sources.services()) {
    const { name = "", namespace } = service.metadata;
    const master = namespace === "default" && name === "kubernetes";
    const ip = service.spec?.clusterIP ?? "";
    if (ip === "" || ip === "None") continue;
    if (master || (links && namespace === pod.metadata.namespace)) addService(result, name, ip, service);
  }
  return result;
}

function addService(result: Variables, name: string, ip: string, service: Service): void {
  const prefix = name.toUpperCase().replaceAll("-", "_");
  const ports = service.spec?.ports ?? [];
  const first = ports[0];
  result.set(`${prefix}_SERVICE_HOST`, ip);
  result.set(`${prefix}_SERVICE_PORT`, String(first?.port ?? 0));
  for (const port of ports) {
    if (port.name)
      result.set(`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replaceAll("-", "_")}`, String(port.port));
  }
  for (const port of ports) {
    const protocol = port.protocol ?? "TCP";
    const url = `${protocol.toLowerCase()}://${ip}:${port.port}`;
    if (port === first) result.set(`${prefix}_PORT`, url);
    const own = `${prefix}_PORT_${port.port}_${protocol}`;
    result.set(own, url);
    result.set(`${own}_PROTO`, protocol.toLowerCase());
    result.set(`${own}_PORT`, String(port.port));
    result.set(`${own}_ADDR`, ip);
  }
}
