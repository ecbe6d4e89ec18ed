import { type KubeadmCommand, KubeadmError } from "./context.ts";

const MACRO = "This command is not meant to be run on its own. See list of available subcommands.";

/** A command that only holds others and says so when it is run (cmd/util SubCmdRun). */
export function commandGroup(
  command: KubeadmCommand & { readonly commands: readonly KubeadmCommand[] },
): KubeadmCommand {
  return {
    long: MACRO,
    args: () => undefined,
    *run(_context, parsed) {
      const word = parsed.args[0];
      if (word === undefined)
        throw new KubeadmError(`missing subcommand; ${JSON.stringify(command.name)} is not meant to be run on its own`);
      throw new KubeadmError(`invalid subcommand: ${JSON.stringify(word)}`);
    },
    ...command,
  };
}
