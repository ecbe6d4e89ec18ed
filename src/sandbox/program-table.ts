import type { Program, ProgramTable } from "../machine/process.ts";
import { bash, sh } from "../programs/bash/main.ts";
import { CORE_PROGRAMS } from "../programs/core/index.ts";
import { coredns } from "../programs/coredns/main.ts";
import { curl } from "../programs/curl/main.ts";
import { etcdProgram } from "../programs/etcd/main.ts";
import { etcdctlProgram } from "../programs/etcdctl/main.ts";
import { etcdutlProgram } from "../programs/etcdutl/main.ts";
import { httpd } from "../programs/httpd/main.ts";
import { kubeControllerManager } from "../programs/kube-controller-manager/main.ts";
import { kubeScheduler } from "../programs/kube-scheduler/main.ts";
import { kubectl } from "../programs/kubectl/main.ts";
import { kubelet } from "../programs/kubelet/main.ts";
import { nginx, nginxEntrypoint } from "../programs/nginx/main.ts";
import { openssl } from "../programs/openssl/main.ts";
import { pause } from "../programs/pause/main.ts";
import { redisServer } from "../programs/redis/main.ts";
import { SYSTEM_PROGRAMS } from "../programs/system/index.ts";
import type { TreeEntry } from "../vfs/node-image.ts";
import { ETCD_HOST_VERSIONS, ETCD_IMAGE_VERSION, type EtcdProfile } from "./versions.ts";

/** Programs that every host has under /usr/bin. */
const EVERYWHERE: Readonly<Record<string, Program>> = { ...CORE_PROGRAMS, ...SYSTEM_PROGRAMS, bash, sh, curl, openssl };

/** Programs of a Kubernetes node. */
const NODE: Readonly<Record<string, Program>> = { kubectl, kubelet };

/** Programs that only images hold. */
const IN_IMAGES: Readonly<Record<string, Program>> = {
  coredns,
  httpd,
  "kube-controller-manager": kubeControllerManager,
  "kube-scheduler": kubeScheduler,
  nginx,
  "nginx-entrypoint": nginxEntrypoint,
  pause,
  "redis-server": redisServer,
  "etcd-of-image": etcdProgram(ETCD_IMAGE_VERSION),
  "etcdctl-of-image": etcdctlProgram({ version: ETCD_IMAGE_VERSION }),
  "etcdutl-of-image": etcdutlProgram({ version: ETCD_IMAGE_VERSION }),
};

const ETCD_TOOLS = ["etcdctl", "etcdutl"] as const;
/** Programs whose arguments Tab completes by asking them. */
const COMPLETING = ["kubectl", ...ETCD_TOOLS, "crictl"] as const;

/** The code behind every binary of a world; hosts have the etcd of the chosen profile. */
export function programTable(etcd: EtcdProfile): ProgramTable {
  const version = ETCD_HOST_VERSIONS[etcd];
  return new Map(
    Object.entries({
      ...EVERYWHERE,
      ...NODE,
      ...IN_IMAGES,
      etcd: etcdProgram(version),
      etcdctl: etcdctlProgram({ version }),
      etcdutl: etcdutlProgram({ version }),
    }),
  );
}

/** The binaries on a host's disk. A node runs etcd in a pod, so only a bare host has etcd itself. */
export function hostBinaries(kind: "bare" | "node"): Record<string, TreeEntry> {
  const names =
    kind === "bare"
      ? [...Object.keys(EVERYWHERE), "etcd", ...ETCD_TOOLS]
      : [...Object.keys(EVERYWHERE), ...Object.keys(NODE), ...ETCD_TOOLS];
  const binaries: Record<string, TreeEntry> = {};
  for (const name of names) binaries[`/usr/bin/${name}`] = { program: name, mode: 0o755 };
  for (const name of COMPLETING) {
    if (binaries[`/usr/bin/${name}`] !== undefined) binaries[`/usr/share/bash-completion/completions/${name}`] = "";
  }
  return binaries;
}
