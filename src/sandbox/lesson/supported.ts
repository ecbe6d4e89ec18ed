import type { Supported } from "../../lessons/lint-lesson.ts";
import { REFUSED_PROGRAMS } from "../../programs/system/refusals.ts";
import { BUILTINS } from "../../shell/builtins/table.ts";
import { KEYWORDS } from "../../shell/syntax/token.ts";
import { BINARIES } from "../programs/binaries.ts";
import { REFUSED } from "../support.generated.ts";

/** What lessons may use, read out of the sandbox's own tables. */
export function supportedBySandbox(): Supported {
  const installed = BINARIES.filter(({ on }) => on.length > 0).map(({ name }) => name);
  return {
    programs: new Set([...installed, ...BUILTINS.keys(), ...KEYWORDS, "bash", "sh", "[[", "k"]),
    refusedPrograms: new Map(Object.entries(REFUSED_PROGRAMS)),
    refusedCommands: REFUSED.filter(({ program, what }) => what.startsWith(`${program} `)).map(({ what }) => what),
  };
}
