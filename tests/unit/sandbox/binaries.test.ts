import { expect, test } from "vitest";
import { ALL_PROGRAMS } from "../../../src/sandbox/programs/all-programs.ts";
import { BINARIES } from "../../../src/sandbox/programs/binaries.ts";

test.each(["daemons", "tools"] as const)("the list of %s is what their code holds", (group) => {
  const listed = BINARIES.filter((binary) => binary.group === group).map(({ name }) => name);
  expect([...listed].sort()).toEqual(Object.keys(ALL_PROGRAMS.loaded(group)?.("3.6") ?? {}).sort());
});
