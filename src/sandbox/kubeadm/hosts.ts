import { text } from "../../base/bytes.ts";
import {
  type KubeadmFile,
  makeClusterSecrets,
  makeControlPlaneFiles,
  makeWorkerFiles,
} from "../../pki/kubeadm/files.ts";
import { defaultConfiguration } from "../../programs/kubeadm/configuration.ts";
import { CONTROL_PLANE, staticPodManifest } from "../../programs/kubeadm/static-pods.ts";
import { SSH_SERVER_FILES } from "../../programs/ssh/sshd.ts";
import type { RandomStream } from "../../sim/random.ts";
import type { TreeEntry } from "../../vfs/node-image.ts";
import { ETCD_IMAGE_TAG, KUBERNETES_VERSION } from "../versions.ts";
import { CLUSTER_HOSTS, type ClusterHost, POD_CIDR, SERVICE_CIDR } from "./cluster-hosts.ts";
import kubeletConfig from "./data/kubelet-config.json" with { type: "json" };

const SERVER = "https://10.0.1.10:6443";

type Tree = Record<string, TreeEntry>;

/** What `kubeadm init` and `kubeadm join` leave on the three disks, made at `now`. */
export function kubeadmTrees(now: number, random: RandomStream): Map<string, Tree> {
  const secrets = makeClusterSecrets(now, random);
  const trees = new Map<string, Tree>();
  for (const host of CLUSTER_HOSTS) {
    const making = { now, random, clusterName: "kubernetes", server: SERVER };
    const names = {
      nodeName: host.name,
      advertiseAddress: host.ip,
      serviceAddress: "10.96.0.1",
      dnsDomain: "cluster.local",
    };
    const made =
      host.role === "control-plane"
        ? makeControlPlaneFiles(secrets, names, making)
        : makeWorkerFiles(secrets, host.name, making);
    trees.set(host.name, {
      ...nodeTree(host),
      ...(host.role === "control-plane" ? controlPlaneTree(host, made) : {}),
      ...treeOf(made),
    });
  }
  return trees;
}

function treeOf(files: readonly KubeadmFile[]): Tree {
  return Object.fromEntries(
    files.map((file) => [
      file.path,
      file.linkTo === undefined ? { bytes: file.bytes, mode: file.mode } : { symlink: file.linkTo },
    ]),
  );
}

function controlPlaneTree(host: ClusterHost, made: readonly KubeadmFile[]): Tree {
  const configuration = {
    ...defaultConfiguration({ name: host.name, address: host.ip, version: KUBERNETES_VERSION }),
    serviceSubnet: SERVICE_CIDR,
    podSubnet: POD_CIDR,
    apiServer: { args: [{ name: "storage-media-type", value: "application/json" }], volumes: [] },
  };
  const admin = made.find((file) => file.path.endsWith("/admin.conf"));
  const tree: Tree = {
    "/var/lib/etcd": { directory: true, mode: 0o700 },
    "/root/.kube": { directory: true, mode: 0o750 },
    "/root/.kube/config": { text: admin === undefined ? "" : text(admin.bytes), mode: 0o600 },
  };
  for (const component of ["etcd", ...CONTROL_PLANE] as const) {
    const text = staticPodManifest(component, configuration, ETCD_IMAGE_TAG);
    tree[`/etc/kubernetes/manifests/${component}.yaml`] = { text, mode: 0o600 };
  }
  return tree;
}

/** What every node has: the kubelet's unit and configuration, the runtime's and the network's. */
function nodeTree(host: ClusterHost): Tree {
  return {
    "/etc/hosts": `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n${CLUSTER_HOSTS.map((each) => `${each.ip} ${each.name}\n`).join("")}`,
    "/etc/os-release": OS_RELEASE,
    "/etc/kubernetes": { directory: true, mode: 0o755 },
    "/etc/kubernetes/manifests": { directory: true, mode: 0o700 },
    "/usr/lib/systemd/system/kubelet.service": KUBELET_UNIT,
    "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf": KUBELET_DROP_IN,
    "/etc/systemd/system/multi-user.target.wants/kubelet.service": {
      symlink: "/usr/lib/systemd/system/kubelet.service",
    },
    ...SSH_SERVER_FILES,
    "/etc/default/kubelet": "KUBELET_EXTRA_ARGS=\n",
    "/var/lib/kubelet/config.yaml": { text: kubeletConfigFor(host), mode: 0o644 },
    "/var/lib/kubelet/instance-config.yaml": {
      text: `apiVersion: kubelet.config.k8s.io/v1beta1\ncontainerRuntimeEndpoint: unix:///var/run/containerd/containerd.sock\nkind: KubeletConfiguration\n`,
      mode: 0o600,
    },
    "/var/lib/kubelet/kubeadm-flags.env": 'KUBELET_KUBEADM_ARGS=""\n',
    "/etc/crictl.yaml":
      "runtime-endpoint: unix:///run/containerd/containerd.sock\nimage-endpoint: unix:///run/containerd/containerd.sock\ntimeout: 10\n",
    "/etc/containerd/config.toml":
      "version = 3\n\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]\n  SystemdCgroup = true\n",
    "/etc/cni/net.d/10-sandbox.conflist": { text: CNI_CONFIG, mode: 0o600 },
    "/etc/ssl/certs": { directory: true },
    "/etc/ca-certificates": { directory: true },
    "/usr/local/share/ca-certificates": { directory: true },
    "/usr/share/ca-certificates": { directory: true },
    "/usr/lib/modules": { directory: true },
    "/opt/cni/bin": { directory: true },
  };
}

/** The cluster's KubeletConfiguration with what differs on a host: where its runtime listens. */
function kubeletConfigFor(_host: ClusterHost): string {
  return kubeletConfig.kubelet.replace(
    'containerRuntimeEndpoint: ""',
    "containerRuntimeEndpoint: unix:///var/run/containerd/containerd.sock",
  );
}

const OS_RELEASE = `PRETTY_NAME="Ubuntu 24.04.3 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.3 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
`;

const KUBELET_UNIT = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`;

const KUBELET_DROP_IN = `# Written by kubeadm's package: flags that kubeadm sets at run time come from the environment files.
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;

const CNI_CONFIG = `${JSON.stringify({ cniVersion: "1.0.0", name: "sandbox", plugins: [{ type: "bridge", bridge: "cni0", isGateway: true, ipMasq: true, ipam: { type: "host-local" } }] }, null, 2)}\n`;
