import { exactArgs, matchAll, onlyValidArgs } from "../../base/cli/args-rule.ts";
import { helpCommand } from "../../base/cli/command.ts";
import { completionScript, isShell } from "../../base/cli/completion-script.ts";
import { certsCommand } from "./certs/command.ts";
import { configCommand } from "./config/command.ts";
import { type KubeadmCommand, type KubeadmCommandLine, print, Refusal } from "./context.ts";
import { GLOBAL_FLAGS } from "./flags.ts";
import { kubeconfigCommand } from "./kubeconfig-user.ts";
import { initCommand } from "./phases/init-command.ts";
import { resetCommand } from "./reset/command.ts";
import { tokenCommand } from "./token/command.ts";
import { versionCommand } from "./version.ts";

const LONG = `

    ┌──────────────────────────────────────────────────────────┐
    │ KUBEADM                                                  │
    │ Easily bootstrap a secure Kubernetes cluster             │
    │                                                          │
    │ Please give us feedback at:                              │
    │ https://github.com/kubernetes/kubeadm/issues             │
    └──────────────────────────────────────────────────────────┘

Example usage:

    Create a two-machine cluster with one control-plane node
    (which controls the cluster), and one worker node
    (where your workloads, like pods and deployments run).

    ┌──────────────────────────────────────────────────────────┐
    │ On the first machine:                                    │
    ├──────────────────────────────────────────────────────────┤
    │ control-plane# kubeadm init                              │
    └──────────────────────────────────────────────────────────┘

    ┌──────────────────────────────────────────────────────────┐
    │ On the second machine:                                   │
    ├──────────────────────────────────────────────────────────┤
    │ worker# kubeadm join <arguments-returned-from-init>      │
    └──────────────────────────────────────────────────────────┘

    You can then repeat the second step on as many other machines as you like.
`;

/** kubeadm's whole command line. */
export function kubeadmCommandLine(): KubeadmCommandLine {
  const line: { root: KubeadmCommand } = {
    root: {
      name: "kubeadm",
      short: "kubeadm: easily bootstrap a secure Kubernetes cluster",
      long: LONG,
      flags: GLOBAL_FLAGS,
      commands: [
        certsCommand,
        {
          name: "completion",
          use: "[SHELL]",
          short: "Output shell completion code for the specified shell (bash or zsh)",
          args: matchAll(exactArgs(1), onlyValidArgs(["bash", "zsh"])),
          validArgs: ["bash", "zsh"],
          *run(context, parsed) {
            const shell = parsed.args[0] ?? "";
            if (isShell(shell)) yield* print(context, completionScript(line, shell));
            return 0;
          },
        },
        configCommand,
        initCommand,
        refused(
          "join",
          "Run this on any machine you wish to join an existing cluster",
          "not simulated in this sandbox: kubeadm join; the hosts of this sandbox are a cluster from the start",
        ),
        kubeconfigCommand,
        resetCommand,
        tokenCommand,
        refused(
          "upgrade",
          "Upgrade your cluster smoothly to a newer version with this command",
          "not simulated in this sandbox: kubeadm upgrade; there is one release of Kubernetes here",
        ),
        versionCommand,
        helpCommand(),
      ],
    },
  };
  return line;
}

function refused(name: string, short: string, what: string): KubeadmCommand {
  return {
    name,
    short,
    disableFlagParsing: true,
    run() {
      throw new Refusal(what);
    },
  };
}
