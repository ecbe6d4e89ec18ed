import { md5 } from "@noble/hashes/legacy.js";
import { hex, utf8 } from "../../base/bytes.ts";
import { goJson } from "../../base/go-json.ts";
import { Memo } from "../../base/memo.ts";
import { rfc3339Micro } from "../../base/rfc3339.ts";
import { parseYamlDocument, YamlError } from "../../base/yaml/read.ts";
import { DecodeError, decodeStruct, type Fields } from "../api/decode.ts";
import { findSchema, schemaOf } from "../api/schema.ts";
import type { Container, Pod } from "../api/types.generated.ts";
import { withDefaults } from "./pod-defaults.ts";

export const CONFIG_HASH = "kubernetes.io/config.hash";
export const CONFIG_MIRROR = "kubernetes.io/config.mirror";
const PODS_MAX = 64;
const CONFIG_SEEN = "kubernetes.io/config.seen";
export const CONFIG_SOURCE = "kubernetes.io/config.source";

/** A file that holds no pod that could run; `message` is upstream's. */
export class ManifestError extends Error {}

/** The API's rules for a pod's spec: what is wrong with it, as `spec.containers: Required value`. */
export type PodRules = (pod: Pod) => readonly string[];

/** Pods by what they were made of: every file is read three times a minute, and seldom is there anything new in it. */
const known = new WeakMap<PodRules, Memo<Pod>>();

/** Reads the pod of a file as the API would read it. Mirrors pkg/kubelet/config common.go. Throws `ManifestError`. */
export function readManifest(path: string, content: string, nodeName: string, nowMs: number, rules: PodRules): Pod {
  const memo = known.get(rules) ?? new Memo<Pod>(PODS_MAX);
  known.set(rules, memo);
  const pod = memo.get(`${nodeName} ${path} ${content}`, () => podOf(path, content, nodeName, rules));
  const annotations = { ...pod.metadata.annotations, [CONFIG_SEEN]: rfc3339Micro(nowMs) };
  return { ...pod, metadata: { ...pod.metadata, annotations } };
}

function podOf(path: string, content: string, nodeName: string, rules: PodRules): Pod {
  const fields = decodePod(path, content);
  const pod = staticPod(fields as unknown as Pod, path, nodeName);
  const wrong = rules(pod);
  if (wrong.length > 0) throw new ManifestError(`invalid pod: [${wrong.join(" ")}]`);
  const resource = referredResource(pod);
  if (resource !== undefined) throw new ManifestError(`static pods may not reference ${resource}`);
  return pod;
}

function decodePod(path: string, content: string): Fields {
  const unparsable = (problem: string) =>
    new ManifestError(`${path}: couldn't parse as pod(${problem}), please check config file`);
  try {
    const value = parseYamlDocument(content);
    const problem = typeProblem(value);
    if (problem !== undefined) throw unparsable(problem);
    const pod = decodeStruct(schemaOf("core/v1.Pod"), value);
    if (((value as { metadata?: { name?: unknown } }).metadata?.name ?? "") === "")
      throw new ManifestError("invalid pod: name is needed for the pod");
    return { apiVersion: "v1", kind: "Pod", ...pod };
  } catch (error) {
    if (error instanceof YamlError || error instanceof DecodeError) throw unparsable(error.message);
    throw error;
  }
}

const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** What runtime.Decode says about a document's version and kind, unless it is a pod. */
function typeProblem(value: unknown): string | undefined {
  if (value !== null && (typeof value !== "object" || Array.isArray(value))) {
    const type = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
    return `couldn't get version/kind; json parse error: json: cannot unmarshal ${type} into Go value of type ${TYPE_META}`;
  }
  const { apiVersion, kind } = (value ?? {}) as { apiVersion?: unknown; kind?: unknown };
  const without = (field: string) => `Object '${field}' is missing in '${goJson(value, { sortKeys: true })}'`;
  if (typeof kind !== "string" || kind === "") return without("Kind");
  if (typeof apiVersion !== "string" || apiVersion === "") return without("apiVersion");
  if (kind === "Pod" && apiVersion === "v1") return undefined;
  const group = apiVersion.includes("/") ? (/^[^./]*/.exec(apiVersion)?.[0] ?? "") : "core";
  if (findSchema(`${group}/${apiVersion.slice(apiVersion.indexOf("/") + 1)}.${kind}`) === undefined)
    return `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`;
  return `invalid pod: &${group}.${kind}{}`;
}

/** The pod of a manifest, not seen yet: named for its node, identified by what it says and where it stands. */
function staticPod(pod: Pod, path: string, nodeName: string): Pod {
  const content = hex(md5(utf8(`${JSON.stringify(pod)}host:${nodeName}file:${path}`)));
  const uid = pod.metadata.uid ?? content;
  const annotations = {
    ...pod.metadata.annotations,
    [CONFIG_HASH]: uid,
    [CONFIG_SEEN]: "",
    [CONFIG_SOURCE]: "file",
  };
  const tolerations = [...(pod.spec.tolerations ?? []), { operator: "Exists", effect: "NoExecute" }];
  return withDefaults({
    ...pod,
    metadata: {
      ...pod.metadata,
      name: `${pod.metadata.name}-${nodeName}`,
      namespace: pod.metadata.namespace ?? "default",
      uid,
      annotations,
    },
    spec: { ...pod.spec, nodeName, tolerations },
    status: { phase: "Pending" },
  } as Pod);
}

/** What a pod without an API server could not get (pkg/api/pod HasAPIObjectReference). */
function referredResource({ spec }: Pod): string | undefined {
  if ((spec.serviceAccountName ?? "") !== "") return "serviceaccounts";
  const volumes = spec.volumes ?? [];
  const sources = volumes.flatMap(({ projected }) => projected?.sources ?? []);
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const from = (key: "secret" | "configMap") =>
    [...volumes, ...sources].some((source) => source[key] != null) || containers.some((one) => reads(one, `${key}Ref`));
  if ((spec.imagePullSecrets ?? []).length > 0 || from("secret")) return "secrets";
  if (from("configMap")) return "configmaps";
  if ((spec.resourceClaims ?? []).length > 0) return "resourceclaims";
  return volumes.some((volume) => volume.persistentVolumeClaim != null) ? "persistentvolumeclaims" : undefined;
}

function reads({ env, envFrom }: Container, ref: "secretRef" | "configMapRef"): boolean {
  const keyRef = ref === "secretRef" ? "secretKeyRef" : "configMapKeyRef";
  return (envFrom ?? []).some((from) => from[ref] != null) || (env ?? []).some(({ valueFrom }) => valueFrom?.[keyRef]);
}
