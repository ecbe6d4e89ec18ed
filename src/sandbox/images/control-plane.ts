import type { ImageDefinition } from "../../machine/container-runtime.ts";

const KUBERNETES = "v1.35.2";
const NO_FILES: Readonly<Record<string, string>> = {};
const GO_ENV: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt",
};

function component(name: string, digest: string, sizeBytes: number, id: string): ImageDefinition {
  return {
    names: [`registry.k8s.io/${name}:${KUBERNETES}`],
    id: `sha256:${id}`,
    digest: `sha256:${digest}`,
    sizeBytes,
    entrypoint: [],
    args: [],
    env: GO_ENV,
    workingDir: "/",
    programs: { [`/usr/local/bin/${name}`]: name },
    files: NO_FILES,
  };
}

const ETCD_PROGRAMS: Readonly<Record<string, string>> = {
  "/usr/local/bin/etcd": "etcd-of-image",
  "/usr/local/bin/etcdctl": "etcdctl-of-image",
  "/usr/local/bin/etcdutl": "etcdutl-of-image",
  "/usr/bin/sh": "sh",
  "/bin/sh": "sh",
};

/** What kubeadm v1.35.2 runs on a node, with the digests and sizes of the registry. */
export const CONTROL_PLANE_IMAGES: readonly ImageDefinition[] = [
  component(
    "kube-apiserver",
    "feb7e0898a680fe20f65aed518800d4be3d2bb7486c84dc2e310e11e2f2b883b",
    27_690_236,
    "66108468ce51a4ef1d5e3d1b5ea48e4f5b7ee3b1b9a53eab7ea6c72d5d8dd4f3",
  ),
  component(
    "kube-controller-manager",
    "977167ad3e546dfedf3271ac27bd18daf9290b84f7da07d950226ab1d8bbad73",
    23_137_420,
    "0f2dd35011c05b55a97c9304ae1d36cfd58499cc1fd3dd8ccdf6efef1144e36a",
  ),
  component(
    "kube-scheduler",
    "648f83228e9a0de099e37a19e43f5a11b9fd1ce0ae7a96a38d6dd1eefb16e040",
    17_232_412,
    "ee83c410d7938aa1752b4e79a8d51f03710b4becc23b2e095fba471049fb2914",
  ),
  component(
    "kube-proxy",
    "c22678d55bd55f0665eeee411b20d7e9041ff3c641e4fadb84fb104409f16f1c",
    25_788_227,
    "52546a367cc9ec5d4a5b4c0b1d1f5d0dd2c7ea4dc4b44d9ee5f4b2e3eed2a7b1",
  ),
  {
    names: ["registry.k8s.io/etcd:3.6.6-0"],
    id: "sha256:0a108f7189562e99793bdecab61fdf1a7c9d913af3385de9da17fb9d6ff430e2",
    digest: "sha256:480455e1d82c5b134b76b951c6247bb0ca337ecf8cc8a6f54ed4a175fbb78f72",
    sizeBytes: 23_641_797,
    entrypoint: [],
    args: ["etcd"],
    env: GO_ENV,
    workingDir: "/",
    programs: ETCD_PROGRAMS,
    files: NO_FILES,
  },
  {
    names: ["registry.k8s.io/coredns/coredns:v1.13.1"],
    id: "sha256:aa5e3ebc0dfed0566805186b9e47110d8f9122291d8bad1497e78873ad291139",
    digest: "sha256:20898815cd5e9f9901c06776d5a3dd8c0bf966c529be1767ba874940a8464fba",
    sizeBytes: 23_553_139,
    entrypoint: ["/coredns"],
    args: [],
    env: GO_ENV,
    workingDir: "/",
    programs: { "/coredns": "coredns" },
    files: NO_FILES,
  },
  {
    names: ["registry.k8s.io/pause:3.10.1"],
    id: "sha256:cd073f4c5f6a8e9dc6f3125ba00cf60819cae95c1ec84a1f146ee4a9cf9e803f",
    digest: "sha256:278fb9dbcca9518083ad1e11276933a2e96f23de604a3a08cc3c80002767d24c",
    sizeBytes: 320_448,
    entrypoint: ["/pause"],
    args: [],
    env: GO_ENV,
    workingDir: "/",
    programs: { "/pause": "pause" },
    files: NO_FILES,
  },
];
