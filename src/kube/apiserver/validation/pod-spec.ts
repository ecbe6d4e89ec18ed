import { compareQuantities } from "../../api/quantity.ts";
import type { Container, EnvVar, PodSpec, Probe, Toleration, Volume } from "../../api/types.generated.ts";
import type { FieldError } from "../status.ts";
import { validateLabels } from "./metadata.ts";
import {
  duplicate,
  forbiddenField,
  invalidField,
  invalidValue,
  labelProblems,
  labelValueProblems,
  notSupported,
  qualifiedNameProblems,
  required,
  subdomainProblems,
} from "./names.ts";

const NEGATIVE = "must be greater than or equal to 0";

/** Checks a pod's or template's spec (pkg/apis/core/validation ValidatePodSpec): what learners' mistakes meet. */
export function validatePodSpec(spec: PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const volumes = new Set<string>();
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    errors.push(...validateVolume(volume, `${field}.volumes[${index}]`, volumes));
  }
  if ((spec.containers ?? []).length === 0) errors.push(required(`${field}.containers`));
  const names = new Set<string>();
  for (const [index, container] of (spec.containers ?? []).entries()) {
    errors.push(...validateContainer(container, `${field}.containers[${index}]`, volumes, names));
  }
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    const where = `${field}.initContainers[${index}]`;
    errors.push(...validateContainer(container, where, volumes, names));
    if (container.restartPolicy === "Always") continue;
    for (const key of ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] as const) {
      if (container[key] == null) continue;
      errors.push(forbiddenField(`${where}.${key}`, "may not be set for init containers without restartPolicy=Always"));
    }
  }
  if (!["Always", "OnFailure", "Never"].includes(spec.restartPolicy ?? "")) {
    errors.push(notSupported(`${field}.restartPolicy`, spec.restartPolicy ?? "", ["Always", "OnFailure", "Never"]));
  }
  if (!["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"].includes(spec.dnsPolicy ?? "")) {
    errors.push(
      notSupported(`${field}.dnsPolicy`, spec.dnsPolicy ?? "", [
        "ClusterFirst",
        "ClusterFirstWithHostNet",
        "Default",
        "None",
      ]),
    );
  }
  if (spec.serviceAccountName)
    errors.push(
      ...invalidField(
        `${field}.serviceAccountName`,
        spec.serviceAccountName,
        subdomainProblems(spec.serviceAccountName),
      ),
    );
  if (spec.nodeName) errors.push(...invalidField(`${field}.nodeName`, spec.nodeName, subdomainProblems(spec.nodeName)));
  for (const [index, toleration] of (spec.tolerations ?? []).entries())
    errors.push(...validateToleration(toleration, `${field}.tolerations[${index}]`));
  errors.push(...validateLabels(spec.nodeSelector, `${field}.nodeSelector`));
  errors.push(...hostPortErrors(spec, field));
  const deadline = spec.activeDeadlineSeconds;
  if (deadline != null && (deadline < 1 || deadline > 2_147_483_647)) {
    errors.push(
      invalidValue(`${field}.activeDeadlineSeconds`, deadline, "must be between 1 and 2147483647, inclusive"),
    );
  }
  const grace = spec.terminationGracePeriodSeconds ?? 0;
  if (grace < 0) errors.push(invalidValue(`${field}.terminationGracePeriodSeconds`, grace, NEGATIVE));
  return errors;
}

const EFFECTS = ["NoExecute", "NoSchedule", "PreferNoSchedule"];

function validateToleration(toleration: Toleration, field: string): FieldError[] {
  const { key, operator, value, effect, tolerationSeconds } = toleration;
  const errors: FieldError[] = [];
  if (key) errors.push(...invalidField(`${field}.key`, key, qualifiedNameProblems(key)));
  else if (operator !== "Exists") {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalidValue(`${field}.operator`, operator ?? "", detail));
  }
  if (tolerationSeconds != null && effect !== "NoExecute") {
    const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
    errors.push(invalidValue(`${field}.effect`, effect ?? "", detail));
  }
  if (!operator || operator === "Equal")
    errors.push(...invalidField(`${field}.operator`, value ?? "", labelValueProblems(value ?? "")));
  else if (operator === "Exists") {
    if (value)
      errors.push(invalidValue(`${field}.operator`, toleration, "value must be empty when `operator` is 'Exists'"));
  } else errors.push(notSupported(`${field}.operator`, operator, ["Equal", "Exists"]));
  if (effect && !EFFECTS.includes(effect)) errors.push(notSupported(`${field}.effect`, effect, EFFECTS));
  return errors;
}

