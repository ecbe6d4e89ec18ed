import { compareQuantities } from "../../api/quantity.ts";
import type { Container, EnvVar, PodSpec, Probe, Volume } from "../../api/types.generated.ts";
import type { FieldError } from "../status.ts";
import {
  duplicate,
  forbiddenField,
  invalidField,
  invalidValue,
  labelProblems,
  notSupported,
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
    errors.push(...validateContainer(container, `${field}.initContainers[${index}]`, volumes, names));
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
  for (const [index, toleration] of (spec.tolerations ?? []).entries()) {
    if (toleration.operator && !["Exists", "Equal"].includes(toleration.operator)) {
      errors.push(notSupported(`${field}.tolerations[${index}].operator`, toleration.operator, ["Equal", "Exists"]));
    }
  }
  const grace = spec.terminationGracePeriodSeconds ?? 0;
  if (grace < 0) errors.push(invalidValue(`${field}.terminationGracePeriodSeconds`, grace, NEGATIVE));
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
      if (port.name.length > 15)
        errors.push(invalidValue(`${where}.name`, port.name, "must be no more than 15 characters"));
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

function validateEnv(variable: EnvVar, field: string): FieldError[] {
  if (!variable.name) return [required(`${field}.name`)];
  if (/[=]/.test(variable.name)) {
    return [
      invalidValue(
        `${field}.name`,
        variable.name,
        "a valid environment variable name must consist only of printable ASCII characters other than '='",
      ),
    ];
  }
  if (variable.value && variable.valueFrom) {
    return [invalidValue(`${field}.valueFrom`, "", "may not be specified when `value` is not empty")];
  }
  return [];
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
