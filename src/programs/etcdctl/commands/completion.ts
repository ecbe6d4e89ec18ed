import { exactArgs, matchAll, onlyValidArgs } from "../../../base/cli/args-rule.ts";
import { completionScript, isShell, SHELLS } from "../../../base/cli/completion-script.ts";
import { EXIT } from "../../../base/cli/exit.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { Task } from "../../../sim/task.ts";
import { type EtcdctlCommand, type EtcdctlContext, print } from "../context.ts";
import { apiVersion, type EtcdctlProfile, is35 } from "../profile.ts";

/** `etcdctl completion` */
export function completionCommand(profile: EtcdctlProfile): EtcdctlCommand {
  if (is35(profile)) {
    return {
      name: "completion",
      short: "Generate the autocompletion script for the specified shell",
      commands: SHELLS.map((shell) => ({
        name: shell,
        short: `Generate the autocompletion script for ${shell}`,
        run: (context) => printScript(context, shell),
      })),
    };
  }
  return {
    name: "completion",
    use: "[bash|zsh|fish|powershell]",
    short: "Generate completion script",
    args: matchAll(exactArgs(1), onlyValidArgs(SHELLS)),
    validArgs: SHELLS,
    run: (context, parsed: ParsedFlags) => printScript(context, parsed.args[0] ?? ""),
  };
}

function* printScript(context: EtcdctlContext, shell: string): Task<number> {
  if (isShell(shell)) yield* print(context, completionScript(context.line, shell, is35(context.profile) ? " V2" : ""));
  return EXIT.ok;
}

/** `etcdctl version` */
export const versionCommand: EtcdctlCommand = {
  name: "version",
  short: "Prints the version of etcdctl",
  run: function* run(context: EtcdctlContext): Task<number> {
    const { profile } = context;
    yield* print(context, `etcdctl version: ${profile.version}\nAPI version: ${apiVersion(profile)}\n`);
    return EXIT.ok;
  },
};
