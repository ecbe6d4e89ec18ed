import type { InitConfiguration } from "./configuration.ts";
import type { KubeadmBuild } from "./context.ts";

/** The images of a control plane, in kubeadm's order (app/images GetControlPlaneImages). */
export function controlPlaneImages(
  { imageRepository, kubernetesVersion }: InitConfiguration,
  { images: { coredns, pause, etcd } }: KubeadmBuild,
): string[] {
  return [
    ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"].map(
      (component) => `${imageRepository}/${component}:${kubernetesVersion}`,
    ),
    `${imageRepository}/${imageRepository === "registry.k8s.io" ? "coredns/" : ""}coredns:${coredns}`,
    `${imageRepository}/pause:${pause}`,
    `${imageRepository}/etcd:${etcd}`,
  ];
}
