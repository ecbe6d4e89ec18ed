import { emitYaml } from "../../base/yaml/emit.ts";
import { ETCD_IMAGE_TAG, KUBERNETES_VERSION } from "../versions.ts";

/** What kubeadm fills into the manifests of a control-plane node. */
export interface ControlPlaneNode {
  readonly name: string;
  readonly ip: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
}

const PKI = "/etc/kubernetes/pki";

/** The four static pods of a kubeadm control plane, as files of /etc/kubernetes/manifests. */
export function staticPodManifests(node: ControlPlaneNode): Record<string, string> {
  return {
    "etcd.yaml": emitYaml(etcd(node)),
    "kube-apiserver.yaml": emitYaml(apiServer(node)),
    "kube-controller-manager.yaml": emitYaml(controllerManager(node)),
    "kube-scheduler.yaml": emitYaml(scheduler()),
  };
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
  readonly path: string;
  readonly type: "DirectoryOrCreate" | "FileOrCreate";
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
        .map((mount) => ({ hostPath: { path: mount.path, type: mount.type }, name: mount.name })),
    },
    status: {},
  };
}

const CERTIFICATE_FOLDERS: readonly HostMount[] = [
  directory("ca-certs", "/etc/ssl/certs"),
  directory("etc-ca-certificates", "/etc/ca-certificates"),
  directory("k8s-certs", PKI),
  directory("usr-local-share-ca-certificates", "/usr/local/share/ca-certificates"),
  directory("usr-share-ca-certificates", "/usr/share/ca-certificates"),
];

function directory(name: string, path: string, readOnly = true): HostMount {
  return { name, path, type: "DirectoryOrCreate", readOnly };
}

function kubeconfig(path: string): HostMount {
  return { name: "kubeconfig", path, type: "FileOrCreate", readOnly: true };
}

function etcd(node: ControlPlaneNode): unknown {
  return staticPod({
    name: "etcd",
    image: `registry.k8s.io/etcd:${ETCD_IMAGE_TAG}`,
    annotations: { "kubeadm.kubernetes.io/etcd.advertise-client-urls": `https://${node.ip}:2379` },
    command: [
      "etcd",
      `--advertise-client-urls=https://${node.ip}:2379`,
      `--cert-file=${PKI}/etcd/server.crt`,
      "--client-cert-auth=true",
      "--data-dir=/var/lib/etcd",
      "--feature-gates=InitialCorruptCheck=true",
      `--initial-advertise-peer-urls=https://${node.ip}:2380`,
      `--initial-cluster=${node.name}=https://${node.ip}:2380`,
      `--key-file=${PKI}/etcd/server.key`,
      `--listen-client-urls=https://127.0.0.1:2379,https://${node.ip}:2379`,
      "--listen-metrics-urls=http://127.0.0.1:2381",
      `--listen-peer-urls=https://${node.ip}:2380`,
      `--name=${node.name}`,
      `--peer-cert-file=${PKI}/etcd/peer.crt`,
      "--peer-client-cert-auth=true",
      `--peer-key-file=${PKI}/etcd/peer.key`,
      `--peer-trusted-ca-file=${PKI}/etcd/ca.crt`,
      "--snapshot-count=10000",
      `--trusted-ca-file=${PKI}/etcd/ca.crt`,
      "--watch-progress-notify-interval=5s",
    ],
    port: 2381,
    probe: { host: "127.0.0.1", scheme: "HTTP", live: "/livez", ready: "/readyz", start: "/readyz" },
    requests: { cpu: "100m", memory: "100Mi" },
    mounts: [directory("etcd-data", "/var/lib/etcd", false), directory("etcd-certs", `${PKI}/etcd`, false)],
  });
}

function apiServer(node: ControlPlaneNode): unknown {
  return staticPod({
    name: "kube-apiserver",
    image: `registry.k8s.io/kube-apiserver:${KUBERNETES_VERSION}`,
    annotations: { "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint": `${node.ip}:6443` },
    command: apiServerCommand(node),
    port: 6443,
    probe: { host: node.ip, scheme: "HTTPS", live: "/livez", ready: "/readyz", start: "/livez" },
    requests: { cpu: "250m" },
    mounts: CERTIFICATE_FOLDERS,
  });
}

