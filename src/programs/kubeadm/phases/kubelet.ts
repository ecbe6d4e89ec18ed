import type { Task } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { KUBERNETES_DIR } from "../configuration.ts";
import { fileErrors, KubeadmError, print, warn } from "../context.ts";
import { FLAG } from "../flags.ts";
import { runProgram } from "../services.ts";
import type { InitPhase, InitRun } from "./init-run.ts";

const KUBELET_DIR = "/var/lib/kubelet";
const ENVIRONMENT_FILE = `${KUBELET_DIR}/kubeadm-flags.env`;
const INSTANCE_FILE = `${KUBELET_DIR}/instance-config.yaml`;
const CONFIG_FILE = `${KUBELET_DIR}/config.yaml`;
const CURRENT_CERTIFICATE = `${KUBELET_DIR}/pki/kubelet-client-current.pem`;

/** `init phase kubelet-start` (cmd/phases/init/kubelet.go). */
export const kubeletStartPhase: InitPhase = {
  name: "kubelet-start",
  short: "Write kubelet settings and (re)start the kubelet",
  flags: [FLAG.config, FLAG.imageRepository, FLAG.criSocket, FLAG.nodeName, FLAG.patches, FLAG.dryRun],
  run: startKubelet,
};

function* startKubelet({ context, configuration: { criSocket } }: InitRun): Task<void> {
  const { process, build } = context;
  yield* runProgram(process, ["systemctl", "stop", "kubelet"]);
  yield* writeSettings(
    context,
    `kubelet environment file with flags to file ${JSON.stringify(ENVIRONMENT_FILE)}`,
    ENVIRONMENT_FILE,
    'KUBELET_KUBEADM_ARGS=""\n',
  );
  const instance = `apiVersion: kubelet.config.k8s.io/v1beta1\ncontainerRuntimeEndpoint: ${criSocket}\nkind: KubeletConfiguration\n`;
  yield* writeSettings(
    context,
    `kubelet configuration to file ${JSON.stringify(INSTANCE_FILE)}`,
    INSTANCE_FILE,
    instance,
  );
  const config = build.kubeletConfiguration.replace(
    'containerRuntimeEndpoint: ""',
    `containerRuntimeEndpoint: ${criSocket}`,
  );
  yield* writeSettings(context, `kubelet configuration to file ${JSON.stringify(CONFIG_FILE)}`, CONFIG_FILE, config);
  yield* print(context, "[kubelet-start] Starting the kubelet\n");
  if ((yield* runProgram(process, ["systemctl", "start", "kubelet"])) !== 0)
    yield* warn(
      context,
      "kubelet.go:68",
      "[kubelet-start] WARNING: unable to start the kubelet service: [exit status 1]",
    );
}

function* writeSettings(context: InitRun["context"], what: string, path: string, content: string): Task<void> {
  yield* print(context, `[kubelet-start] Writing ${what}\n`);
  fileErrors(`failed to write kubelet configuration to the file ${JSON.stringify(path)}: `, "open", () => {
    const { fs } = context.process;
    fs.mkdir(KUBELET_DIR, { parents: true });
    fs.writeFile(path, content, path === CONFIG_FILE || path === ENVIRONMENT_FILE ? 0o644 : 0o600);
  });
}

/** `init phase kubelet-finalize` (cmd/phases/init/kubeletfinalize.go). */
export const kubeletFinalizePhase: InitPhase = {
  name: "kubelet-finalize",
  short: "Updates settings relevant to the kubelet after TLS bootstrap",
  flags: [FLAG.config, FLAG.certDir, FLAG.dryRun],
  phases: [
    {
      name: "enable-client-cert-rotation",
      short: "Enable kubelet client certificate rotation",
      flags: [FLAG.config, FLAG.certDir, FLAG.dryRun],
      run: enableRotation,
    },
  ],
};

/** kubelet.conf is pointed at the certificate that the kubelet rotates, when there is one. */
function* enableRotation({ context }: InitRun): Task<void> {
  const { fs } = context.process;
  const path = `${KUBERNETES_DIR}/kubelet.conf`;
  if (!fs.exists(CURRENT_CERTIFICATE)) return;
  yield* print(
    context,
    `[kubelet-finalize] Updating ${JSON.stringify(path)} to point to a rotatable kubelet client certificate and key\n`,
  );
  try {
    const content = fs
      .readText(path)
      .replace(/client-certificate(-data)?: .*/, `client-certificate: ${CURRENT_CERTIFICATE}`)
      .replace(/client-key(-data)?: .*/, `client-key: ${CURRENT_CERTIFICATE}`);
    fs.writeFile(path, content, 0o600);
  } catch (error) {
    if (error instanceof FsError)
      throw new KubeadmError(`could not load ${JSON.stringify(path)}: ${error.message.toLowerCase()}`);
    throw error;
  }
  yield* runProgram(context.process, ["systemctl", "restart", "kubelet"]);
}
