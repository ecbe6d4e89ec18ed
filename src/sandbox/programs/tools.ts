import type { Program } from "../../machine/process.ts";
import { CORE_PROGRAMS } from "../../programs/core/index.ts";
import { curl } from "../../programs/curl/main.ts";
import { etcdctlProgram } from "../../programs/etcdctl/main.ts";
import { etcdutlProgram } from "../../programs/etcdutl/main.ts";
import { kubectl } from "../../programs/kubectl/main.ts";
import { openssl } from "../../programs/openssl/main.ts";
import { SYSTEM_PROGRAMS } from "../../programs/system/index.ts";
import { ETCD_HOST_VERSIONS, ETCD_IMAGE_VERSION } from "../versions.ts";
import type { ProgramGroup } from "./program-group.ts";

/** What people type: the programs of a host's /usr/bin, and those that only images hold. */
export const tools: ProgramGroup = (etcd): Readonly<Record<string, Program>> => {
  const onHost = { version: ETCD_HOST_VERSIONS[etcd] };
  const inImage = { version: ETCD_IMAGE_VERSION };
  return {
    ...CORE_PROGRAMS,
    ...SYSTEM_PROGRAMS,
    curl,
    openssl,
    kubectl,
    etcdctl: etcdctlProgram(onHost),
    etcdutl: etcdutlProgram(onHost),
    "etcdctl-of-image": etcdctlProgram(inImage),
    "etcdutl-of-image": etcdutlProgram(inImage),
  };
};