/** On the host's network ports are the host's; nobody can have one twice. */
function hostPortErrors(spec: PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, container] of (spec.containers ?? []).entries()) {
    for (const [at, port] of (container.ports ?? []).entries()) {
      const where = `${field}.containers[${index}].ports[${at}]`;
      if (spec.hostNetwork === true && port.hostPort !== port.containerPort) {
        const detail = "must match `hostPort` when `hostNetwork` is true";
        errors.push(invalidValue(`${where}.containerPort`, port.containerPort, detail));
      }
      if (!port.hostPort) continue;
      const id = `${port.protocol}/${port.hostIP ?? ""}/${port.hostPort}`;
      if (seen.has(id)) errors.push(duplicate(`${where}.hostPort`, id));
      seen.add(id);
    }
  }
  return errors;
}

function validateVolume(volume: Volume, field: string, seen: Set<string>): FieldError[] {
  const errors: FieldError[] = [];
  const sources = Object.entries(volume).filter(
    ([key, value]) => key !== "name" && value !== undefined && value !== null,
  );
  if (!volume.name) errors.push(required(`${field}.name`));
  else errors.push(...invalidField(`${field}.name`, volume.name, labelProblems(volume.name)));
  if (seen.has(volume.name)) errors.push(duplicate(`${field}.name`, volume.name));
  for (const [key] of sources.slice(1))
    errors.push(forbiddenField(`${field}.${key}`, "may not specify more than 1 volume type"));
  seen.add(volume.name);
  if (volume.hostPath && !volume.hostPath.path) errors.push(required(`${field}.hostPath.path`));
  if (volume.secret && !volume.secret.secretName) errors.push(required(`${field}.secret.secretName`));
  if (volume.configMap && !volume.configMap.name) errors.push(required(`${field}.configMap.name`));
  if (volume.persistentVolumeClaim && !volume.persistentVolumeClaim.claimName) {
    errors.push(required(`${field}.persistentVolumeClaim.claimName`));
  }
  return errors;
}

function validateContainer(
  container: Container,
  field: string,
  volumes: ReadonlySet<string>,
  names: Set<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!container.name) errors.push(required(`${field}.name`));
  else errors.push(...invalidField(`${field}.name`, container.name, labelProblems(container.name)));
  if (container.name && names.has(container.name)) errors.push(duplicate(`${field}.name`, container.name));
  names.add(container.name);
  if (!container.image) errors.push(required(`${field}.image`));
  else if (container.image.trim() !== container.image) {
    errors.push(invalidValue(`${field}.image`, container.image, "must not have leading or trailing whitespace"));
  }
  errors.push(...validatePorts(container, field));
  for (const [index, variable] of (container.env ?? []).entries())
    errors.push(...validateEnv(variable, `${field}.env[${index}]`));
  const paths = new Set<string>();
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const where = `${field}.volumeMounts[${index}]`;
    if (!mount.name) errors.push(required(`${where}.name`));
    else if (!volumes.has(mount.name))
      errors.push({ type: "FieldValueNotFound", field: `${where}.name`, value: mount.name, detail: "" });
    if (!mount.mountPath) errors.push(required(`${where}.mountPath`));
    else if (paths.has(mount.mountPath))
      errors.push(invalidValue(`${where}.mountPath`, mount.mountPath, "must be unique"));
    paths.add(mount.mountPath);
  }
  for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"] as const) {
    if (container[probe]) errors.push(...validateProbe(container[probe], `${field}.${probe}`));
  }
  if (!["Always", "IfNotPresent", "Never"].includes(container.imagePullPolicy ?? "")) {
    errors.push(
      notSupported(`${field}.imagePullPolicy`, container.imagePullPolicy ?? "", ["Always", "IfNotPresent", "Never"]),
    );
  }
  return [...errors, ...validateResources(container, `${field}.resources`)];
}

function validatePorts(container: Container, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, port] of (container.ports ?? []).entries()) {
    const where = `${field}.ports[${index}]`;
    if (port.name) {
      if (names.has(port.name)) errors.push(duplicate(`${where}.name`, port.name));
      names.add(port.name);
      errors.push(...invalidField(`${where}.name`, port.name, portNameProblems(port.name)));
    }
    if (!port.containerPort) errors.push(required(`${where}.containerPort`));
    else errors.push(...portProblems(port.containerPort, `${where}.containerPort`));
    if (port.hostPort) errors.push(...portProblems(port.hostPort, `${where}.hostPort`));
    if (!["TCP", "UDP", "SCTP"].includes(port.protocol ?? "")) {
      errors.push(notSupported(`${where}.protocol`, port.protocol ?? "", ["SCTP", "TCP", "UDP"]));
    }
  }
  return errors;
}

/** Port numbers: 1 to 65535. */
export function portProblems(port: number, field: string): FieldError[] {
  return port >= 1 && port <= 65_535 ? [] : [invalidValue(field, port, "must be between 1 and 65535, inclusive")];
}

