import type { KubeObject } from "../../kube/api/kube-object.ts";
import type { Program } from "../../machine/process.ts";
import { BUSYBOX_APPLETS } from "../../programs/busybox/index.ts";
import { CORE_PROGRAMS } from "../../programs/core/index.ts";
import { curl } from "../../programs/curl/main.ts";
import { etcdctlProgram } from "../../programs/etcdctl/main.ts";
import { etcdutlProgram } from "../../programs/etcdutl/main.ts";
import { jqProgram } from "../../programs/jq/main.ts";
import { kubeadmProgram } from "../../programs/kubeadm/main.ts";
import { kubectl } from "../../programs/kubectl/main.ts";
import { labProgram, type SupportTable } from "../../programs/lab/main.ts";
import { less, more } from "../../programs/less/main.ts";
import { man } from "../../programs/man/main.ts";
import { nano } from "../../programs/nano/main.ts";
import { openssl } from "../../programs/openssl/main.ts";
import { ssh } from "../../programs/ssh/ssh.ts";
import { SYSTEM_PROGRAMS } from "../../programs/system/index.ts";
import { REFUSALS } from "../../programs/system/refusals.ts";
import { vi } from "../../programs/vi/main.ts";
import { wayBack } from "../history/diff/way-back.ts";
import addons from "../kubeadm/data/addons.json" with { type: "json" };
import kubeletConfig from "../kubeadm/data/kubelet-config.json" with { type: "json" };
import { aheadOf } from "../preview/ahead.ts";
import { REFUSED } from "../support.generated.ts";
import {
  COREDNS_TAG,
  ETCD_HOST_VERSIONS,
  ETCD_IMAGE_TAG,
  ETCD_IMAGE_VERSION,
  KUBERNETES_VERSION,
  PAUSE_TAG,
} from "../versions.ts";
import { BINARIES } from "./binaries.ts";
import type { ProgramGroup } from "./program-group.ts";

/** What people type: the programs of a host's /usr/bin, and those that only images hold. */
export const tools: ProgramGroup = (etcd, { jq, history, previews }): Readonly<Record<string, Program>> => {
  const onHost = { version: ETCD_HOST_VERSIONS[etcd] };
  const inImage = { version: ETCD_IMAGE_VERSION };
  return {
    ...CORE_PROGRAMS,
    ...SYSTEM_PROGRAMS,
    ...BUSYBOX_APPLETS,
    curl,
    jq: jqProgram(jq),
    kubeadm: kubeadmProgram({
      gitVersion: KUBERNETES_VERSION,
      gitCommit: "fdc9d74cbf2da6754ebf81d56f80ae2948cd6425",
      buildDate: "2026-02-26T20:26:43Z",
      goVersion: "go1.25.7",
      images: { etcd: ETCD_IMAGE_TAG, coredns: COREDNS_TAG, pause: PAUSE_TAG },
      objects: addons as unknown as KubeObject[],
      kubeletConfiguration: kubeletConfig.kubelet,
    }),
    lab: labProgram(supportTable(onHost.version), history && wayBack(history), previews && aheadOf(previews)),
    less,
    man,
    nano,
    pico: nano,
    more,
    ssh,
    vi,
    vim: vi,
    view: vi,
    openssl,
    kubectl,
    etcdctl: etcdctlProgram(onHost),
    etcdutl: etcdutlProgram(onHost),
    "etcdctl-of-image": etcdctlProgram(inImage),
    "etcdutl-of-image": etcdutlProgram(inImage),
  };
};

function supportTable(etcdVersion: string): SupportTable {
  const refused = new Set(Object.keys(REFUSALS));
  return {
    programs: BINARIES.filter(({ name, on }) => on.length > 0 && !refused.has(name)).map(({ name }) => name),
    refused: REFUSED,
    versions: [
      ["Kubernetes", KUBERNETES_VERSION],
      ["etcd on hosts", etcdVersion],
      ["etcd in the cluster", ETCD_IMAGE_VERSION],
    ],
  };
}
