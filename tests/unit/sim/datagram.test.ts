import { expect, test } from "vitest";
import { NetError } from "../../../src/sim/channel.ts";
import type { Datagram, DatagramSocket } from "../../../src/sim/datagram.ts";
import { firstKernelImage, Kernel } from "../../../src/sim/kernel.ts";
import { RunningTask, type Task } from "../../../src/sim/task.ts";

function world(): Kernel {
  return new Kernel(firstKernelImage(0, 7));
}

function run<T>(kernel: Kernel, body: Task<T>, ms = 10_000): RunningTask<T> {
  const task = new RunningTask(kernel.clock, body, "test");
  kernel.clock.runUntil(kernel.clock.now + ms);
  return task;
}

function* echo(socket: DatagramSocket): Task<void> {
  for (let got = yield* socket.receive(); got !== undefined; got = yield* socket.receive())
    socket.send(got.from, got.payload);
}

test("an answer comes from whom the client asked, though a rule sent the question elsewhere", () => {
  const kernel = world();
  const a = kernel.network.attach("a", ["10.0.1.10"]);
  const b = kernel.network.attach("b", ["10.244.0.2"]);
  a.rewrite = (to, transport) =>
    to.ip === "10.96.0.10" && transport === "UDP" ? { ip: "10.244.0.2", port: to.port } : undefined;
  kernel.tasks.spawn("echo", echo(b.bind("0.0.0.0", 53)));
  const client = a.bind("0.0.0.0", 0);
  client.send({ ip: "10.96.0.10", port: 53 }, "hello");
  const heard = run<Datagram | undefined>(kernel, client.receive());
  expect(heard.outcome).toEqual({
    status: "done",
    value: { from: { ip: "10.96.0.10", port: 53 }, payload: "hello" },
  });
});

test("a client hears that nobody listens; over a cut link, or nowhere, it hears nothing", () => {
  const kernel = world();
  const a = kernel.network.attach("a", ["10.0.1.10"]);
  kernel.network.attach("b", ["10.0.1.11"]);
  const client = a.bind("0.0.0.0", 0);
  client.send({ ip: "10.0.1.11", port: 53 }, "hello");
  expect(run(kernel, client.receive()).outcome).toEqual({ status: "failed", error: new NetError("ECONNREFUSED") });
  kernel.network.isolate("a", true);
  client.send({ ip: "10.0.1.11", port: 53 }, "hello");
  client.send({ ip: "10.96.0.10", port: 53 }, "hello");
  expect(run(kernel, client.receive()).outcome).toBeUndefined();
});

test("with the interface down there is no way off the host", () => {
  const kernel = world();
  const a = kernel.network.attach("a", ["10.0.1.10"]);
  const client = a.bind("0.0.0.0", 0);
  a.setInterface(false);
  expect(() => client.send({ ip: "10.0.0.2", port: 53 }, "hello")).toThrow(new NetError("ENETUNREACH"));
});

test("a connect that is dropped knocks again, and gets in once the way is free", () => {
  const kernel = world();
  const a = kernel.network.attach("a", ["10.0.1.10"]);
  const b = kernel.network.attach("b", ["10.0.1.11"]);
  b.listen("0.0.0.0", 80);
  kernel.network.isolate("a", true);
  kernel.clock.after(2000, () => kernel.network.isolate("a", false));
  const began = kernel.clock.now;
  let took = 0;
  run(
    kernel,
    (function* () {
      yield* a.dial({ ip: "10.0.1.11", port: 80 });
      took = kernel.clock.now - began;
    })(),
  );
  expect(Math.floor(took)).toBe(3000);
});
