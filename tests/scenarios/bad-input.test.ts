import { afterEach, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { copyIn, freshWorld, PKI, typeLine, typist } from "../support/world.ts";

/** Anything at all may be typed; the answer is a clear message, Ctrl-C works, and the world goes on. */
let world: Sandbox | undefined;

afterEach(() => {
  expect(world?.kernel.faults ?? []).toEqual([]);
  world?.dispose();
});

function open(topology: "bare" | "kubeadm" = "bare") {
  world = freshWorld({ topology });
  return { world, runner: typist(world) };
}

test.each([
  ["nosuchprogram", 127, "command not found"],
  ["ls --nosuchflag", 2, "unrecognized option"],
  ["etcdctl get --nosuchflag", 1, "unknown flag: --nosuchflag"],
  ["etcdctl gte x", 1, 'unknown command "gte" for "etcdctl"'],
  ["etcd --nosuchflag", 2, "flag provided but not defined"],
  ["cat /", 1, "Is a directory"],
  ["cat /bin/etcd > /dev/null; ./nope", 127, "No such file or directory"],
  ["cd /nope", 1, "No such file or directory"],
  ["echo $((1/0))", 1, "division by 0"],
  [")", 2, "syntax error"],
  ["docker ps", 1, "not simulated in this sandbox"],
  ["head -c 100000 /dev/urandom > b; sh ./b; etcdctl < b put k; echo done", 0, ""],
  ["rm -rf /; ls /", 0, "dangerous"],
])("%s", (line, code, message) => {
  const { runner } = open();
  const result = typeLine(runner, line);
  expect(result.exitCode).toBe(code);
  expect(result.stdout + result.stderr).toContain(message);
  expect(typeLine(runner, "echo alive").stdout).toBe("alive\n");
});

test.each([
  ["while true; do :; done"],
  ["yes"],
  ["cat"],
  ["sleep 1000"],
  ["tail -f /etc/passwd"],
  ["cat /dev/zero > /dev/null"],
  [":(){ :|:& };:"],
])("%s is ended by Ctrl-C", (line) => {
  const { world: sandbox, runner } = open();
  const session = sandbox.sessions[0];
  session?.type(`${line}\r`);
  sandbox.run(3000);
  session?.type("\x03");
  sandbox.run(2000);
  session?.type("\x03");
  sandbox.run(5000);
  runner.takeScreen();
  session?.type("echo still $((20+22))\r");
  sandbox.run(5000);
  expect(runner.takeScreen()).toContain("still 42");
});

test("an unterminated quote asks for more, and Ctrl-C gives it up", () => {
  const { world: sandbox, runner } = open();
  expect(runner.type('echo "never ends')).toBe("continues");
  sandbox.sessions[0]?.type("\x03");
  sandbox.run(100);
  sandbox.sessions[0]?.type("echo back\r");
  sandbox.run(1000);
  expect(runner.takeScreen()).toContain("back\r\n\x1b]133;D;0");
});

test("a pipe that is not read to its end ends what writes to it", () => {
  const { runner } = open();
  expect(typeLine(runner, "yes | head -2").stdout).toBe("y\ny\n");
  expect(typeLine(runner, "seq 1000000 | tail -1").stdout).toBe("1000000\n");
});

test("a megabyte pasted is one line, in time", () => {
  const { runner } = open();
  const result = typeLine(runner, `echo ${"x".repeat(1_000_000)} | wc -c`);
  expect(result.stdout).toBe("1000001\n");
});

test("deep recursion is an error, not the end", () => {
  const { runner } = open();
  const result = typeLine(runner, "f() { f; }; f");
  expect(result.exitCode).not.toBe(0);
  expect(typeLine(runner, `echo ${"$(".repeat(200)}echo deep${")".repeat(200)}`).exitCode).toBeDefined();
  expect(typeLine(runner, "echo alive").stdout).toBe("alive\n");
});

test("garbage in etcd and in manifests leaves the world alive", () => {
  const { world: sandbox, runner } = open("kubeadm");
  const etcdctl =
    "etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key";
  expect(typeLine(runner, `${etcdctl} put /registry/pods/default/bad garbage`).stdout).toBe("OK\n");
  expect(typeLine(runner, "kubectl get pods").stderr).toContain("illegal base64 data at input byte 4");
  typeLine(
    runner,
    `${etcdctl} put /registry/configmaps/default/evil '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"\\u001b[2J\\u0007evil","namespace":"default"}}'`,
  );
  typeLine(runner, "kubectl get cm -A; head -c 2000 /dev/urandom > /etc/kubernetes/manifests/junk.yaml");
  sandbox.run(60_000);
  expect(typeLine(runner, `${etcdctl} del /registry/pods/default/bad`).stdout).toBe("1\n");
  sandbox.run(20_000);
  expect(typeLine(runner, "kubectl get pods").stdout).toContain("standalone");
});

test("certificates that are none", () => {
  const { world: sandbox, runner } = open();
  copyIn(sandbox, PKI, "/root/pki");
  for (const name of ["garbage", "empty", "truncated"]) {
    const { exitCode, stderr } = typeLine(
      runner,
      `etcdctl --endpoints=https://127.0.0.1:1 --cacert=pki/ca.crt --cert=pki/${name}.crt --key=pki/garbage.key get x`,
    );
    expect(exitCode).toBe(128);
    expect(stderr).toContain("Error: tls: failed to find any PEM data in certificate input");
  }
});
