import { concat, text } from "../../base/bytes.ts";
import { nullDescriptor, sinkDescriptor } from "../../machine/descriptor.ts";
import type { Machine } from "../../machine/machine.ts";
import { type Task, waitAtMost } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";

/** What a command that nobody sees has done. */
export interface HiddenResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ETCD_PKI = "/etc/kubernetes/pki/etcd";
/** Where kubectl and etcdctl find what they need, whatever the learner has exported. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME: "/root",
  LANG: "C.UTF-8",
  KUBECONFIG: "/etc/kubernetes/admin.conf",
  ETCDCTL_CACERT: `${ETCD_PKI}/ca.crt`,
  ETCDCTL_CERT: `${ETCD_PKI}/server.crt`,
  ETCDCTL_KEY: `${ETCD_PKI}/server.key`,
};

/**
 * Runs a program on a host as root without a terminal, as a monitoring agent would. Undefined: it did not end within
 * `limitMs` of the world's time, or the host is off.
 */
export function* runHidden(machine: Machine, argv: readonly string[], limitMs: number): Task<HiddenResult | undefined> {
  if (!machine.isOn) return undefined;
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  try {
    const process = machine.start({
      argv,
      env: ENVIRONMENT,
      cwd: "/root",
      stdin: nullDescriptor(),
      stdout: sinkDescriptor((data) => out.push(data)),
      stderr: sinkDescriptor((data) => err.push(data)),
    });
    const race = yield* waitAtMost(machine.kernel.clock, process.exited, limitMs);
    if (race.status === "timeout") {
      process.signal("SIGKILL");
      return undefined;
    }
    return { exitCode: race.value, stdout: text(concat(out)), stderr: text(concat(err)) };
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return { exitCode: 127, stdout: "", stderr: error.message };
  }
}