function apiServerCommand(node: ControlPlaneNode): string[] {
  return [
    "kube-apiserver",
    `--advertise-address=${node.ip}`,
    "--allow-privileged=true",
    "--authorization-mode=Node,RBAC",
    `--client-ca-file=${PKI}/ca.crt`,
    "--enable-admission-plugins=NodeRestriction",
    "--enable-bootstrap-token-auth=true",
    `--etcd-cafile=${PKI}/etcd/ca.crt`,
    `--etcd-certfile=${PKI}/apiserver-etcd-client.crt`,
    `--etcd-keyfile=${PKI}/apiserver-etcd-client.key`,
    "--etcd-servers=https://127.0.0.1:2379",
    `--kubelet-client-certificate=${PKI}/apiserver-kubelet-client.crt`,
    `--kubelet-client-key=${PKI}/apiserver-kubelet-client.key`,
    "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
    `--proxy-client-cert-file=${PKI}/front-proxy-client.crt`,
    `--proxy-client-key-file=${PKI}/front-proxy-client.key`,
    "--requestheader-allowed-names=front-proxy-client",
    `--requestheader-client-ca-file=${PKI}/front-proxy-ca.crt`,
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-username-headers=X-Remote-User",
    "--secure-port=6443",
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    `--service-account-key-file=${PKI}/sa.pub`,
    `--service-account-signing-key-file=${PKI}/sa.key`,
    `--service-cluster-ip-range=${node.serviceCidr}`,
    `--tls-cert-file=${PKI}/apiserver.crt`,
    `--tls-private-key-file=${PKI}/apiserver.key`,
    "--storage-media-type=application/json",
  ];
}

function controllerManager(node: ControlPlaneNode): unknown {
  const config = "/etc/kubernetes/controller-manager.conf";
  const [first, second, ...others] = CERTIFICATE_FOLDERS;
  const [pki, ...rest] = others;
  const flexVolumes = directory("flexvolume-dir", "/usr/libexec/kubernetes/kubelet-plugins/volume/exec", false);
  return staticPod({
    name: "kube-controller-manager",
    image: `registry.k8s.io/kube-controller-manager:${KUBERNETES_VERSION}`,
    command: [
      "kube-controller-manager",
      "--allocate-node-cidrs=true",
      `--authentication-kubeconfig=${config}`,
      `--authorization-kubeconfig=${config}`,
      "--bind-address=127.0.0.1",
      `--client-ca-file=${PKI}/ca.crt`,
      `--cluster-cidr=${node.podCidr}`,
      "--cluster-name=kubernetes",
      `--cluster-signing-cert-file=${PKI}/ca.crt`,
      `--cluster-signing-key-file=${PKI}/ca.key`,
      "--controllers=*,bootstrapsigner,tokencleaner",
      `--kubeconfig=${config}`,
      "--leader-elect=true",
      `--requestheader-client-ca-file=${PKI}/front-proxy-ca.crt`,
      `--root-ca-file=${PKI}/ca.crt`,
      `--service-account-private-key-file=${PKI}/sa.key`,
      `--service-cluster-ip-range=${node.serviceCidr}`,
      "--use-service-account-credentials=true",
    ],
    port: 10257,
    probe: { host: "127.0.0.1", scheme: "HTTPS", live: "/healthz", start: "/healthz" },
    requests: { cpu: "200m" },
    mounts: [first, second, flexVolumes, pki, kubeconfig(config), ...rest].filter((mount) => mount !== undefined),
  });
}

function scheduler(): unknown {
  const config = "/etc/kubernetes/scheduler.conf";
  return staticPod({
    name: "kube-scheduler",
    image: `registry.k8s.io/kube-scheduler:${KUBERNETES_VERSION}`,
    command: [
      "kube-scheduler",
      `--authentication-kubeconfig=${config}`,
      `--authorization-kubeconfig=${config}`,
      "--bind-address=127.0.0.1",
      `--kubeconfig=${config}`,
      "--leader-elect=true",
    ],
    port: 10259,
    probe: { host: "127.0.0.1", scheme: "HTTPS", live: "/livez", ready: "/readyz", start: "/livez" },
    requests: { cpu: "100m" },
    mounts: [kubeconfig(config)],
  });
}
