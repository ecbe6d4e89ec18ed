import type {
  Container,
  EnvVar,
  Lifecycle,
  PodSpec,
  Probe,
  ProjectedVolumeSource,
  Volume,
} from "../../api/types.generated.ts";
import { type Draft, setDefault, setText } from "./draft.ts";

const FILE_MODE = 0o644;
const TOKEN_SECONDS = 3600;

/** Defaults of a pod or pod template (pkg/apis/core/v1/defaults.go, zz_generated.defaults.go). */
export function defaultPodSpec(spec: Draft<PodSpec>): void {
  setText(spec, "restartPolicy", "Always");
  setDefault(spec, "terminationGracePeriodSeconds", 30);
  setText(spec, "dnsPolicy", "ClusterFirst");
  setDefault(spec, "securityContext", {});
  setText(spec, "schedulerName", "default-scheduler");
  const account = spec.serviceAccountName || spec.serviceAccount;
  if (account) {
    spec.serviceAccountName = account;
    spec.serviceAccount = account;
  }
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of spec.initContainers ?? []) defaultContainer(container, spec.hostNetwork === true);
  for (const container of spec.containers ?? []) defaultContainer(container, spec.hostNetwork === true);
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container as Draft<Container>, false);
}

/** What only pods get, not templates (SetDefaults_Pod). */
export function defaultPod(spec: Draft<PodSpec>): void {
  setDefault(spec, "enableServiceLinks", true);
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    const limits = container.resources?.limits;
    if (limits === undefined || limits === null) continue;
    container.resources ??= {};
    const requests: Record<string, string> = { ...container.resources.requests };
    for (const [name, amount] of Object.entries(limits)) requests[name] ??= amount;
    container.resources.requests = requests;
  }
}

function defaultContainer(container: Draft<Container>, hostNetwork: boolean): void {
  setText(container, "terminationMessagePath", "/dev/termination-log");
  setText(container, "terminationMessagePolicy", "File");
  setText(container, "imagePullPolicy", pullPolicyOf(container.image ?? ""));
  for (const port of container.ports ?? []) {
    setText(port, "protocol", "TCP");
    if (hostNetwork && !port.hostPort) port.hostPort = port.containerPort;
  }
  for (const variable of container.env ?? []) defaultEnv(variable);
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe !== undefined && probe !== null) defaultProbe(probe);
  }
  if (container.lifecycle !== undefined && container.lifecycle !== null) defaultLifecycle(container.lifecycle);
}

function pullPolicyOf(image: string): string {
  const withoutDigest = image.split("@");
  const name = withoutDigest[0] ?? "";
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  const latest = withoutDigest.length === 1 && (tag === undefined || tag === "latest");
  return latest ? "Always" : "IfNotPresent";
}

function defaultEnv(variable: Draft<EnvVar>): void {
  const field = variable.valueFrom?.fieldRef;
  if (field !== undefined && field !== null) setText(field, "apiVersion", "v1");
  const resource = variable.valueFrom?.resourceFieldRef;
  if (resource !== undefined && resource !== null) setText(resource, "divisor", "0");
}

function defaultProbe(probe: Draft<Probe>): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHttpGet(probe.httpGet);
  if (probe.grpc !== undefined && probe.grpc !== null) setDefault(probe.grpc, "service", "");
}

function defaultLifecycle(lifecycle: Draft<Lifecycle>): void {
  defaultHttpGet(lifecycle.postStart?.httpGet);
  defaultHttpGet(lifecycle.preStop?.httpGet);
}

function defaultHttpGet(get: Draft<Probe>["httpGet"]): void {
  if (get === undefined || get === null) return;
  setText(get, "path", "/");
  setText(get, "scheme", "HTTP");
}

function defaultVolume(volume: Draft<Volume>): void {
  const source = Object.keys(volume).find((key) => key !== "name" && volume[key as keyof Volume] != null);
  if (source === undefined) volume.emptyDir = {};
  if (volume.secret) setDefault(volume.secret, "defaultMode", FILE_MODE);
  if (volume.configMap) setDefault(volume.configMap, "defaultMode", FILE_MODE);
  if (volume.hostPath) setDefault(volume.hostPath, "type", "");
  if (volume.projected) defaultProjected(volume.projected);
  if (volume.downwardAPI) {
    setDefault(volume.downwardAPI, "defaultMode", FILE_MODE);
    for (const item of volume.downwardAPI.items ?? []) if (item.fieldRef) setText(item.fieldRef, "apiVersion", "v1");
  }
  const claim = volume.ephemeral?.volumeClaimTemplate;
  if (claim) setDefault(claim.spec, "volumeMode", "Filesystem");
  if (volume.image) setText(volume.image, "pullPolicy", pullPolicyOf(volume.image.reference ?? ""));
}

function defaultProjected(projected: Draft<ProjectedVolumeSource>): void {
  setDefault(projected, "defaultMode", FILE_MODE);
  for (const source of projected.sources ?? []) {
    if (source.serviceAccountToken) setDefault(source.serviceAccountToken, "expirationSeconds", TOKEN_SECONDS);
    for (const item of source.downwardAPI?.items ?? []) if (item.fieldRef) setText(item.fieldRef, "apiVersion", "v1");
  }
}
