import { expect, test } from "vitest";
import { BINARIES } from "../../../src/sandbox/programs/binaries.ts";
import { ALL_PROGRAMS } from "../../support/world.ts";

test.each(["daemons", "tools"] as const)("the list of %s is what their code holds", (group) => {
  const listed = BINARIES.filter((binary) => binary.group === group).map(({ name }) => name);
  expect([...listed].sort()).toEqual(
    Object.keys(ALL_PROGRAMS.loaded(group)?.("3.6", ALL_PROGRAMS.facilities) ?? {}).sort(),
  );
});
