import { goDurationMs, parseGoDuration } from "../../base/cli/go-duration.ts";
import { recordOf } from "../../base/record.ts";
import { parseYaml, YamlError } from "../../base/yaml/read.ts";
import {
  type Argument,
  type ComponentExtras,
  DEFAULT_TOKEN,
  type HostPathMount,
  type InitConfiguration,
  NO_EXTRAS,
  type TokenWish,
} from "./configuration.ts";
import { KubeadmError } from "./context.ts";
import { isToken, TOKEN_PATTERN } from "./token/token.ts";

/** A document's fields, unread. */
export type Fields = Readonly<Record<string, unknown>>;

const API_GROUP = "kubeadm.k8s.io/";
const KNOWN_VERSIONS = ["v1beta4", "v1beta3"];

/**
 * What a text with InitConfiguration and ClusterConfiguration documents sets over `base`. Other kinds (kubelet's,
 * kube-proxy's) are passed over. Throws `KubeadmError`.
 */
export function readConfiguration(content: string, base: InitConfiguration): InitConfiguration {
  let configuration = base;
  let found = false;
  for (const document of documentsOf(content)) {
    const kind = textOf(document["kind"]);
    const apiVersion = textOf(document["apiVersion"]);
    if (kind === "" || apiVersion === "")
      throw new KubeadmError(
        "invalid configuration for GroupVersionKind /, Kind=: kind and apiVersion is mandatory information that must be specified",
      );
    if (!apiVersion.startsWith(API_GROUP)) continue;
    if (!KNOWN_VERSIONS.includes(apiVersion.slice(API_GROUP.length)))
      throw new KubeadmError(
        `your configuration file uses an old API spec: ${JSON.stringify(apiVersion)} (kind: ${JSON.stringify(kind)}). Please use kubeadm v1.22 instead and run 'kubeadm config migrate --old-config old.yaml --new-config new.yaml', which will write the new, similar spec using a newer API version.`,
      );
    if (kind === "InitConfiguration") configuration = withInit(configuration, document);
    else if (kind === "ClusterConfiguration") configuration = withCluster(configuration, document);
    else continue;
    found = true;
  }
  if (found) return configuration;
  throw new KubeadmError("no InitConfiguration or ClusterConfiguration kind was found in the YAML file");
}

/** The documents of a YAML text. Throws `KubeadmError`. */
export function documentsOf(content: string): Fields[] {
  try {
    return parseYaml(content)
      .filter((document) => document !== null)
      .map(recordOf);
  } catch (error) {
    if (error instanceof YamlError) throw new KubeadmError(`error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}

function withInit(base: InitConfiguration, document: Fields): InitConfiguration {
  const endpoint = recordOf(document["localAPIEndpoint"]);
  const registration = recordOf(document["nodeRegistration"]);
  const tokens = listOf(document["bootstrapTokens"]).map(recordOf).map(tokenOf);
  return {
    ...base,
    advertiseAddress: textOf(endpoint["advertiseAddress"]) || base.advertiseAddress,
    bindPort: typeof endpoint["bindPort"] === "number" ? endpoint["bindPort"] : base.bindPort,
    nodeName: textOf(registration["name"]) || base.nodeName,
    bootstrapTokens: tokens.length > 0 ? tokens : base.bootstrapTokens,
    criSocket: textOf(registration["criSocket"]) || base.criSocket,
    imagePullPolicy: textOf(registration["imagePullPolicy"]) || base.imagePullPolicy,
    ignorePreflightErrors: listOf(registration["ignorePreflightErrors"]).map(String),
    skipPhases: listOf(document["skipPhases"]).map(String),
  };
}

function tokenOf(fields: Fields): TokenWish {
  const list = (name: "usages" | "groups") => (name in fields ? listOf(fields[name]).map(String) : DEFAULT_TOKEN[name]);
  const ttl = parseGoDuration(textOf(fields["ttl"]));
  const token = textOf(fields["token"]);
  if (token !== "" && !isToken(token))
    throw new KubeadmError(
      `the bootstrap token ${JSON.stringify(token)} was not of the form ${JSON.stringify(TOKEN_PATTERN)}`,
    );
  return {
    token,
    description: textOf(fields["description"]),
    ttlMs: "value" in ttl ? Number(ttl.value) / 1e6 : DEFAULT_TOKEN.ttlMs,
    usages: list("usages"),
    groups: list("groups"),
  };
}

function withCluster(base: InitConfiguration, document: Fields): InitConfiguration {
  const networking = recordOf(document["networking"]);
  const local = recordOf(recordOf(document["etcd"])["local"]);
  const or = (value: unknown, fallback: string) => textOf(value) || fallback;
  const version = or(document["kubernetesVersion"], base.kubernetesVersion);
  return {
    ...base,
    kubernetesVersion: /^\d/.test(version) ? `v${version}` : version,
    clusterName: or(document["clusterName"], base.clusterName),
    certificatesDir: or(document["certificatesDir"], base.certificatesDir),
    controlPlaneEndpoint: or(document["controlPlaneEndpoint"], base.controlPlaneEndpoint),
    imageRepository: or(document["imageRepository"], base.imageRepository),
    dnsDomain: or(networking["dnsDomain"], base.dnsDomain),
    serviceSubnet: or(networking["serviceSubnet"], base.serviceSubnet),
    podSubnet: or(networking["podSubnet"], base.podSubnet),
    certSans: listOf(recordOf(document["apiServer"])["certSANs"]).map(String),
    etcdCertSans: {
      server: listOf(local["serverCertSANs"]).map(String),
      peer: listOf(local["peerCertSANs"]).map(String),
    },
    etcdDataDir: or(local["dataDir"], base.etcdDataDir),
    apiServer: extrasOf(document["apiServer"]),
    controllerManager: extrasOf(document["controllerManager"]),
    scheduler: extrasOf(document["scheduler"]),
    etcd: { ...NO_EXTRAS, args: argumentsOf(local["extraArgs"]) },
    caValidityMs: durationOf(document["caCertificateValidityPeriod"], base.caValidityMs),
    certificateValidityMs: durationOf(document["certificateValidityPeriod"], base.certificateValidityMs),
  };
}

function extrasOf(component: unknown): ComponentExtras {
  const fields = recordOf(component);
  return { args: argumentsOf(fields["extraArgs"]), volumes: listOf(fields["extraVolumes"]).map(recordOf).map(mountOf) };
}

/** A list of name and value, or v1beta3's map. */
function argumentsOf(value: unknown): Argument[] {
  if (Array.isArray(value))
    return value.map(recordOf).map((item) => ({ name: textOf(item["name"]), value: textOf(item["value"]) }));
  return Object.entries(recordOf(value)).map(([name, each]) => ({ name, value: textOf(each) }));
}

function mountOf(fields: Fields): HostPathMount {
  return {
    name: textOf(fields["name"]),
    hostPath: textOf(fields["hostPath"]),
    mountPath: textOf(fields["mountPath"]),
    readOnly: fields["readOnly"] === true,
    pathType: textOf(fields["pathType"]),
  };
}

function durationOf(value: unknown, fallbackMs: number): number {
  const ms = goDurationMs(textOf(value)) ?? 0;
  return ms > 0 ? ms : fallbackMs;
}

/** A list, or the empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A scalar's text; empty for none. */
export function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
