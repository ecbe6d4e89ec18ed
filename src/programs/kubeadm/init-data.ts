import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import type { Task } from "../../sim/task.ts";
import { type Argument, defaultConfiguration, type InitConfiguration } from "./configuration.ts";
import { readConfiguration } from "./configuration-file.ts";
import { fileErrors, type KubeadmContext, KubeadmError } from "./context.ts";
import { isRelease, releaseOf } from "./release.ts";

/** The label of the newest release of Kubernetes 1. */
const DEFAULT_VERSION = "stable-1";

/** The configuration of a file named by `--config`, or what flags and defaults come to. Throws `KubeadmError`. */
export function* initConfiguration(
  context: KubeadmContext,
  parsed: ParsedFlags,
  options: { readonly needsVersion: boolean },
): Task<InitConfiguration> {
  const { process, build } = context;
  const path = optional(parsed, "config");
  refuseMixed(parsed, path);
  const address = process.net.addresses[0] ?? "0.0.0.0";
  const base = defaultConfiguration({ name: process.hostname, address, version: "" });
  const configuration = path === "" ? withFlags(base, parsed) : withFile(context, base, path);
  const certificatesDir = optional(parsed, "cert-dir") || configuration.certificatesDir;
  const wished = configuration.kubernetesVersion || DEFAULT_VERSION;
  const isLookedUp = options.needsVersion || isRelease(wished);
  const known = isLookedUp ? yield* releaseOf(context, wished) : build.gitVersion;
  const criSocket = optional(parsed, "cri-socket") || configuration.criSocket;
  const nodeName = optional(parsed, "node-name") || configuration.nodeName;
  return { ...configuration, certificatesDir, criSocket, nodeName, kubernetesVersion: known };
}

function withFile(context: KubeadmContext, base: InitConfiguration, path: string): InitConfiguration {
  const content = fileErrors(`unable to read config from ${JSON.stringify(path)} : `, "open", () =>
    context.process.fs.readText(path),
  );
  return readConfiguration(content, base);
}

/** The flags that may stand beside `--config`. */
const BESIDE_CONFIG = new Set([
  "config",
  "kubeconfig-dir",
  "kubeconfig",
  "dry-run",
  "rootfs",
  "v",
  "vmodule",
  "ignore-preflight-errors",
  "skip-phases",
  "output",
  "cert-dir",
  "node-name",
  "cri-socket",
  "print-join-command",
  "client-name",
  "org",
  "token",
  "validity-period",
]);

function refuseMixed(parsed: ParsedFlags, path: string): void {
  if (path === "") return;
  const mixed = parsed.changedNames().filter((name) => !BESIDE_CONFIG.has(name));
  if (mixed.length === 0) return;
  throw new KubeadmError(`can not mix '--config' with arguments [${mixed.join(" ")}]`);
}

function withFlags(base: InitConfiguration, parsed: ParsedFlags): InitConfiguration {
  const or = (name: string, fallback: string) => optional(parsed, name) || fallback;
  const extras = (name: string) => ({ args: argumentsOf(optional(parsed, name)), volumes: [] });
  return {
    ...base,
    advertiseAddress: or("apiserver-advertise-address", base.advertiseAddress),
    bindPort: has(parsed, "apiserver-bind-port") ? parsed.number("apiserver-bind-port") : base.bindPort,
    controlPlaneEndpoint: or("control-plane-endpoint", base.controlPlaneEndpoint),
    imageRepository: or("image-repository", base.imageRepository),
    dnsDomain: or("service-dns-domain", base.dnsDomain),
    serviceSubnet: or("service-cidr", base.serviceSubnet),
    podSubnet: or("pod-network-cidr", base.podSubnet),
    certSans: has(parsed, "apiserver-cert-extra-sans") ? parsed.list("apiserver-cert-extra-sans") : [],
    kubernetesVersion: optional(parsed, "kubernetes-version"),
    apiServer: extras("apiserver-extra-args"),
    controllerManager: extras("controller-manager-extra-args"),
    scheduler: extras("scheduler-extra-args"),
  };
}

function argumentsOf(text: string): Argument[] {
  return text
    .split(",")
    .filter((part) => part.includes("="))
    .map((part) => ({ name: part.slice(0, part.indexOf("=")), value: part.slice(part.indexOf("=") + 1) }));
}

function has(parsed: ParsedFlags, name: string): boolean {
  return parsed.flags.get(name) !== undefined && parsed.changed(name);
}

function optional(parsed: ParsedFlags, name: string): string {
  return parsed.flags.get(name) === undefined ? "" : parsed.string(name);
}
