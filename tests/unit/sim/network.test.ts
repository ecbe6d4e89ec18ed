import { expect, test } from "vitest";
import type { Frame } from "../../../src/sim/channel.ts";
import { NetError } from "../../../src/sim/channel.ts";
import { firstKernelImage, Kernel } from "../../../src/sim/kernel.ts";
import { RunningTask, type Task } from "../../../src/sim/task.ts";

function world(): Kernel {
  return new Kernel(firstKernelImage(0, 7));
}

function finish<T>(kernel: Kernel, body: Task<T>): { value?: T; error?: unknown; took: number } {
  const started = kernel.clock.now;
  const task = new RunningTask(kernel.clock, body, "test");
  while (task.outcome === undefined && kernel.clock.step());
  const took = kernel.clock.now - started;
  const outcome = task.outcome;
  if (outcome?.status === "failed") return { error: outcome.error, took };
  return outcome?.status === "done" ? { value: outcome.value, took } : { took };
}

const frame = (text: string): Frame => ({ protocol: "raw", size: text.length, text }) as Frame;

test("nobody listening refuses, at once", () => {
  const kernel = world();
  const a = kernel.network.attach("a", ["10.0.1.10"]);
  const { error, took } = finish(kernel, a.dial({ ip: "127.0.0.1", port: 2379 }));
  expect((error as NetError).message).toBe("connect: connection refused");
  expect(took).toBeLessThan(1);
});

test("frames arrive in order; close is seen after them; reset is an error", () => {
  const kernel = world();
  const a = kernel.network.attach("a", ["10.0.1.10"]);
  const b = kernel.network.attach("b", ["10.0.1.11"]);
  kernel.network.link("a", "b").lossPerMille = 300;
  const listener = b.listen("0.0.0.0", 80);
  const got: unknown[] = [];
  kernel.tasks.spawn(
    "server",
    (function* () {
      const connection = yield* listener.accept();
      if (connection === undefined) return;
      for (let next = yield* connection.receive(); next !== undefined; next = yield* connection.receive()) {
        got.push((next as unknown as { text: string }).text);
      }
      got.push("end");
    })(),
  );
  finish(
    kernel,
    (function* () {
      const connection = yield* a.dial({ ip: "10.0.1.11", port: 80 });
      for (let i = 0; i < 20; i++) connection.send(frame(String(i)));
      connection.close();
    })(),
  );
  while (kernel.clock.step());
  expect(got).toEqual([...Array(20).keys(), "end"].map(String));
});

test("a cut link loses nothing for ever: it arrives when the link is healed", () => {
  const kernel = world();
  const a = kernel.network.attach("a", ["10.0.1.10"]);
  const b = kernel.network.attach("b", ["10.0.1.11"]);
  const listener = b.listen("10.0.1.11", 80);
  let arrivedAt = -1;
  kernel.tasks.spawn(
    "server",
    (function* () {
      const connection = yield* listener.accept();
      yield* connection?.receive() ?? (function* () {})();
      arrivedAt = kernel.clock.now;
    })(),
  );
  const opened = finish(kernel, a.dial({ ip: "10.0.1.11", port: 80 }));
  kernel.network.isolate("a", true);
  opened.value?.send(frame("late"));
  kernel.clock.runUntil(kernel.clock.now + 5000);
  expect(arrivedAt).toBe(-1);
  kernel.network.isolate("a", false);
  kernel.clock.runUntil(kernel.clock.now + 1000);
  expect(arrivedAt).toBeGreaterThan(5000);
});

