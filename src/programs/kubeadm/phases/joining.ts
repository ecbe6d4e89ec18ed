import type { FlagSpec } from "../../../base/cli/flag.ts";
import { ADMIN_CONF } from "../configuration.ts";
import { print } from "../context.ts";
import { FLAG } from "../flags.ts";
import { within } from "../pki-directory.ts";
import { joinCommand } from "../token/command.ts";
import type { InitPhase } from "./init-run.ts";

/** What `--upload-certs` is about. Asked for, it is refused as the run begins, before anything is made (init-run.ts). */
const UPLOAD_CERTS: readonly FlagSpec[] = [
  { name: "upload-certs", type: "bool", usage: "Upload control-plane certificates to the kubeadm-certs Secret." },
  {
    name: "certificate-key",
    type: "string",
    usage:
      "Key used to encrypt the control-plane certificates in the kubeadm-certs Secret. The certificate key is a hex encoded string that is an AES key of size 32 bytes.",
  },
  {
    name: "skip-certificate-key-print",
    type: "bool",
    usage: "Don't print the key used to encrypt the control-plane certificates.",
  },
];

/** `init phase upload-certs` (cmd/phases/init/uploadcerts.go): without its flag it does nothing. */
export const uploadCertsPhase: InitPhase = {
  name: "upload-certs",
  short: "Upload certificates to kubeadm-certs",
  flags: [FLAG.config, FLAG.kubeconfig, ...UPLOAD_CERTS, FLAG.dryRun],
  run: ({ context }) => print(context, "[upload-certs] Skipping phase. Please see --upload-certs\n"),
};

/** `init phase show-join-command` (cmd/phases/init/showjoincommand.go): how the cluster is used, and joined. */
export const showJoinCommandPhase: InitPhase = {
  name: "show-join-command",
  short: "Show the join command for control-plane and worker node",
  flags: [FLAG.config, FLAG.kubeconfig],
  *run({ context, parsed, tokens }) {
    const given = parsed.string("kubeconfig");
    const kubeconfig = given === "" ? ADMIN_CONF : given;
    for (const { token } of tokens) {
      const join = within("failed to print join command", () => joinCommand(context, kubeconfig, token));
      yield* print(context, done(kubeconfig, join.trim().replace(" --discovery", " \\\n\t--discovery")));
    }
  },
};

function done(kubeconfig: string, join: string): string {
  return `
Your Kubernetes control-plane has initialized successfully!

To start using your cluster, you need to run the following as a regular user:

  mkdir -p $HOME/.kube
  sudo cp -i ${kubeconfig} $HOME/.kube/config
  sudo chown $(id -u):$(id -g) $HOME/.kube/config

Alternatively, if you are the root user, you can run:

  export KUBECONFIG=/etc/kubernetes/admin.conf

You should now deploy a pod network to the cluster.
Run "kubectl apply -f [podnetwork].yaml" with one of the options listed at:
  https://kubernetes.io/docs/concepts/cluster-administration/addons/

Then you can join any number of worker nodes by running the following on each as root:

${join} 
`;
}
