import { CommandError } from "../core/failure.ts";
import { type Fields, listAt, numberAt, textAt } from "../core/fields.ts";

/** A port here and the port of the pod behind it. */
export interface ForwardedPort {
  /** 0: any that is free. */
  readonly local: number;
  readonly remote: number;
}

/** Reads `[LOCAL:]REMOTE`; names are looked up in the service (when there is one) and in the pod. Throws `CommandError`. */
export function forwardedPort(text: string, pod: Fields, service: Fields | undefined): ForwardedPort {
  const [first = "", second, ...more] = text.split(":");
  const name = second ?? first;
  if (more.length > 0) throw new CommandError(`invalid port format '${text}'`);
  if (name === "") throw new CommandError("remote port cannot be empty");
  const remote = service === undefined ? podPort(pod, name) : behindService(service, pod, name);
  if (second === undefined) {
    const shown = service !== undefined && !isNumber(name) ? servicePort(service, name) : remote;
    return { local: service !== undefined && isNumber(name) ? portNumber(name, text) : shown, remote };
  }
  return { local: first === "" ? 0 : portNumber(first, text), remote };
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function portNumber(text: string, whole: string): number {
  const port = isNumber(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(port)) {
    throw new CommandError(
      `error parsing local port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  if (port > 65_535) {
    throw new CommandError(
      `error parsing local port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`,
    );
  }
  if (whole === "") throw new CommandError("remote port must be > 0");
  return port;
}

function podPort(pod: Fields, name: string): number {
  if (isNumber(name)) {
    const port = portNumber(name, name);
    if (port === 0) throw new CommandError("remote port must be > 0");
    refuseUdp(
      listAt(pod, "spec", "containers").flatMap((container) => listAt(container, "ports")),
      "containerPort",
      port,
      name,
    );
    return port;
  }
  return namedPodPort(pod, name);
}

function namedPodPort(pod: Fields, name: string): number {
  for (const container of listAt(pod, "spec", "containers")) {
    const port = listAt(container, "ports").find((one) => textAt(one, "name") === name);
    if (port !== undefined) return numberAt(port, "containerPort") ?? 0;
  }
  throw new CommandError(`Pod '${textAt(pod, "metadata", "name")}' does not have a named port '${name}'`);
}

function servicePort(service: Fields, name: string): number {
  const found = listAt(service, "spec", "ports").find((one) => textAt(one, "name") === name);
  if (found !== undefined) return numberAt(found, "port") ?? 0;
  throw new CommandError(`Service '${textAt(service, "metadata", "name")}' does not have a named port '${name}'`);
}

/** The container's port that a service's port leads to. */
function behindService(service: Fields, pod: Fields, name: string): number {
  const port = isNumber(name) ? Number(name) : servicePort(service, name);
  const ports = listAt(service, "spec", "ports");
  refuseUdp(ports, "port", port, name);
  const found = ports.find((one) => numberAt(one, "port") === port);
  if (found === undefined) {
    throw new CommandError(`Service ${textAt(service, "metadata", "name")} does not have a service port ${port}`);
  }
  if (textAt(service, "spec", "clusterIP") === "None") return port;
  const target = textAt(found, "targetPort");
  if (target === "") return port;
  return isNumber(target) ? Number(target) : namedPodPort(pod, target);
}

function refuseUdp(ports: readonly unknown[], key: string, wanted: number, shown: string): void {
  const protocols = ports.filter((port) => numberAt(port, key) === wanted).map((port) => textAt(port, "protocol"));
  if (protocols.includes("UDP") && !protocols.includes("TCP")) {
    throw new CommandError(`UDP protocol is not supported for ${shown}`);
  }
}
