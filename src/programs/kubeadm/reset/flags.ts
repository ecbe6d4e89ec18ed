import type { FlagSpec } from "../../../base/cli/flag.ts";

export const FORCE: FlagSpec = {
  name: "force",
  shorthand: "f",
  type: "bool",
  usage: "Reset the node without prompting for confirmation.",
};

export const CLEANUP_TMP_DIR: FlagSpec = {
  name: "cleanup-tmp-dir",
  type: "bool",
  usage: 'Cleanup the "/etc/kubernetes/tmp" directory',
};
