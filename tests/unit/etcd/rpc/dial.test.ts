import { expect, test } from "vitest";
import { RpcError } from "../../../../src/etcd/rpc/client.ts";
import { dialEtcd } from "../../../../src/etcd/rpc/dial.ts";
import type { PutRequest } from "../../../../src/etcd/rpc/messages.ts";
import { type RpcService, ServerConnection } from "../../../../src/etcd/rpc/serve.ts";
import { firstKernelImage, Kernel } from "../../../../src/sim/kernel.ts";
import type { Station } from "../../../../src/sim/network.ts";
import { sleep, type Task } from "../../../../src/sim/task.ts";

const HEADER = { clusterId: 1n, memberId: 2n, revision: 3, raftTerm: 4 };

/** Answers puts with the value's length as revision, except for the key `slow`. */
function service(kernel: Kernel): RpcService {
  return {
    *unary(_method, request): Task<never> {
      const put = request as PutRequest;
      if (put.key === "slow") yield* sleep(kernel.clock, 10_000);
      if (put.key === "") throw new RpcError("InvalidArgument", "etcdserver: key is not provided");
      return { header: { ...HEADER, revision: put.value.length } } as never;
    },
    *stream(_method, stream): Task<void> {
      for (let m = yield* stream.receive(); m !== undefined; m = yield* stream.receive()) stream.send(m as never);
    },
  };
}

function* serve(kernel: Kernel, station: Station, port: number): Task<void> {
  const listener = station.listen("127.0.0.1", port);
  for (;;) {
    const channel = yield* listener.accept();
    if (channel === undefined) return;
    const first = yield* channel.receive();
    if (first !== undefined)
      kernel.tasks.spawn("connection", new ServerConnection(kernel.tasks, channel, service(kernel)).run(first));
  }
}

function world(ports: readonly number[], endpoints = ["http://127.0.0.1:2379"]) {
  const kernel = new Kernel(firstKernelImage(0, 1));
  const station = kernel.network.attach("host", ["10.0.0.1"]);
  for (const port of ports) kernel.tasks.spawn("server", serve(kernel, station, port));
  const tasks = kernel.group("client");
  const dial = () => dialEtcd({ net: station, clock: kernel.clock, tasks, random: kernel.random.fork("c"), endpoints });
  return { kernel, station, tasks, dial };
}

function run<T>(kernel: Kernel, body: Task<T>, untilMs = 20_000): T | string {
  const task = kernel.tasks.spawn("test", body);
  kernel.clock.runUntil(untilMs);
  const outcome = task.outcome;
  if (outcome?.status === "done") return outcome.value;
  return outcome?.status === "failed" ? String((outcome.error as Error).message) : "unfinished";
}

const value = new Uint8Array(3);

test("a call is answered, and a server's error keeps its code and text", () => {
  const { kernel, dial } = world([2379]);
  const connection = dial();
  const put = (key: string) => connection.call("etcdserverpb.KV/Put", { key, value });
  expect(run(kernel, put("a"), 100)).toEqual({ header: { ...HEADER, revision: 3 } });
  expect(run(kernel, put(""), 200)).toBe("rpc error: code = InvalidArgument desc = etcdserver: key is not provided");
  connection.close();
  kernel.clock.runUntil(1000);
});

test("a deadline without any connection names the balancer's last error", () => {
  const { kernel, dial } = world([]);
  expect(run(kernel, dial().call("etcdserverpb.KV/Put", { key: "a", value }, { timeoutMs: 5000 }))).toBe(
    'rpc error: code = DeadlineExceeded desc = latest balancer error: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"',
  );
});

test("a deadline while packets are dropped says that nothing became ready", () => {
  const { kernel, station, dial } = world([]);
  station.droppedPorts.add(2379);
  expect(run(kernel, dial().call("etcdserverpb.KV/Put", { key: "a", value }, { timeoutMs: 5000 }))).toBe(
    "rpc error: code = DeadlineExceeded desc = context deadline exceeded while waiting for connections to become ready",
  );
});

test("a call waits for a server that comes later, within the back-off", () => {
  const { kernel, station, dial } = world([]);
  const connection = dial();
  kernel.clock.after(1500, () => kernel.tasks.spawn("late", serve(kernel, station, 2379)));
  expect(run(kernel, connection.call("etcdserverpb.KV/Put", { key: "a", value }, { timeoutMs: 5000 }))).toMatchObject({
    header: { revision: 3 },
  });
});

test("calls go to the endpoints in turn, and a deadline ends a slow one", () => {
  const { kernel, dial } = world([1, 2], ["http://127.0.0.1:1", "127.0.0.1:2"]);
  const connection = dial();
  const peers: string[] = [];
  function* body(): Task<void> {
    for (let i = 0; i < 4; i++) {
      try {
        yield* connection.call("etcdserverpb.KV/Put", { key: "slow", value }, { timeoutMs: 10 });
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        peers.push(`${error.peer?.address} ${error.desc}`);
      }
    }
  }
  run(kernel, body());
  const ends = peers.map((peer) => peer.slice(0, 11)).slice(1);
  expect(new Set(ends)).toEqual(new Set(["127.0.0.1:1", "127.0.0.1:2"]));
  expect(peers[0]).toContain("context deadline exceeded");
});

test("too large a request is refused by the client", () => {
  const { kernel, dial } = world([2379]);
  const request = { key: "big", value: new Uint8Array(2_200_000) };
  expect(run(kernel, dial().call("etcdserverpb.KV/Put", request))).toBe(
    "rpc error: code = ResourceExhausted desc = trying to send message larger than max (2200010 vs. 2097152)",
  );
});

test("streams carry messages both ways, end in order, and break with the connection", () => {
  const { kernel, station, dial } = world([2379]);
  const connection = dial();
  const seen: unknown[] = [];
  function* body(): Task<void> {
    const stream = yield* connection.stream("etcdserverpb.Lease/LeaseKeepAlive");
    stream.send({ id: 7n });
    seen.push(yield* stream.receive());
    stream.closeSend();
    seen.push(yield* stream.receive());
    const other = yield* connection.stream("etcdserverpb.Watch/Watch");
    station.openConnections[1]?.reset();
    yield* other.receive();
  }
  expect(run(kernel, body())).toMatch(
    /^rpc error: code = Unavailable desc = error reading from server: read tcp 127\.0\.0\.1:\d+->127\.0\.0\.1:2379: read: connection reset by peer$/,
  );
  expect(seen).toEqual([{ id: 7n }, undefined]);
});

test("closing leaves no task", () => {
  const { kernel, tasks, dial } = world([2379]);
  const connection = dial();
  run(kernel, connection.call("etcdserverpb.KV/Put", { key: "a", value }), 100);
  connection.close();
  kernel.clock.runUntil(200);
  expect(tasks.size).toBe(0);
  expect(kernel.faults).toEqual([]);
});
