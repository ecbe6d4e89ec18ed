import { goQuote } from "../../../base/go-quote.ts";
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
  const local = second === undefined ? localText(name, remote, service) : first;
  const ports = {
    local: local === "" ? 0 : portNumber(local, "local"),
    remote: portNumber(String(remote), "remote"),
  };
  if (ports.remote === 0) throw new CommandError("remote port must be > 0");
  return ports;
}

/** The port here when only that of the pod or the service was named. */
function localText(name: string, remote: number, service: Fields | undefined): string {
  if (isNumber(name)) return name;
  return String(service === undefined ? remote : servicePort(service, name));
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function portNumber(text: string, side: "local" | "remote"): number {
  if (isNumber(text) && Number(text) <= 65_535) return Number(text);
  const why = isNumber(text) ? "value out of range" : "invalid syntax";
  const parsing = `strconv.ParseUint: parsing ${goQuote(text)}: ${why}`;
  throw new CommandError(`error parsing ${side} port '${text}': ${parsing}`);
}

function podPort(pod: Fields, name: string): number {
  if (!isNumber(name)) return namedPodPort(pod, name);
  const port = Number(name);
  const ports = listAt(pod, "spec", "containers").flatMap((container) => listAt(container, "ports"));
  refuseUdp(ports, "containerPort", port, name);
  return port;
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
