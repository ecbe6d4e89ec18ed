import { formatGoDuration } from "../../base/cli/go-duration.ts";
import { emitYaml } from "../../base/yaml/emit.ts";
import type { ComponentExtras, InitConfiguration } from "./configuration.ts";

/** ClusterConfiguration as ConfigMap kubeadm-config keeps it. */
export function clusterConfigurationYaml(configuration: InitConfiguration): string {
  const { certSans, etcdCertSans, etcd, etcdDataDir, controlPlaneEndpoint, podSubnet } = configuration;
  return emitYaml({
    apiServer: {
      ...(certSans.length === 0 ? {} : { certSANs: certSans }),
      ...componentFields(configuration.apiServer),
    },
    apiVersion: "kubeadm.k8s.io/v1beta4",
    caCertificateValidityPeriod: formatGoDuration(configuration.caValidityMs),
    certificateValidityPeriod: formatGoDuration(configuration.certificateValidityMs),
    certificatesDir: configuration.certificatesDir,
    clusterName: configuration.clusterName,
    ...(controlPlaneEndpoint === "" ? {} : { controlPlaneEndpoint }),
    controllerManager: componentFields(configuration.controllerManager),
    dns: {},
    encryptionAlgorithm: "ECDSA-P256",
    etcd: {
      local: {
        dataDir: etcdDataDir,
        ...componentFields(etcd),
        ...(etcdCertSans.server.length === 0 ? {} : { serverCertSANs: etcdCertSans.server }),
        ...(etcdCertSans.peer.length === 0 ? {} : { peerCertSANs: etcdCertSans.peer }),
      },
    },
    imageRepository: configuration.imageRepository,
    kind: "ClusterConfiguration",
    kubernetesVersion: configuration.kubernetesVersion,
    networking: {
      dnsDomain: configuration.dnsDomain,
      ...(podSubnet === "" ? {} : { podSubnet }),
      serviceSubnet: configuration.serviceSubnet,
    },
    proxy: {},
    scheduler: componentFields(configuration.scheduler),
  });
}

function componentFields({ args, volumes }: ComponentExtras) {
  return {
    ...(args.length === 0 ? {} : { extraArgs: args.map(({ name, value }) => ({ name, value })) }),
    ...(volumes.length === 0 ? {} : { extraVolumes: volumes.map((volume) => ({ ...volume })) }),
  };
}
