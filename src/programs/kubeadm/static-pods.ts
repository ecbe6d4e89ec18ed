import { emitYaml } from "../../base/yaml/emit.ts";
import type { Argument, ComponentExtras, InitConfiguration } from "./configuration.ts";

/** The components that kubeadm runs as static pods. */
export type StaticComponent = "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";

/** The control plane's own three, in the order in which kubeadm writes them. */
export const CONTROL_PLANE = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;

/** The text of a component's manifest (phases/controlplane/manifests.go, phases/etcd/local.go). */
export function staticPodManifest(
  component: StaticComponent,
  configuration: InitConfiguration,
  etcdTag: string,
): string {
  switch (component) {
    case "etcd":
      return emitYaml(etcd(configuration, etcdTag));
    case "kube-apiserver":
      return emitYaml(apiServer(configuration));
    case "kube-controller-manager":
      return emitYaml(controllerManager(configuration));
    case "kube-scheduler":
      return emitYaml(scheduler(configuration));
  }
}

interface StaticPod {
  readonly name: string;
  readonly image: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly port: number;
  readonly probe: {
    readonly host: string;
    readonly scheme: "HTTP" | "HTTPS";
    readonly live: string;
    readonly ready?: string;
    readonly start: string;
  };
  readonly requests: Readonly<Record<string, string>>;
  readonly mounts: readonly HostMount[];
}

interface HostMount {
  readonly name: string;
  /** In the container. */
  readonly path: string;
  /** On the host, where it is another. */
  readonly hostPath?: string;
  readonly type: string;
  readonly readOnly: boolean;
}

function staticPod(pod: StaticPod): unknown {
  const httpGet = (path: string) => ({ host: pod.probe.host, path, port: "probe-port", scheme: pod.probe.scheme });
  const container = {
    command: pod.command,
    image: pod.image,
    imagePullPolicy: "IfNotPresent",
    livenessProbe: {
      failureThreshold: 8,
      httpGet: httpGet(pod.probe.live),
      initialDelaySeconds: 10,
      periodSeconds: 10,
      timeoutSeconds: 15,
    },
    name: pod.name,
    ports: [{ containerPort: pod.port, name: "probe-port", protocol: "TCP" }],
    ...(pod.probe.ready === undefined
      ? {}
      : {
          readinessProbe: {
            failureThreshold: 3,
            httpGet: httpGet(pod.probe.ready),
            periodSeconds: 1,
            timeoutSeconds: 15,
          },
        }),
    resources: { requests: pod.requests },
    startupProbe: {
      failureThreshold: 24,
      httpGet: httpGet(pod.probe.start),
      initialDelaySeconds: 10,
      periodSeconds: 10,
      timeoutSeconds: 15,
    },
    volumeMounts: pod.mounts.map((mount) => ({
      mountPath: mount.path,
      name: mount.name,
      ...(mount.readOnly ? { readOnly: true } : {}),
    })),
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...(pod.annotations === undefined ? {} : { annotations: pod.annotations }),
      labels: { component: pod.name, tier: "control-plane" },
      name: pod.name,
      namespace: "kube-system",
    },
    spec: {
      containers: [container],
      hostNetwork: true,
      priority: 2000001000,
      priorityClassName: "system-node-critical",
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      // kubeadm keeps volumes in a map and writes them in the order of their names.
      volumes: [...pod.mounts]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((mount) => ({
          hostPath: { path: mount.hostPath ?? mount.path, ...(mount.type === "" ? {} : { type: mount.type }) },
          name: mount.name,
        })),
    },
    status: {},
  };
}

function certificateFolders(pki: string): readonly HostMount[] {
  return [
    directory("ca-certs", "/etc/ssl/certs"),
    directory("etc-ca-certificates", "/etc/ca-certificates"),
    directory("k8s-certs", pki),
    directory("usr-local-share-ca-certificates", "/usr/local/share/ca-certificates"),
    directory("usr-share-ca-certificates", "/usr/share/ca-certificates"),
  ];
}

function directory(name: string, path: string, readOnly = true): HostMount {
  return { name, path, type: "DirectoryOrCreate", readOnly };
}