test("what was sent on a cut link keeps its order when it is healed, the end of the stream included", () => {
  const kernel = world();
  const a = kernel.network.attach("a", ["10.0.1.10"]);
  const b = kernel.network.attach("b", ["10.0.1.11"]);
  const listener = b.listen("10.0.1.11", 80);
  const { value: connection } = finish(kernel, a.dial({ ip: "10.0.1.11", port: 80 }));
  const got: string[] = [];
  kernel.tasks.spawn(
    "server",
    (function* () {
      const accepted = yield* listener.accept();
      if (accepted === undefined) return;
      for (let next = yield* accepted.receive(); next !== undefined; next = yield* accepted.receive())
        got.push((next as unknown as { text: string }).text);
      got.push("end");
    })(),
  );
  const wait = (ms: number) => kernel.clock.runUntil(kernel.clock.uptime + ms);

  wait(10);
  expect(kernel.clock.pending).toBe(0);
  kernel.network.isolate("a", true);
  connection?.send(frame("first"));
  wait(150);
  connection?.send(frame("second"));
  wait(20);
  connection?.close();
  const timers = kernel.clock.pending;
  // By now the first was tried again in vain; the second, sent later, would be due sooner if it waited on its own.
  wait(140);
  kernel.network.isolate("a", false);
  wait(1000);
  expect(got).toEqual(["first", "second", "end"]);
  expect(timers).toBe(1);
});

test("addresses: in use, not ours, no route, ClusterIPs by rewrite", () => {
  const kernel = world();
  const a = kernel.network.attach("a", ["10.0.1.10"]);
  a.listen("127.0.0.1", 2379);
  expect(() => a.listen("0.0.0.0", 2379)).toThrow(new NetError("EADDRINUSE"));
  expect(() => a.listen("10.9.9.9", 2379)).toThrow(new NetError("EADDRNOTAVAIL"));
  expect((finish(kernel, a.dial({ ip: "10.0.1.99", port: 1 })).error as NetError).code).toBe("EHOSTUNREACH");
  a.rewrite = (to) => (to.ip === "10.96.0.1" ? { ip: "127.0.0.1", port: 2379 } : undefined);
  expect(finish(kernel, a.dial({ ip: "10.96.0.1", port: 443 })).value).toBeDefined();
});

test("a station that is taken off the wire resets its peers", () => {
  const kernel = world();
  const a = kernel.network.attach("a", ["10.0.1.10"]);
  const b = kernel.network.attach("b", ["10.0.1.11"]);
  b.listen("10.0.1.11", 80);
  const opened = finish(kernel, a.dial({ ip: "10.0.1.11", port: 80 }));
  kernel.network.detach("b");
  const { error } = finish(kernel, opened.value?.receive() as Task<unknown>);
  expect((error as NetError).code).toBe("ECONNRESET");
});

test("a connection whose wire stays cut is given up, and an ended world tries no more", () => {
  const kernel = world();
  const a = kernel.network.attach("a", ["10.0.1.10"]);
  const b = kernel.network.attach("b", ["10.0.1.11"]);
  b.listen("0.0.0.0", 80);
  const { value: connection } = finish(kernel, a.dial({ ip: "10.0.1.11", port: 80 }));
  kernel.network.link("a", "b").dropped = true;
  expect(connection).toBeDefined();
  if (connection === undefined) return;
  connection.send(frame("lost"));
  const { error, took } = finish(kernel, connection.receive());
  expect((error as NetError).message).toContain("timed out");
  expect(took / 60_000).toBeCloseTo(15.4, 1);
  expect(a.openConnections).toEqual([]);
  expect(kernel.clock.pending).toBe(0);

  b.shutdown();
  expect(kernel.clock.pending).toBe(1);
  kernel.dispose();
  kernel.clock.runUntil(kernel.clock.uptime + 1000);
  expect(kernel.clock.pending).toBe(0);
});

test("without a default route only the host's own subnets can be asked", () => {
  const kernel = world();
  const a = kernel.network.attach("a", ["10.0.1.10"]);
  a.hasDefaultRoute = false;
  const outside = finish(kernel, a.dial({ ip: "192.0.2.1", port: 80 }));
  expect((outside.error as NetError).message).toBe("connect: network is unreachable");
  expect(outside.took).toBeLessThan(1);
  const neighbour = finish(kernel, a.dial({ ip: "10.0.1.99", port: 80 }));
  expect((neighbour.error as NetError).message).toBe("connect: no route to host");
});
