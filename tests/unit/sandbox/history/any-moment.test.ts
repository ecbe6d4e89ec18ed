import fc from "fast-check";
import { expect, test } from "vitest";
import type { Sandbox } from "../../../../src/sandbox/sandbox.ts";
import { freshWorld, typeLine, typist } from "../../../support/world.ts";

/** Types and lets a little time pass, as one does whose command hangs. */
function typeAndLeave(world: Sandbox, keys: string, ms: number): void {
  world.sessions[0]?.type(keys);
  world.run(ms);
}

function readyNodes(world: Sandbox): string {
  const runner = typist(world);
  return typeLine(runner, "kubectl get nodes --no-headers | grep -c ' Ready '").stdout;
}

test.each([
  ["a kubectl that hangs", "iptables -L > /dev/null; kubectl delete pod standalone --grace-period=3600\r", 5000],
  ["an endless loop", "while true; do :; done\r", 5000],
  ["a loop that prints for ever", "yes\r", 100],
  ["an editor", "vi /etc/hosts\r", 1000],
  ["a shell behind ssh behind ssh", "ssh ip-10-0-1-11\rssh ip-10-0-1-12\rsleep 1000\r", 5000],
  ["a line that is not finished", "for i in 1 2 3\r", 1000],
])("reset from %s", (_what, keys, ms) => {
  const world = freshWorld();
  typist(world);
  typeAndLeave(world, keys, ms);
  expect(world.history.reset()).toMatchObject({ done: true });
  expect(readyNodes(world)).toBe("3\n");
  typeAndLeave(world, "echo alive\r", 1000);
  expect(world.kernel.faults).toEqual([]);
  world.dispose();
});

test("reset and undo when etcd, its data and the machine are gone", () => {
  const world = freshWorld();
  const runner = typist(world);
  typeLine(runner, "rm -r /etc/kubernetes/manifests /var/lib/etcd/member; sleep 30");
  typeAndLeave(world, "poweroff\r", 60_000);
  const [host] = world.machines.values();
  expect([host?.isOn, world.sessions[0]?.ended]).toEqual([false, true]);
  world.history.checkpoint("off");
  world.history.undo();
  expect([[...world.machines.values()][0]?.isOn, world.sessions[0]?.ended]).toEqual([true, false]);
  world.history.undo();
  expect(readyNodes(world)).toBe("3\n");
  expect(world.history.restore("off").done).toBe(true);
  expect([[...world.machines.values()][0]?.isOn, world.sessions[0]?.ended]).toEqual([false, true]);
  world.history.reset();
  expect(readyNodes(world)).toBe("3\n");
  expect(world.kernel.faults).toEqual([]);
  world.dispose();
});

/** Commands and what they do to a plain model: files of the home directory, and the shell's directory. */
interface Model {
  readonly files: Readonly<Record<string, string>>;
}

const NAMES = ["a", "b", "c"];
const command = fc.oneof(
  fc.record({ kind: fc.constant("write" as const), name: fc.constantFrom(...NAMES), text: fc.constantFrom("x", "y") }),
  fc.record({ kind: fc.constant("remove" as const), name: fc.constantFrom(...NAMES), text: fc.constant("") }),
  fc.record({
    kind: fc.constantFrom("look", "undo", "redo", "reset") as fc.Arbitrary<"look">,
    name: fc.constant(""),
    text: fc.constant(""),
  }),
);

test("sequences of commands, undo, redo and reset leave what a list of all states says", () => {
  const world = freshWorld({ topology: "bare" });
  const runner = typist(world);
  fc.assert(
    fc.property(fc.array(command, { minLength: 1, maxLength: 14 }), (commands) => {
      typeLine(runner, "lab reset");
      const first: Model = { files: {} };
      let states = [first];
      let at = 0;
      const change = (next: Model) => {
        states = [...states.slice(0, at + 1), next];
        at++;
      };
      for (const { kind, name, text } of commands) {
        const { files } = states[at] ?? first;
        if (kind === "write") {
          typeLine(runner, `echo ${text} > ${name}`);
          if (files[name] !== text) change({ files: { ...files, [name]: text } });
        } else if (kind === "remove") {
          typeLine(runner, `rm -f ${name}`);
          const { [name]: gone, ...rest } = files;
          if (gone !== undefined) change({ files: rest });
        } else if ((kind as string) === "look") typeLine(runner, "ls > /dev/null");
        else {
          typeLine(runner, `lab ${kind}`);
          if ((kind as string) === "reset") change(first);
          // below the first state are those of earlier runs: there is always something to undo
          else if ((kind as string) === "redo") at = Math.min(at + 1, states.length - 1);
          else if (at > 0) at--;
          else typeLine(runner, "lab redo");
        }
        const expected = Object.entries(states[at]?.files ?? {})
          .sort()
          .map(([file, content]) => `${file}:${content}\n`);
        expect(typeLine(runner, "grep -H . [abc] 2> /dev/null | cat").stdout).toBe(expected.join(""));
      }
    }),
    { numRuns: 25 },
  );
  world.dispose();
}, 60_000);
