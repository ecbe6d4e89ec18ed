import type { Program } from "../../machine/process.ts";
import { CORE_PROGRAMS } from "../../programs/core/index.ts";
import { curl } from "../../programs/curl/main.ts";
import { etcdctlProgram } from "../../programs/etcdctl/main.ts";
import { etcdutlProgram } from "../../programs/etcdutl/main.ts";
import { jqProgram } from "../../programs/jq/main.ts";
import { kubectl } from "../../programs/kubectl/main.ts";
import { less, more } from "../../programs/less/main.ts";
import { openssl } from "../../programs/openssl/main.ts";
import { ssh } from "../../programs/ssh/ssh.ts";
import { SYSTEM_PROGRAMS } from "../../programs/system/index.ts";
import { vi } from "../../programs/vi/main.ts";
import { ETCD_HOST_VERSIONS, ETCD_IMAGE_VERSION } from "../versions.ts";
import type { ProgramGroup } from "./program-group.ts";

/** What people type: the programs of a host's /usr/bin, and those that only images hold. */
export const tools: ProgramGroup = (etcd, { jq }): Readonly<Record<string, Program>> => {
  const onHost = { version: ETCD_HOST_VERSIONS[etcd] };
  const inImage = { version: ETCD_IMAGE_VERSION };
  return {
    ...CORE_PROGRAMS,
    ...SYSTEM_PROGRAMS,
    curl,
    jq: jqProgram(jq),
    less,
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
