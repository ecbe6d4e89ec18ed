import { KUBECONFIGS, type KubeconfigSpec } from "../../../pki/kubeadm/certificate-table.ts";
import { certificatePem } from "../../../pki/kubeadm/files.ts";
import type { Task } from "../../../sim/task.ts";
import { controlPlaneUrl } from "../configuration.ts";
import { fileErrors, KubeadmError, print, warn } from "../context.ts";
import { FLAG } from "../flags.ts";
import { issuePair } from "../issue.ts";
import { kubeconfigWith, readCurrentContext } from "../kubeconfig-file.ts";
import { within } from "../pki-directory.ts";
import type { InitPhase, InitRun } from "./init-run.ts";

const FLAGS = [
  FLAG.advertiseAddress,
  FLAG.endpoint,
  FLAG.bindPort,
  FLAG.certDir,
  FLAG.config,
  FLAG.kubeconfigDir,
  FLAG.version,
  FLAG.dryRun,
];

const SHORT: Readonly<Record<string, string>> = {
  "admin.conf": "Generate a kubeconfig file for the admin to use and for kubeadm itself",
  "super-admin.conf": "Generate a kubeconfig file for the super-admin",
  "kubelet.conf": "Generate a kubeconfig file for the kubelet to use *only* for cluster bootstrapping purposes",
  "controller-manager.conf": "Generate a kubeconfig file for the controller manager to use",
  "scheduler.conf": "Generate a kubeconfig file for the scheduler to use",
};

/** `init phase kubeconfig` (cmd/phases/init/kubeconfig.go). */
export const kubeconfigPhase: InitPhase = {
  name: "kubeconfig",
  short: "Generate all kubeconfig files necessary to establish the control plane and the admin kubeconfig file",
  flags: [...FLAGS, FLAG.nodeName],
  run: (run) => print(run.context, `[kubeconfig] Using kubeconfig folder ${JSON.stringify(run.kubeconfigDir)}\n`),
  phases: KUBECONFIGS.map((spec) => ({
    name: spec.name.replace(".conf", ""),
    short: SHORT[spec.name] ?? "",
    flags: spec.name === "kubelet.conf" ? [...FLAGS, FLAG.nodeName] : FLAGS,
    run: (run) => makeKubeconfig(run, spec),
  })),
};

function* makeKubeconfig(run: InitRun, spec: KubeconfigSpec): Task<void> {
  const { context, configuration, pki } = run;
  if (run.externalCa) {
    yield* print(context, `[kubeconfig] External CA mode: Using user provided ${spec.name}\n`);
    return;
  }
  const path = `${run.kubeconfigDir}/${spec.name}`;
  const ca = within("couldn't create a kubeconfig; the CA files couldn't be loaded", () => pki.pair("ca"));
  const server = controlPlaneUrl(configuration);
  if (context.process.fs.exists(path)) {
    yield* keepExisting(run, path, certificatePem(ca.certificate), server);
    return;
  }
  const user = spec.user(configuration.nodeName);
  const wish = { commonName: user, organizations: spec.organizations, purposes: ["clientAuth"] as const, altNames: [] };
  const pair = issuePair(context.process, ca, wish, configuration.certificateValidityMs);
  yield* print(context, `[kubeconfig] Writing ${JSON.stringify(spec.name)} kubeconfig file\n`);
  const content = kubeconfigWith(configuration.clusterName, server, ca.certificate, user, pair);
  fileErrors(`failed to save kubeconfig file ${path} on disk: `, "open", () => {
    context.process.fs.mkdir(run.kubeconfigDir, { parents: true });
    context.process.fs.writeFile(path, content, 0o600);
  });
}

function* keepExisting({ context }: InitRun, path: string, caPem: string, server: string): Task<void> {
  const current = within(`failed to load kubeconfig file ${path} that already exists on disk`, () =>
    readCurrentContext(context.process.fs, path),
  );
  const quoted = JSON.stringify(path);
  if (current.caPem.trim() !== caPem.trim())
    throw new KubeadmError(`a kubeconfig file ${quoted} exists already but has got the wrong CA cert`);
  if (current.server !== server)
    yield* warn(
      context,
      "kubeconfig.go:255",
      `a kubeconfig file ${quoted} exists already but has an unexpected API Server URL: expected: ${server}, got: ${current.server}`,
    );
  yield* print(context, `[kubeconfig] Using existing kubeconfig file: ${quoted}\n`);
}
