import { expect, test } from "vitest";
import { LineRunner } from "../../src/sandbox/line-runner.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { Operator } from "../support/operator.ts";
import { ALL_PROGRAMS, typist } from "../support/world.ts";

const WORKER = "ip-10-0-1-11";

function at(world: Sandbox, host: string): LineRunner {
  const runner = new LineRunner(world, world.openTerminal(host, { tapped: true }));
  runner.start();
  return runner;
}

test("a worker whose interface is down goes NotReady after the grace period, and comes back", () => {
  const operator = new Operator();
  const worker = at(operator.world, WORKER);
  expect(worker.type("ip link set dev eth0 down")).toMatchObject({ exitCode: 0, stdout: "" });
  expect(worker.type("ip -br addr")).toMatchObject({ stdout: expect.stringContaining("DOWN") });
  expect(worker.type("curl -sS https://10.0.1.10:6443/readyz")).toMatchObject({ exitCode: 7 });
  const away = operator.secondsUntil(`kubectl get node ${WORKER}`, / NotReady /, 120);
  expect(away).toBeGreaterThan(40);
  expect(away).toBeLessThan(60);
  expect(operator.type(`kubectl describe node ${WORKER}`)).toContain("node.kubernetes.io/unreachable:NoExecute");
  // What runs there goes on; nobody can see it.
  expect(worker.type("crictl ps")).toMatchObject({ stdout: expect.stringContaining("kube-proxy") });
  worker.type("ip link set eth0 up");
  expect(operator.secondsUntil(`kubectl get node ${WORKER}`, / Ready /, 120)).toBeLessThan(60);
  expect(operator.world.kernel.faults).toEqual([]);
});

test("an interface that was set down stays down in the world's image", () => {
  const operator = new Operator();
  at(operator.world, WORKER).type("ip link set eth0 down");
  const again = Sandbox.boot(operator.world.image(), ALL_PROGRAMS);
  expect(at(again, WORKER).type("ip link show eth0")).toMatchObject({ stdout: expect.stringContaining("state DOWN") });
  again.dispose();
});

test("undo sets it up again, since a person set it down", () => {
  const operator = new Operator();
  const worker = at(operator.world, WORKER);
  worker.type("ip link set eth0 down");
  expect(operator.world.history.undo().done).toBe(true);
  operator.world.run(1000);
  expect(at(operator.world, WORKER).type("ip -br link")).toMatchObject({ stdout: expect.stringMatching(/eth0\s+UP/) });
});

test("only the host's root may do it, and only to what is there", () => {
  const operator = new Operator();
  expect(operator.type("ip link set eth7 down")).toBe('Cannot find device "eth7"\n');
  expect(operator.type("ip route; echo $?")).toBe("not simulated in this sandbox: ip route\n1\n");
  expect(operator.type("ip frob; echo $?")).toBe('Object "frob" is unknown, try "ip help".\n1\n');
  expect(typist(operator.world).type("ip addr show lo")).toMatchObject({
    stdout: expect.stringContaining("inet 127.0.0.1/8 scope host lo"),
  });
});

test("a worker without a network configuration is NotReady; what runs goes on, new pods wait for the network", () => {
  const operator = new Operator();
  const worker = at(operator.world, WORKER);
  const why =
    "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized";
  const running = operator.type(`kubectl get pods -A -o wide --no-headers | grep -c '1/1.*Running.*${WORKER}'`);
  worker.type("mv /etc/cni/net.d/10-sandbox.conflist /root/");
  expect(operator.secondsUntil(`kubectl get node ${WORKER}`, / NotReady /, 30)).toBeLessThan(16);
  expect(operator.type(`kubectl describe node ${WORKER}`)).toMatch(`KubeletNotReady              ${why}`);
  expect(worker.type("crictl info | jq -c .status.conditions[1] | cat")).toMatchObject({
    stdout:
      '{"type":"NetworkReady","status":false,"reason":"NetworkPluginNotReady","message":"Network plugin returns error: cni plugin not initialized"}\n',
  });
  expect(worker.type("journalctl -u kubelet | tail -1")).toMatchObject({
    stdout: expect.stringMatching(
      /E\d{4} .* kubelet\.go:3126\] "Container runtime network not ready" networkReady="NetworkReady=false reason:Network/,
    ),
  });
  operator.type(`kubectl run p --image=nginx --overrides='{"spec":{"nodeName":"${WORKER}"}}'`);
  operator.wait(5);
  expect(operator.type("kubectl get pod p --no-headers")).toContain("ContainerCreating");
  expect(operator.type("kubectl describe pod p")).toMatch(
    new RegExp(`Warning  NetworkNotReady .* kubelet  network is not ready: ${why}`),
  );
  expect(operator.type(`kubectl get pods -A -o wide --no-headers | grep -c 'Running.*${WORKER}'`)).toBe(running);
  worker.type("echo '{' > /etc/cni/net.d/10-sandbox.conflist");
  operator.wait(6);
  expect(operator.type("kubectl get pod p --no-headers")).toContain("ContainerCreating");
  worker.type("mv /root/10-sandbox.conflist /etc/cni/net.d/");
  expect(operator.secondsUntil("kubectl get pod p --no-headers", /Running/, 30)).toBeLessThan(15);
  expect(operator.secondsUntil(`kubectl get node ${WORKER}`, / Ready /, 30)).toBeLessThan(15);
});
