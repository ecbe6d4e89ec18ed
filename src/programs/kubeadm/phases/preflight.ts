import { NetError } from "../../../sim/channel.ts";
import type { Listener } from "../../../sim/network.ts";
import type { Task } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { MANIFEST_DIR } from "../configuration.ts";
import { KubeadmError, print } from "../context.ts";
import { FLAG } from "../flags.ts";
import type { InitPhase, InitRun } from "./init-run.ts";

const IGNORE = {
  name: "ignore-preflight-errors",
  type: "stringSlice",
  usage:
    "A list of checks whose errors will be shown as warnings. Example: 'IsPrivilegedUser,Swap'. Value 'all' ignores errors from all checks.",
} as const;

/** One thing that stands in the way of `init`. */
interface Fault {
  readonly check: string;
  readonly text: string;
}

/** `init phase preflight` (cmd/phases/init/preflight.go, app/preflight/checks.go). */
export const preflightPhase: InitPhase = {
  name: "preflight",
  short: "Run pre-flight checks",
  flags: [FLAG.config, FLAG.dryRun, IGNORE],
  run: checkHost,
};

function* checkHost(run: InitRun): Task<void> {
  yield* print(run.context, "[preflight] Running pre-flight checks\n");
  const ignored = run.parsed.list("ignore-preflight-errors").map((name) => name.toLowerCase());
  const faults = faultsOf(run);
  const counts = faults.filter(({ check }) => !ignored.includes("all") && !ignored.includes(check.toLowerCase()));
  for (const { check, text } of faults.filter((fault) => !counts.includes(fault)))
    yield* print(run.context, `\t[WARNING ${check}]: ${text}\n`);
  if (counts.length > 0) {
    yield* print(
      run.context,
      `[preflight] Some fatal errors occurred:\n${counts.map(({ check, text }) => `\t[ERROR ${check}]: ${text}\n`).join("")}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\n`,
    );
    throw new KubeadmError("preflight checks failed", 2);
  }
  yield* print(
    run.context,
    "[preflight] Pulling images required for setting up a Kubernetes cluster\n[preflight] This might take a minute or two, depending on the speed of your internet connection\n[preflight] You can also perform this action beforehand using 'kubeadm config images pull'\n",
  );
}

function faultsOf({ context, configuration }: InitRun): Fault[] {
  const { fs, user } = context.process;
  const faults: Fault[] = [];
  if (user.uid !== 0) faults.push({ check: "IsPrivilegedUser", text: "user is not running as root" });
  for (const port of [configuration.bindPort, 10259, 10257]) if (isTaken(context, port)) faults.push(portFault(port));
  for (const name of ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"]) {
    const path = `${MANIFEST_DIR}/${name}.yaml`;
    if (fs.exists(path))
      faults.push({ check: `FileAvailable-${path.replaceAll("/", "-")}`, text: `${path} already exists` });
  }
  for (const port of [10250, 2379, 2380]) if (isTaken(context, port)) faults.push(portFault(port));
  const { etcdDataDir } = configuration;
  if (entriesOf(context, etcdDataDir).length > 0)
    faults.push({ check: `DirAvailable-${etcdDataDir.replaceAll("/", "-")}`, text: `${etcdDataDir} is not empty` });
  return faults;
}

function portFault(port: number): Fault {
  return { check: `Port-${port}`, text: `Port ${port} is in use` };
}

/** Tries to listen there, as kubeadm does. */
function isTaken({ process }: InitRun["context"], port: number): boolean {
  let listener: Listener;
  try {
    listener = process.net.listen("0.0.0.0", port);
  } catch (error) {
    if (error instanceof NetError) return true;
    throw error;
  }
  listener.close();
  return false;
}

function entriesOf({ process }: InitRun["context"], path: string): string[] {
  try {
    return process.fs.readdir(path);
  } catch (error) {
    if (error instanceof FsError) return [];
    throw error;
  }
}
