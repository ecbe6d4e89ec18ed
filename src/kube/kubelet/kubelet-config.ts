import { goDurationMs } from "../../base/cli/go-duration.ts";
import { goJson } from "../../base/go-json.ts";
import { recordOf } from "../../base/record.ts";
import { parseYamlDocument, YamlError } from "../../base/yaml/read.ts";
import { type FileSystem, FsError, goFsError } from "../../vfs/file-system.ts";
import type { DaemonFlags } from "../client/daemon-flags.ts";

/** What the kubelet goes by, from /var/lib/kubelet/config.yaml and its flags. */
export interface KubeletConfig {
  readonly nodeName: string;
  readonly kubeconfig: string;
  readonly staticPodPath: string;
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  readonly clientCaFile: string;
  readonly port: number;
  readonly fileCheckMs: number;
  readonly nodeStatusUpdateMs: number;
  readonly nodeStatusReportMs: number;
  readonly leaseDurationSeconds: number;
  readonly registerNode: boolean;
  /** Thresholds by signal; undefined: the defaults. */
  readonly evictionHard: Readonly<Record<string, unknown>> | undefined;
  readonly evictionTransitionMs: number;
  readonly imageCollection: { readonly highPercent: number; readonly lowPercent: number };
}

/** A kubelet that cannot start; `message` is what it logs. */
export class KubeletConfigError extends Error {}

/** Reads flags and the configuration file. Throws `KubeletConfigError`. */
export function readKubeletConfig(fs: FileSystem, flags: DaemonFlags, hostname: string): KubeletConfig {
  const file = flags.text("config", "/var/lib/kubelet/config.yaml");
  const root = readFile(fs, file);
  const text = (key: string, fallback: string) =>
    typeof root[key] === "string" && root[key] !== "" ? String(root[key]) : fallback;
  const duration = (key: string, fallback: number) => goDurationMs(text(key, "")) || fallback;
  const x509 = recordOf(recordOf(root["authentication"])["x509"]);
  const dns = root["clusterDNS"];
  return {
    nodeName: flags.text("hostname-override", hostname),
    kubeconfig: flags.text("kubeconfig", "/etc/kubernetes/kubelet.conf"),
    staticPodPath: text("staticPodPath", ""),
    clusterDns: Array.isArray(dns) ? dns.map(String) : [],
    clusterDomain: text("clusterDomain", "cluster.local"),
    clientCaFile: typeof x509["clientCAFile"] === "string" ? x509["clientCAFile"] : "",
    port: typeof root["port"] === "number" ? root["port"] : 10250,
    fileCheckMs: duration("fileCheckFrequency", 20_000),
    nodeStatusUpdateMs: duration("nodeStatusUpdateFrequency", 10_000),
    nodeStatusReportMs: duration("nodeStatusReportFrequency", 300_000),
    leaseDurationSeconds: typeof root["nodeLeaseDurationSeconds"] === "number" ? root["nodeLeaseDurationSeconds"] : 40,
    registerNode: root["registerNode"] !== false,
    evictionHard: root["evictionHard"] === undefined ? undefined : recordOf(root["evictionHard"]),
    evictionTransitionMs: duration("evictionPressureTransitionPeriod", 300_000),
    imageCollection: {
      highPercent: number(root["imageGCHighThresholdPercent"], 85),
      lowPercent: number(root["imageGCLowThresholdPercent"], 80),
    },
  };
}

function readFile(fs: FileSystem, path: string): Readonly<Record<string, unknown>> {
  const start = `failed to load kubelet config file, path: ${path}, error: failed to load Kubelet config file ${path}, error `;
  try {
    const content = parseYamlDocument(fs.readText(path));
    const root = recordOf(content);
    const problem = typeProblem(content, root);
    if (problem === undefined) return root;
    throw new KubeletConfigError(`${start}failed to decode: ${problem}`);
  } catch (error) {
    if (error instanceof FsError) {
      throw new KubeletConfigError(
        `${start}failed to read kubelet config file ${JSON.stringify(path)}, error: ${goFsError("open", error)}`,
      );
    }
    if (error instanceof YamlError) throw new KubeletConfigError(`${start}failed to decode: ${error.message}`);
    throw error;
  }
}

function typeProblem(content: unknown, { apiVersion, kind }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof kind !== "string" || kind === "")
    return `Object 'Kind' is missing in '${goJson(content, { sortKeys: true })}'`;
  if (typeof apiVersion !== "string" || apiVersion === "")
    return `Object 'apiVersion' is missing in '${goJson(content, { sortKeys: true })}'`;
  if (kind === "KubeletConfiguration" && apiVersion === "kubelet.config.k8s.io/v1beta1") return undefined;
  return `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/kubelet/apis/config/scheme/scheme.go:33"`;
}

function number(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
