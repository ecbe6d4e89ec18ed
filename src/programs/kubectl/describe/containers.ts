import { at, type Fields, fields, fieldsAt, listAt, numberAt, stringsAt, textAt } from "../core/fields.ts";
import { describeEnv, describeEnvFrom } from "./environment.ts";
import { type DescribeWriter, longTime } from "./writer.ts";

/** `Containers:` of a pod or a pod template. `statuses` undefined: a template. `space` widens names' indentation. */
export function describeContainers(
  writer: DescribeWriter,
  label: string,
  containers: readonly unknown[],
  statuses: readonly unknown[] | undefined,
  space: string,
): void {
  writer.line(0, `${space}${label}:${containers.length === 0 ? " <none>" : ""}`);
  for (const container of containers) {
    const name = textAt(container, "name");
    const status = (statuses ?? []).find((one) => textAt(one, "name") === name);
    describeBasics(writer, name, fields(container), status === undefined ? undefined : fields(status), space);
    describeCommand(writer, fields(container));
    if (status !== undefined) describeState(writer, fields(status));
    describeResources(writer, fields(container));
    describeProbes(writer, fields(container));
    describeEnvFrom(writer, listAt(container, "envFrom"));
    describeEnv(writer, fields(container));
    describeMounts(writer, fields(container));
  }
}

function describeBasics(
  writer: DescribeWriter,
  name: string,
  container: Fields,
  status: Fields | undefined,
  space: string,
): void {
  const nameIndent = space === "" ? "  " : "   ";
  const indent = "    ";
  writer.raw(`${nameIndent}${name}:\n`);
  if (status !== undefined) writer.raw(`${indent}Container ID:\t${textAt(status, "containerID")}\n`);
  writer.raw(`${indent}Image:\t${textAt(container, "image")}\n`);
  if (status !== undefined) writer.raw(`${indent}Image ID:\t${textAt(status, "imageID")}\n`);
  const ports = listAt(container, "ports");
  const several = ports.length > 1 ? "s" : "";
  writer.raw(`${indent}Port${several}:\t${portText(ports, "containerPort")}\n`);
  writer.raw(`${indent}Host Port${several}:\t${portText(ports, "hostPort")}\n`);
}

function portText(ports: readonly unknown[], key: string): string {
  if (ports.length === 0) return "<none>";
  return ports
    .map((port) => {
      const name = textAt(port, "name");
      return `${numberAt(port, key) ?? 0}/${textAt(port, "protocol")}${name === "" ? "" : ` (${name})`}`;
    })
    .join(", ");
}

function describeCommand(writer: DescribeWriter, container: Fields): void {
  for (const [label, key] of [
    ["Command", "command"],
    ["Args", "args"],
  ] as const) {
    const words = listAt(container, key);
    if (words.length === 0) continue;
    writer.raw(`    ${label}:\n`);
    for (const word of words) {
      for (const line of String(word).split("\n")) writer.raw(`      ${line}\n`);
    }
  }
}

function describeState(writer: DescribeWriter, status: Fields): void {
  oneState(writer, "State", fieldsAt(status, "state"));
  const last = fieldsAt(status, "lastState");
  if (Object.keys(fieldsAt(last, "terminated")).length > 0) oneState(writer, "Last State", last);
  writer.raw(`    Ready:\t${at(status, "ready") === true ? "True" : "False"}\n`);
  writer.raw(`    Restart Count:\t${numberAt(status, "restartCount") ?? 0}\n`);
}

