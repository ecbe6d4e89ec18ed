import { hex } from "../../../base/bytes.ts";
import { noArgs } from "../../../base/cli/args-rule.ts";
import { commandGroup } from "../command-group.ts";
import { type KubeadmCommand, print } from "../context.ts";
import { FLAG } from "../flags.ts";
import { runCheckExpiration } from "./check-expiration.ts";
import { runGenerateCsr } from "./generate-csr.ts";
import { runRenew, runRenewAll } from "./renew.ts";
import { RENEWABLES } from "./renewal.ts";

const FLAGS = [FLAG.certDir, FLAG.config, FLAG.kubeconfig];

const RENEW_LONG = `Renewals run unconditionally, whatever the certificate's date, and take names from the certificate that is there.
The local certificate authority signs. Afterwards the components must be restarted to use the new certificates.`;

/** `kubeadm certs` (cmd/certs.go). */
export const certsCommand: KubeadmCommand = commandGroup({
  name: "certs",
  aliases: ["certificates"],
  short: "Commands related to handling Kubernetes certificates",
  commands: [
    {
      name: "certificate-key",
      short: "Generate certificate keys",
      long: 'Print a random key that "init --upload-certs" can encrypt certificates with.',
      args: noArgs,
      *run(context) {
        yield* print(context, `${hex(context.process.random.bytes(32))}\n`);
        return 0;
      },
    },
    {
      name: "check-expiration",
      short: "Check certificates expiration for a Kubernetes cluster",
      long: "Check expiration of the certificates in the local PKI managed by kubeadm.",
      flags: [...FLAGS, FLAG.output],
      args: noArgs,
      run: runCheckExpiration,
    },
    {
      name: "generate-csr",
      short: "Generate keys and certificate signing requests",
      long: "Generate keys and certificate signing requests for all certificates of the control plane, for a CA that is elsewhere.",
      flags: [FLAG.certDir, FLAG.config, FLAG.kubeconfigDir],
      args: noArgs,
      run: runGenerateCsr,
    },
    commandGroup({
      name: "renew",
      short: "Renew certificates for a Kubernetes cluster",
      commands: [
        ...RENEWABLES.map(
          (renewable): KubeadmCommand => ({
            name: renewable.name,
            short: `Renew the ${renewable.longName}`,
            long: `Renew the ${renewable.longName}.\n\n${RENEW_LONG}`,
            flags: FLAGS,
            args: noArgs,
            run: (context, parsed) => runRenew(context, parsed, renewable),
          }),
        ),
        {
          name: "all",
          short: "Renew all available certificates",
          long: `Renew all known certificates of the control plane.\n\n${RENEW_LONG}`,
          flags: FLAGS,
          args: noArgs,
          run: runRenewAll,
        },
      ],
    }),
  ],
});
