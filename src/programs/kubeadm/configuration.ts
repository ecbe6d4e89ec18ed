/** One flag of a component: `--name=value`. */
export interface Argument {
  readonly name: string;
  readonly value: string;
}

/** A path of the host that a component gets to see (kubeadm v1beta4 HostPathMount). */
export interface HostPathMount {
  readonly name: string;
  readonly hostPath: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
  readonly pathType: string;
}

/** What `extraArgs` and `extraVolumes` add to one component. */
export interface ComponentExtras {
  readonly args: readonly Argument[];
  readonly volumes: readonly HostPathMount[];
}

export const NO_EXTRAS: ComponentExtras = { args: [], volumes: [] };

/** InitConfiguration and ClusterConfiguration (kubeadm.k8s.io/v1beta4) in one, as kubeadm uses them inside. */
export interface InitConfiguration {
  readonly nodeName: string;
  readonly advertiseAddress: string;
  readonly bindPort: number;
  /** `v1.35.2`. */
  readonly kubernetesVersion: string;
  readonly clusterName: string;
  readonly certificatesDir: string;
  /** Empty: the node's own address and port. */
  readonly controlPlaneEndpoint: string;
  readonly imageRepository: string;
  readonly dnsDomain: string;
  readonly serviceSubnet: string;
  /** Empty: nodes get no range of addresses for pods. */
  readonly podSubnet: string;
  readonly certSans: readonly string[];
  readonly etcdCertSans: { readonly server: readonly string[]; readonly peer: readonly string[] };
  readonly etcdDataDir: string;
  readonly apiServer: ComponentExtras;
  readonly controllerManager: ComponentExtras;
  readonly scheduler: ComponentExtras;
  readonly etcd: ComponentExtras;
  readonly caValidityMs: number;
  readonly certificateValidityMs: number;
  /** Empty: one is drawn. */
  readonly bootstrapTokens: readonly TokenWish[];
  /** Where the container runtime listens. */
  readonly criSocket: string;
  /** The images that are there are not pulled, unless it says so. */
  readonly imagePullPolicy: string;
  /** Checks whose errors are only warnings. */
  readonly ignorePreflightErrors: readonly string[];
  readonly skipPhases: readonly string[];
}

/** A bootstrap token to be made (v1beta4 BootstrapToken). */
export interface TokenWish {
  /** `abcdef.0123456789abcdef`; empty: one is drawn. */
  readonly token: string;
  readonly description: string;
  /** 0: for ever. */
  readonly ttlMs: number;
  readonly usages: readonly string[];
  readonly groups: readonly string[];
}

/** What a token that says nothing gets. */
export const DEFAULT_TOKEN: TokenWish = {
  token: "",
  description: "",
  ttlMs: 86_400_000,
  usages: ["signing", "authentication"],
  groups: ["system:bootstrappers:kubeadm:default-node-token"],
};

/** Where kubeadm looks for the container runtime unless it is told another place. */
export const CRI_SOCKET = "unix:///var/run/containerd/containerd.sock";
export const KUBERNETES_DIR = "/etc/kubernetes";
export const PKI_DIR = `${KUBERNETES_DIR}/pki`;
export const MANIFEST_DIR = `${KUBERNETES_DIR}/manifests`;
export const ADMIN_CONF = `${KUBERNETES_DIR}/admin.conf`;

const DAY_MS = 86_400_000;

/** The token of `config print init-defaults`; a new cluster draws its own. */
export const EXAMPLE_TOKEN = "abcdef.0123456789abcdef";

/** What a node that says nothing gets. */
export function defaultConfiguration(node: {
  readonly name: string;
  readonly address: string;
  readonly version: string;
}): InitConfiguration {
  return {
    nodeName: node.name.toLowerCase(),
    advertiseAddress: node.address,
    bindPort: 6443,
    kubernetesVersion: node.version,
    clusterName: "kubernetes",
    certificatesDir: PKI_DIR,
    controlPlaneEndpoint: "",
    imageRepository: "registry.k8s.io",
    dnsDomain: "cluster.local",
    serviceSubnet: "10.96.0.0/12",
    podSubnet: "",
    certSans: [],
    etcdCertSans: { server: [], peer: [] },
    etcdDataDir: "/var/lib/etcd",
    apiServer: NO_EXTRAS,
    controllerManager: NO_EXTRAS,
    scheduler: NO_EXTRAS,
    etcd: NO_EXTRAS,
    caValidityMs: 3650 * DAY_MS,
    certificateValidityMs: 365 * DAY_MS,
    bootstrapTokens: [],
    criSocket: CRI_SOCKET,
    imagePullPolicy: "IfNotPresent",
    ignorePreflightErrors: [],
    skipPhases: [],
  };
}

/** Where clients find the API server: `https://10.0.1.10:6443`. */
export function controlPlaneUrl(configuration: InitConfiguration): string {
  const { controlPlaneEndpoint, advertiseAddress, bindPort } = configuration;
  if (controlPlaneEndpoint === "") return `https://${advertiseAddress}:${bindPort}`;
  return `https://${/:\d+$/.test(controlPlaneEndpoint) ? controlPlaneEndpoint : `${controlPlaneEndpoint}:${bindPort}`}`;
}

/** The first address of the service range, which is the API server's own. */
export function serviceAddress(serviceSubnet: string): string {
  const [base = ""] = serviceSubnet.split(",")[0]?.split("/") ?? [];
  const parts = base.split(".").map(Number);
  return [...parts.slice(0, 3), (parts[3] ?? 0) + 1].join(".");
}