function oneState(writer: DescribeWriter, label: string, state: Fields): void {
  const indent = "    ";
  if (Object.hasOwn(state, "running")) {
    writer.raw(`${indent}${label}:\tRunning\n`);
    writer.raw(`${indent}  Started:\t${longTime(textAt(state, "running", "startedAt"))}\n`);
  } else if (Object.hasOwn(state, "terminated")) {
    const ended = fieldsAt(state, "terminated");
    writer.raw(`${indent}${label}:\tTerminated\n`);
    if (textAt(ended, "reason") !== "") writer.raw(`${indent}  Reason:\t${textAt(ended, "reason")}\n`);
    if (textAt(ended, "message") !== "") writer.raw(`${indent}  Message:\t${textAt(ended, "message")}\n`);
    writer.raw(`${indent}  Exit Code:\t${numberAt(ended, "exitCode") ?? 0}\n`);
    if ((numberAt(ended, "signal") ?? 0) > 0) writer.raw(`${indent}  Signal:\t${numberAt(ended, "signal")}\n`);
    writer.raw(`${indent}  Started:\t${longTime(textAt(ended, "startedAt"))}\n`);
    writer.raw(`${indent}  Finished:\t${longTime(textAt(ended, "finishedAt"))}\n`);
  } else {
    writer.raw(`${indent}${label}:\tWaiting\n`);
    const reason = textAt(state, "waiting", "reason");
    if (reason !== "") writer.raw(`${indent}  Reason:\t${reason}\n`);
  }
}

function describeResources(writer: DescribeWriter, container: Fields): void {
  for (const [label, key] of [
    ["Limits", "limits"],
    ["Requests", "requests"],
  ] as const) {
    const amounts = stringsAt(container, "resources", key);
    const names = Object.keys(amounts).sort();
    if (names.length === 0) continue;
    writer.raw(`    ${label}:\n`);
    for (const name of names) writer.raw(`      ${name}:\t${amounts[name]}\n`);
  }
}

function describeProbes(writer: DescribeWriter, container: Fields): void {
  const probes = [
    ["Liveness", "livenessProbe"],
    ["Readiness", "readinessProbe"],
    ["Startup", "startupProbe"],
  ] as const;
  for (const [label, key] of probes) {
    const probe = fieldsAt(container, key);
    if (Object.keys(probe).length > 0) writer.raw(`    ${label}:\t${probeText(probe)}\n`);
  }
}

/** `http-get http://:80/ delay=0s timeout=1s period=10s #success=1 #failure=3` */
function probeText(probe: Fields): string {
  const number = (key: string) => numberAt(probe, key) ?? 0;
  const attributes = `delay=${number("initialDelaySeconds")}s timeout=${number("timeoutSeconds")}s period=${number("periodSeconds")}s #success=${number("successThreshold")} #failure=${number("failureThreshold")}`;
  if (Object.hasOwn(probe, "exec")) return `exec [${listAt(probe, "exec", "command").join(" ")}] ${attributes}`;
  if (Object.hasOwn(probe, "httpGet")) {
    const get = fieldsAt(probe, "httpGet");
    const scheme = (textAt(get, "scheme") || "HTTP").toLowerCase();
    const port = textAt(get, "port");
    const path = textAt(get, "path");
    return `http-get ${scheme}://${textAt(get, "host")}:${port}${path.startsWith("/") || path === "" ? path : `/${path}`} ${attributes}`;
  }
  if (Object.hasOwn(probe, "tcpSocket")) {
    return `tcp-socket ${textAt(probe, "tcpSocket", "host")}:${textAt(probe, "tcpSocket", "port")} ${attributes}`;
  }
  if (Object.hasOwn(probe, "grpc")) {
    return `grpc <pod>:${textAt(probe, "grpc", "port")} ${textAt(probe, "grpc", "service")} ${attributes}`;
  }
  return `unknown ${attributes}`;
}

function describeMounts(writer: DescribeWriter, container: Fields): void {
  const mounts = [...listAt(container, "volumeMounts")].sort((a, b) =>
    textAt(a, "mountPath") < textAt(b, "mountPath") ? -1 : 1,
  );
  writer.raw(`    Mounts:${mounts.length === 0 ? "\t<none>" : ""}\n`);
  for (const mount of mounts) {
    const subPath = textAt(mount, "subPath");
    const flags = [at(mount, "readOnly") === true ? "ro" : "rw", ...(subPath === "" ? [] : [`path="${subPath}"`])];
    writer.raw(`      ${textAt(mount, "mountPath")} from ${textAt(mount, "name")} (${flags.join(",")})\n`);
  }
}
