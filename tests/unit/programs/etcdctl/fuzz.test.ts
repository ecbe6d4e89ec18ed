import fc from "fast-check";
import { expect, test } from "vitest";
import type { Command } from "../../../../src/base/cli/command.ts";
import type { Etcdctl } from "../../../../src/programs/etcdctl/context.ts";
import { etcdctlProgram } from "../../../../src/programs/etcdctl/main.ts";
import { etcdctlCommandLine } from "../../../../src/programs/etcdctl/root.ts";
import { newMachine } from "../../../support/machine.ts";

/** Any words, well or ill, get an answer or wait for a server; none is a defect. */
const profile = { version: "3.6.14" };

function vocabulary(command: Command<Etcdctl>): string[] {
  const flags = (command.flags ?? []).flatMap((flag) => [`--${flag.name}`, `--${flag.name}=x`, `--${flag.name}=1`]);
  return [command.name, ...flags, ...(command.commands ?? []).flatMap(vocabulary)];
}

const { root } = etcdctlCommandLine(profile);
const known = vocabulary(root).filter((word) => !word.startsWith("--command-timeout"));
const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...known) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("--", "-", "-w", "json", "table", "foo", "", "-1", "0x10", "a:b", "__complete"),
  },
  { weight: 1, arbitrary: fc.string() },
);
const commands = (root.commands ?? []).flatMap((group) => [
  [group.name],
  ...(group.commands ?? []).map((command) => [group.name, command.name]),
]);

test("no command line is a defect", () => {
  fc.assert(
    fc.property(fc.constantFrom(...commands), fc.array(word, { maxLength: 5 }), fc.string(), (path, words, input) => {
      const machine = newMachine({ programs: { etcdctl: etcdctlProgram(profile) } });
      const process = machine.start({ argv: ["etcdctl", ...path, ...words], env: { ETCDCTL_FOO: input } });
      const until = machine.kernel.clock.now + 20_000;
      while (!process.hasEnded && machine.kernel.clock.step(until));
      expect(machine.kernel.faults).toEqual([]);
    }),
    { numRuns: 150 },
  );
}, 60_000);
