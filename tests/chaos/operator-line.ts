import { text } from "../../src/base/bytes.ts";
import { nullDescriptor, sinkDescriptor } from "../../src/machine/descriptor.ts";
import type { Machine } from "../../src/machine/machine.ts";
import type { RunningProcess } from "../../src/machine/running-process.ts";

const PKI = "/etc/kubernetes/pki/etcd";

/** What an operator of a kubeadm cluster has in the shell's environment. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  KUBECONFIG: "/etc/kubernetes/super-admin.conf",
  ETCDCTL_ENDPOINTS: "https://127.0.0.1:2379",
  ETCDCTL_CACERT: `${PKI}/ca.crt`,
  ETCDCTL_CERT: `${PKI}/server.crt`,
  ETCDCTL_KEY: `${PKI}/server.key`,
};

const KEPT_MAX = 20_000;

/** A line of bash running on a host, and what it has printed so far. */
export interface OperatorLine {
  readonly process: RunningProcess;
  readonly output: () => string;
}

/** Starts a line on a host that is on. Throws FsError when there is no bash to run it. */
export function startLine(machine: Machine, line: string): OperatorLine {
  let output = "";
  const keep = (data: Uint8Array) => {
    if (output.length < KEPT_MAX) output += text(data);
  };
  const process = machine.start({
    argv: ["/bin/bash", "-c", line],
    env: ENVIRONMENT,
    stdin: nullDescriptor(),
    stdout: sinkDescriptor(keep),
    stderr: sinkDescriptor(keep),
  });
  return { process, output: () => output };
}
