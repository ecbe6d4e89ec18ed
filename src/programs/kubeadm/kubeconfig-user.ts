import { base64, utf8 } from "../../base/bytes.ts";
import { noArgs } from "../../base/cli/args-rule.ts";
import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import { emitYaml } from "../../base/yaml/emit.ts";
import { certificatePem } from "../../pki/kubeadm/files.ts";
import type { Task } from "../../sim/task.ts";
import { commandGroup } from "./command-group.ts";
import { controlPlaneUrl } from "./configuration.ts";
import { type KubeadmCommand, type KubeadmContext, KubeadmError, print } from "./context.ts";
import { FLAG } from "./flags.ts";
import { initConfiguration } from "./init-data.ts";
import { issuePair } from "./issue.ts";
import { kubeconfigWith } from "./kubeconfig-file.ts";
import { PkiDirectory, within } from "./pki-directory.ts";

/** `kubeadm kubeconfig` (cmd/kubeconfig.go). */
export const kubeconfigCommand: KubeadmCommand = commandGroup({
  name: "kubeconfig",
  short: "Kubeconfig file utilities",
  long: "Kubeconfig file utilities.",
  commands: [
    {
      name: "user",
      short: "Output a kubeconfig file for an additional user",
      long: "Output a kubeconfig file for an additional user, signed by the cluster's CA.",
      flags: [
        FLAG.config,
        {
          name: "client-name",
          type: "string",
          required: true,
          usage: "The name of user. It will be used as the CN if client certificates are created",
        },
        {
          name: "org",
          type: "stringSlice",
          usage:
            "The organizations of the client certificate. It will be used as the O if client certificates are created",
        },
        {
          name: "token",
          type: "string",
          usage:
            "The token that should be used as the authentication mechanism for this kubeconfig, instead of client certificates",
        },
        {
          name: "validity-period",
          type: "duration",
          default: "8760h0m0s",
          usage: "The validity period of the client certificate. It is an offset from the current time.",
        },
      ],
      args: noArgs,
      run: runUser,
    },
  ],
});

function* runUser(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
  const configuration = yield* initConfiguration(context, parsed, { needsVersion: false });
  const pki = new PkiDirectory(context.process.fs, configuration.certificatesDir);
  const user = parsed.string("client-name");
  if (user === "") throw new KubeadmError('required flag(s) "client-name" not set');
  const ca = within("couldn't create a kubeconfig; the CA files couldn't be loaded", () => pki.authority("ca"));
  const server = controlPlaneUrl(configuration);
  const token = parsed.string("token");
  if (token !== "") {
    yield* print(
      context,
      `${tokenKubeconfig(configuration.clusterName, server, certificatePem(ca.certificate), user, token)}\n`,
    );
    return 0;
  }
  const wish = { commonName: user, organizations: parsed.list("org"), purposes: ["clientAuth"] as const, altNames: [] };
  const pair = issuePair(context.process, ca, wish, parsed.number("validity-period"));
  yield* print(context, `${kubeconfigWith(configuration.clusterName, server, ca.certificate, user, pair)}\n`);
  return 0;
}

function tokenKubeconfig(clusterName: string, server: string, caPem: string, user: string, token: string): string {
  const context = `${user}@${clusterName}`;
  return emitYaml({
    apiVersion: "v1",
    clusters: [{ cluster: { "certificate-authority-data": base64(utf8(caPem)), server }, name: clusterName }],
    contexts: [{ context: { cluster: clusterName, user }, name: context }],
    "current-context": context,
    kind: "Config",
    users: [{ name: user, user: { token } }],
  });
}
