import { CRI_SOCKET, EXAMPLE_TOKEN } from "../configuration.ts";
import type { KubeadmContext } from "../context.ts";

export type DefaultsKind = "init-defaults" | "join-defaults" | "reset-defaults" | "upgrade-defaults";

const API_VERSION = "kubeadm.k8s.io/v1beta4";

const TIMEOUTS = `timeouts:
  controlPlaneComponentHealthCheck: 4m0s
  discovery: 5m0s
  etcdAPICall: 2m0s
  kubeletHealthCheck: 4m0s
  kubernetesAPICall: 1m0s
  tlsBootstrap: 5m0s
  upgradeManifests: 5m0s
`;

/** What `config print KIND` prints, with the component configurations that are asked for. */
export function printedDefaults(context: KubeadmContext, kind: DefaultsKind, components: readonly string[]): string {
  const own = {
    "init-defaults": () => initDefaults(context.build.gitVersion),
    "join-defaults": () => joinDefaults(context.process.hostname),
    "reset-defaults": () =>
      `apiVersion: ${API_VERSION}\ncertificatesDir: /etc/kubernetes/pki\ncriSocket: ${CRI_SOCKET}\nkind: ResetConfiguration\n${TIMEOUTS}`,
    "upgrade-defaults": () => UPGRADE_DEFAULTS,
  }[kind]();
  const kubelet = components.includes("KubeletConfiguration") ? [context.build.kubeletConfiguration] : [];
  return [own, ...kubelet].join("---\n");
}

function registration(name: string): string {
  return `nodeRegistration:
  criSocket: ${CRI_SOCKET}
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
  name: ${name}
  taints: null
`;
}

/** The version is the release line's first, as kubeadm has it built in. */
function initDefaults(gitVersion: string): string {
  const version = gitVersion.replace(/^v/, "").replace(/\.\d+$/, ".0");
  return `apiVersion: ${API_VERSION}
bootstrapTokens:
- groups:
  - system:bootstrappers:kubeadm:default-node-token
  token: ${EXAMPLE_TOKEN}
  ttl: 24h0m0s
  usages:
  - signing
  - authentication
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: 1.2.3.4
  bindPort: 6443
${registration("node")}${TIMEOUTS}---
apiServer: {}
apiVersion: ${API_VERSION}
caCertificateValidityPeriod: 87600h0m0s
certificateValidityPeriod: 8760h0m0s
certificatesDir: /etc/kubernetes/pki
clusterName: kubernetes
controllerManager: {}
dns: {}
encryptionAlgorithm: RSA-2048
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: ${version}
networking:
  dnsDomain: cluster.local
  serviceSubnet: 10.96.0.0/12
proxy: {}
scheduler: {}
`;
}

function joinDefaults(hostname: string): string {
  return `apiVersion: ${API_VERSION}
caCertPath: /etc/kubernetes/pki/ca.crt
discovery:
  bootstrapToken:
    apiServerEndpoint: kube-apiserver:6443
    token: ${EXAMPLE_TOKEN}
    unsafeSkipCAVerification: true
  tlsBootstrapToken: ${EXAMPLE_TOKEN}
kind: JoinConfiguration
${registration(hostname)}${TIMEOUTS}`;
}

const UPGRADE_DEFAULTS = `apiVersion: ${API_VERSION}
apply:
  certificateRenewal: true
  etcdUpgrade: true
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
diff: {}
kind: UpgradeConfiguration
node:
  certificateRenewal: true
  etcdUpgrade: true
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
plan: {}
${TIMEOUTS}`;