function kubeconfig(path: string): HostMount {
  return { name: "kubeconfig", path, type: "FileOrCreate", readOnly: true };
}

/** kubeadm keeps mounts in a map and writes them in the order of their names. */
function withExtras(mounts: readonly HostMount[], { volumes }: ComponentExtras): readonly HostMount[] {
  const extra = volumes.map(({ name, hostPath, mountPath, readOnly, pathType }) => ({
    name,
    path: mountPath,
    hostPath,
    type: pathType,
    readOnly,
  }));
  return [...mounts, ...extra].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The command line: kubeadm's flags in their order without the ones that are replaced, then the extra ones. */
function command(program: string, flags: readonly Argument[], { args }: ComponentExtras): string[] {
  const replaced = new Set(args.map(({ name }) => name));
  const kept = flags.filter(({ name }) => !replaced.has(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [program, ...[...kept, ...args].map(({ name, value }) => `--${name}=${value}`)];
}

function argumentsOf(flags: Readonly<Record<string, string>>): Argument[] {
  return Object.entries(flags).map(([name, value]) => ({ name, value }));
}

function etcd(configuration: InitConfiguration, tag: string): unknown {
  const { advertiseAddress: ip, certificatesDir, etcdDataDir, nodeName, imageRepository } = configuration;
  const pki = `${certificatesDir}/etcd`;
  const flags = argumentsOf({
    "advertise-client-urls": `https://${ip}:2379`,
    "cert-file": `${pki}/server.crt`,
    "client-cert-auth": "true",
    "data-dir": etcdDataDir,
    "feature-gates": "InitialCorruptCheck=true",
    "initial-advertise-peer-urls": `https://${ip}:2380`,
    "initial-cluster": `${nodeName}=https://${ip}:2380`,
    "key-file": `${pki}/server.key`,
    "listen-client-urls": `https://127.0.0.1:2379,https://${ip}:2379`,
    "listen-metrics-urls": "http://127.0.0.1:2381",
    "listen-peer-urls": `https://${ip}:2380`,
    name: nodeName,
    "peer-cert-file": `${pki}/peer.crt`,
    "peer-client-cert-auth": "true",
    "peer-key-file": `${pki}/peer.key`,
    "peer-trusted-ca-file": `${pki}/ca.crt`,
    "snapshot-count": "10000",
    "trusted-ca-file": `${pki}/ca.crt`,
    "watch-progress-notify-interval": "5s",
  });
  return staticPod({
    name: "etcd",
    image: `${imageRepository}/etcd:${tag}`,
    annotations: { "kubeadm.kubernetes.io/etcd.advertise-client-urls": `https://${ip}:2379` },
    command: command("etcd", flags, configuration.etcd),
    port: 2381,
    probe: { host: "127.0.0.1", scheme: "HTTP", live: "/livez", ready: "/readyz", start: "/readyz" },
    requests: { cpu: "100m", memory: "100Mi" },
    mounts: [directory("etcd-data", etcdDataDir, false), directory("etcd-certs", pki, false)],
  });
}

function apiServer(configuration: InitConfiguration): unknown {
  const { advertiseAddress: ip, bindPort, imageRepository, kubernetesVersion, certificatesDir } = configuration;
  return staticPod({
    name: "kube-apiserver",
    image: `${imageRepository}/kube-apiserver:${kubernetesVersion}`,
    annotations: { "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint": `${ip}:${bindPort}` },
    command: command("kube-apiserver", apiServerFlags(configuration), configuration.apiServer),
    port: bindPort,
    probe: { host: ip, scheme: "HTTPS", live: "/livez", ready: "/readyz", start: "/livez" },
    requests: { cpu: "250m" },
    mounts: withExtras(certificateFolders(certificatesDir), configuration.apiServer),
  });
}

function apiServerFlags(configuration: InitConfiguration): Argument[] {
  const { advertiseAddress, bindPort, certificatesDir: pki, dnsDomain, serviceSubnet } = configuration;
  return argumentsOf({
    "advertise-address": advertiseAddress,
    "allow-privileged": "true",
    "authorization-mode": "Node,RBAC",
    "client-ca-file": `${pki}/ca.crt`,
    "enable-admission-plugins": "NodeRestriction",
    "enable-bootstrap-token-auth": "true",
    "etcd-cafile": `${pki}/etcd/ca.crt`,
    "etcd-certfile": `${pki}/apiserver-etcd-client.crt`,
    "etcd-keyfile": `${pki}/apiserver-etcd-client.key`,
    "etcd-servers": "https://127.0.0.1:2379",
    "kubelet-client-certificate": `${pki}/apiserver-kubelet-client.crt`,
    "kubelet-client-key": `${pki}/apiserver-kubelet-client.key`,
    "kubelet-preferred-address-types": "InternalIP,ExternalIP,Hostname",
    "proxy-client-cert-file": `${pki}/front-proxy-client.crt`,
    "proxy-client-key-file": `${pki}/front-proxy-client.key`,
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-client-ca-file": `${pki}/front-proxy-ca.crt`,
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-username-headers": "X-Remote-User",
    "secure-port": String(bindPort),
    "service-account-issuer": `https://kubernetes.default.svc.${dnsDomain}`,
    "service-account-key-file": `${pki}/sa.pub`,
    "service-account-signing-key-file": `${pki}/sa.key`,
    "service-cluster-ip-range": serviceSubnet,
    "tls-cert-file": `${pki}/apiserver.crt`,
    "tls-private-key-file": `${pki}/apiserver.key`,
  });
}

function controllerManager(configuration: InitConfiguration): unknown {
  const { certificatesDir: pki, clusterName, podSubnet, serviceSubnet } = configuration;
  const config = "/etc/kubernetes/controller-manager.conf";
  const flags = argumentsOf({
    "authentication-kubeconfig": config,
    "authorization-kubeconfig": config,
    "bind-address": "127.0.0.1",
    "client-ca-file": `${pki}/ca.crt`,
    "cluster-name": clusterName,
    "cluster-signing-cert-file": `${pki}/ca.crt`,
    "cluster-signing-key-file": `${pki}/ca.key`,
    controllers: "*,bootstrapsigner,tokencleaner",
    kubeconfig: config,
    "leader-elect": "true",
    "requestheader-client-ca-file": `${pki}/front-proxy-ca.crt`,
    "root-ca-file": `${pki}/ca.crt`,
    "service-account-private-key-file": `${pki}/sa.key`,
    "service-cluster-ip-range": serviceSubnet,
    "use-service-account-credentials": "true",
    ...(podSubnet === "" ? {} : { "allocate-node-cidrs": "true", "cluster-cidr": podSubnet }),
  });
  const flexVolumes = directory("flexvolume-dir", "/usr/libexec/kubernetes/kubelet-plugins/volume/exec", false);
  return staticPod({
    name: "kube-controller-manager",
    image: `${configuration.imageRepository}/kube-controller-manager:${configuration.kubernetesVersion}`,
    command: command("kube-controller-manager", flags, configuration.controllerManager),
    port: 10257,
    probe: { host: "127.0.0.1", scheme: "HTTPS", live: "/healthz", start: "/healthz" },
    requests: { cpu: "200m" },
    mounts: withExtras([...certificateFolders(pki), flexVolumes, kubeconfig(config)], configuration.controllerManager),
  });
}

function scheduler(configuration: InitConfiguration): unknown {
  const config = "/etc/kubernetes/scheduler.conf";
  const flags = argumentsOf({
    "authentication-kubeconfig": config,
    "authorization-kubeconfig": config,
    "bind-address": "127.0.0.1",
    kubeconfig: config,
    "leader-elect": "true",
  });
  return staticPod({
    name: "kube-scheduler",
    image: `${configuration.imageRepository}/kube-scheduler:${configuration.kubernetesVersion}`,
    command: command("kube-scheduler", flags, configuration.scheduler),
    port: 10259,
    probe: { host: "127.0.0.1", scheme: "HTTPS", live: "/livez", ready: "/readyz", start: "/livez" },
    requests: { cpu: "100m" },
    mounts: withExtras([kubeconfig(config)], configuration.scheduler),
  });
}