/** What is wrong with a port's name (IsValidPortName). */
export function portNameProblems(name: string): string[] {
  const found: string[] = [];
  if (name.length > 15) found.push("must be no more than 15 characters");
  if (!/^[-a-z0-9]+$/.test(name)) found.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(name)) found.push("must contain at least one letter (a-z)");
  if (name.includes("--")) found.push("must not contain consecutive hyphens");
  if (/^-|-$/.test(name)) found.push("must not begin or end with a hyphen");
  return found;
}

const ENV_NAME = "a valid environment variable name must consist only of printable ASCII characters other than '='";

function validateEnv(variable: EnvVar, field: string): FieldError[] {
  if (!variable.name) return [required(`${field}.name`)];
  if (/[=]/.test(variable.name)) return [invalidValue(`${field}.name`, variable.name, ENV_NAME)];
  if (variable.valueFrom == null) return [];
  if (variable.value) return [invalidValue(`${field}.valueFrom`, "", "may not be specified when `value` is not empty")];
  return validateEnvSource(variable.valueFrom, `${field}.valueFrom`);
}

const SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"] as const;

function validateEnvSource(source: NonNullable<EnvVar["valueFrom"]>, field: string): FieldError[] {
  const given = SOURCES.filter((key) => (source as Readonly<Record<string, unknown>>)[key] != null);
  if (given.length === 0) {
    const detail =
      "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
    return [invalidValue(field, "", detail)];
  }
  if (given.length > 1) return [invalidValue(field, "", "may not have more than one field specified at a time")];
  if (source.fieldRef != null) return validateFieldRef(source.fieldRef.fieldPath, `${field}.fieldRef.fieldPath`);
  const key = source.configMapKeyRef != null ? "configMapKeyRef" : "secretKeyRef";
  const ref = source[key];
  if (ref == null) return [];
  const errors: FieldError[] = [];
  if (!ref.key) errors.push(required(`${field}.${key}.key`));
  if (!ref.name) errors.push(required(`${field}.${key}.name`));
  return errors;
}

/** What a pod tells its containers about itself. */
const DOWNWARD = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];

function validateFieldRef(path: string | undefined, field: string): FieldError[] {
  if (!path) return [required(field)];
  if (DOWNWARD.includes(path) || /^metadata\.(labels|annotations)\['.+'\]$/.test(path)) return [];
  const known = /^(metadata\.(labels|annotations)|status\.phase|spec\.(restartPolicy|schedulerName|hostNetwork))$/;
  if (known.test(path)) return [notSupported(field, path, DOWNWARD)];
  return [invalidValue(field, path, `error converting fieldPath: field label not supported: ${path}`)];
}

function validateProbe(probe: Probe, field: string): FieldError[] {
  const handlers = ["exec", "httpGet", "tcpSocket", "grpc"] as const;
  const given = handlers.filter((handler) => probe[handler] != null);
  const errors: FieldError[] = [];
  if (given.length === 0) errors.push(required(field, "must specify a handler type"));
  for (const handler of given.slice(1))
    errors.push(forbiddenField(`${field}.${handler}`, "may not specify more than 1 handler type"));
  for (const key of [
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
  ] as const) {
    if ((probe[key] ?? 0) < 0)
      errors.push(invalidValue(`${field}.${key}`, probe[key], "must be greater than or equal to 0"));
  }
  const once = /\.(livenessProbe|startupProbe)$/.test(field);
  if (once && (probe.successThreshold ?? 1) !== 1)
    errors.push(invalidValue(`${field}.successThreshold`, probe.successThreshold, "must be 1"));
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port;
  const where = `${field}.${probe.httpGet != null ? "httpGet" : "tcpSocket"}.port`;
  if (typeof port === "number") errors.push(...portProblems(port, where));
  else if (typeof port === "string") errors.push(...invalidField(where, port, portNameProblems(port)));
  if (probe.exec != null && (probe.exec.command ?? []).length === 0) errors.push(required(`${field}.exec.command`));
  return errors;
}

function validateResources(container: Container, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const limits = container.resources?.limits ?? {};
  for (const [kind, amounts] of [
    ["limits", limits],
    ["requests", container.resources?.requests ?? {}],
  ] as const) {
    for (const [name, amount] of Object.entries(amounts)) {
      if (compareQuantities(amount, "0") < 0)
        errors.push(invalidValue(`${field}.${kind}[${name}]`, amount, "must be greater than or equal to 0"));
      if (!name.includes("/") && !/^(cpu|memory|ephemeral-storage|hugepages-.+)$/.test(name)) {
        errors.push(invalidValue(`${field}.${kind}[${name}]`, name, "must be a standard resource for containers"));
      }
    }
  }
  for (const [name, amount] of Object.entries(container.resources?.requests ?? {})) {
    const limit = limits[name];
    if (limit !== undefined && compareQuantities(amount, limit) > 0) {
      errors.push(invalidValue(`${field}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`));
    }
  }
  return errors;
}
