import fc from "fast-check";
import { expect, test } from "vitest";
import { Sandbox, type SandboxImage } from "../../../../src/sandbox/sandbox.ts";
import { ALL_PROGRAMS, freshWorld, typeLine, typist, worldImage } from "../../../support/world.ts";

const plain = (image: SandboxImage) =>
  JSON.stringify(image, (_key, value: unknown) => (value instanceof Uint8Array ? `${value}` : value));

/** What a world does in the next while, in which somebody may look on. */
function history(sandbox: Sandbox, between: () => void): string {
  const terminal = sandbox.openTerminal();
  for (const line of ["echo one > /root/one", "date; cat /root/one"]) {
    terminal.type(`${line}\r`);
    sandbox.run(2000);
    between();
  }
  return sandbox.kernel.trace.hash;
}

const LINES = [
  "rm -rf /root /etc",
  "echo two > /root/one; sync",
  "date -s 2001-01-01",
  "kill -9 -1",
  "etcd --data-dir /root/data & sleep 3; etcdctl put a b",
  "dd if=/dev/urandom of=/root/much bs=1M count=3",
  "cat /dev/urandom | head -c 100000 | base64 > /etc/profile",
];

test("whatever a fork does, the world it comes from stays as it is and goes on as if there had been none", () => {
  const base = freshWorld({ topology: "bare" });
  typeLine(typist(base), "mkdir -p /root/dir; echo zero > /root/dir/zero");
  const image = base.image();
  base.dispose();
  const alone = Sandbox.boot(image, ALL_PROGRAMS);
  const expected = history(alone, () => undefined);
  const lines = fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(lines, (typed) => {
      const world = Sandbox.boot(image, ALL_PROGRAMS);
      const seen = history(world, () => {
        const before = plain(world.image());
        const fork = world.fork();
        const runner = typist(fork);
        for (const line of typed) if (!runner.ended) typeLine(runner, line);
        fork.run(5000);
        expect(plain(world.image())).toBe(before);
        fork.dispose();
        expect(plain(world.image())).toBe(before);
      });
      expect(seen).toBe(expected);
      world.dispose();
    }),
    { numRuns: 12 },
  );
  alone.dispose();
});

test("two forks of one cluster have the same history, and the cluster has its own", () => {
  const run = (sandbox: Sandbox) => {
    sandbox.openTerminal().type("kubectl delete pod standalone; kubectl get pods\r");
    sandbox.run(40_000);
    return sandbox.kernel.trace.hash;
  };
  const alone = Sandbox.boot(worldImage(), ALL_PROGRAMS);
  const world = Sandbox.boot(worldImage(), ALL_PROGRAMS);
  for (const each of [alone, world]) each.run(20_000);
  const [one, other] = [world.fork(), world.fork()];
  expect(run(one)).toBe(run(other));
  for (const fork of [one, other]) fork.dispose();
  expect(run(world)).toBe(run(alone));
  for (const each of [alone, world]) each.dispose();
});
