import type { FlagSpec } from "../../base/cli/flag.ts";
import { ADMIN_CONF, KUBERNETES_DIR, PKI_DIR } from "./configuration.ts";

const text = (name: string, usage: string, byDefault = ""): FlagSpec => ({
  name,
  type: "string",
  usage,
  ...(byDefault === "" ? {} : { default: byDefault }),
});

/** kubeadm's flags by name; commands pick theirs (cmd/options). */
export const FLAG = {
  config: { ...text("config", "Path to a kubeadm configuration file."), files: ["yaml", "yml"] },
  certDir: text("cert-dir", "The path where to save and store the certificates.", PKI_DIR),
  kubeconfig: text(
    "kubeconfig",
    "The kubeconfig file to use when talking to the cluster. If the flag is not set, a set of standard locations can be searched for an existing kubeconfig file.",
    ADMIN_CONF,
  ),
  kubeconfigDir: text("kubeconfig-dir", "The path where to save the kubeconfig file.", KUBERNETES_DIR),
  version: text("kubernetes-version", "Choose a specific Kubernetes version for the control plane.", "stable-1"),
  advertiseAddress: text(
    "apiserver-advertise-address",
    "The IP address the API Server will advertise it's listening on. If not set the default network interface will be used.",
  ),
  bindPort: {
    name: "apiserver-bind-port",
    type: "int32",
    default: 6443,
    usage: "Port for the API Server to bind to.",
  } satisfies FlagSpec,
  endpoint: text("control-plane-endpoint", "Specify a stable IP address or DNS name for the control plane."),
  extraSans: {
    name: "apiserver-cert-extra-sans",
    type: "stringSlice",
    usage:
      "Optional extra Subject Alternative Names (SANs) to use for the API Server serving certificate. Can be both IP addresses and DNS names.",
  } satisfies FlagSpec,
  dnsDomain: text("service-dns-domain", 'Use alternative domain for services, e.g. "myorg.internal".', "cluster.local"),
  serviceCidr: text("service-cidr", "Use alternative range of IP address for service VIPs.", "10.96.0.0/12"),
  podCidr: text(
    "pod-network-cidr",
    "Specify range of IP addresses for the pod network. If set, the control plane will automatically allocate CIDRs for every node.",
  ),
  imageRepository: text(
    "image-repository",
    "Choose a container registry to pull control plane images from",
    "registry.k8s.io",
  ),
  nodeName: text("node-name", "Specify the node name."),
  criSocket: text(
    "cri-socket",
    "Path to the CRI socket to connect. If empty kubeadm will try to auto-detect this value; use this option only if you have more than one CRI installed or if you have non-standard CRI socket.",
  ),
  ignorePreflightErrors: {
    name: "ignore-preflight-errors",
    type: "stringSlice",
    usage:
      "A list of checks whose errors will be shown as warnings. Example: 'IsPrivilegedUser,Swap'. Value 'all' ignores errors from all checks.",
  } satisfies FlagSpec,
  patches: text(
    "patches",
    'Path to a directory that contains files with patches for what kubeadm writes, named "target[suffix][+patchtype].extension".',
  ),
  dryRun: {
    name: "dry-run",
    type: "bool",
    usage: "Don't apply any changes; just output what would be done.",
  } satisfies FlagSpec,
  output: {
    name: "output",
    shorthand: "o",
    type: "string",
    default: "text",
    usage:
      "Output format. One of: text|json|yaml|kyaml|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file.",
    values: ["text", "json", "yaml"],
  } satisfies FlagSpec,
} as const;

/** The flags that every command has. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  {
    name: "rootfs",
    type: "string",
    persistent: true,
    usage: "The path to the 'real' host root filesystem. This will cause kubeadm to chroot into the provided path.",
  },
  {
    name: "v",
    shorthand: "v",
    type: "int32",
    typeName: "Level",
    persistent: true,
    usage: "number for the log level verbosity",
  },
  {
    name: "vmodule",
    type: "string",
    typeName: "moduleSpec",
    persistent: true,
    usage: "comma-separated list of pattern=N settings for file-filtered logging",
  },
];
