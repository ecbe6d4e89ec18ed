import { expect, test } from "vitest";
import { text, utf8 } from "../../../../src/base/bytes.ts";
import { nullDescriptor, sinkDescriptor } from "../../../../src/machine/descriptor.ts";
import { writeText } from "../../../../src/machine/file-descriptor.ts";
import { Machine } from "../../../../src/machine/machine.ts";
import type { Program } from "../../../../src/machine/process.ts";
import { Kernel } from "../../../../src/sim/kernel.ts";
import { Future } from "../../../../src/sim/signal.ts";
import { sleep, waitFor } from "../../../../src/sim/task.ts";
import { containerConfig, sandboxConfig, testImage } from "../../../support/images.ts";
import { newMachine, runTask } from "../../../support/machine.ts";

/** Prints its surroundings and lives until SIGTERM. */
const app: Program = function* (process) {
  const ended = new Future<number>();
  process.onSignal("SIGTERM", () => ended.settle(0));
  yield* writeText(process.stdout, `pid ${process.pid} in ${process.cwd} at ${process.hostname}\npartial`);
  yield* writeText(process.stderr, `${process.env.get("FROM_IMAGE")} ${process.env.get("FROM_POD")}\n`);
  return yield* waitFor(ended);
};
/** Has no handler for SIGTERM. */
const deaf: Program = function* (process) {
  yield* sleep(process.clock, 1e9);
  return 0;
};
const show: Program = function* (process) {
  yield* writeText(
    process.stdout,
    `${process.pid} ${process.machine.processes().length} ${process.fs.readText("/data/x")}`,
  );
  return 0;
};

const IMAGES = [
  testImage(),
  testImage({ names: ["deaf:1"], id: `sha256:${"d".repeat(64)}`, programs: { "/app": "deaf" } }),
];
const PROGRAMS = { app, deaf, show };

function node(): Machine {
  const machine = newMachine({ programs: PROGRAMS, spec: { imageCatalogue: IMAGES, podCidr: "10.244.1.0/24" } });
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 1000);
  return machine;
}

function* pod(machine: Machine, image = "app:1", overrides = {}) {
  const cri = machine.containerd;
  yield* cri.pullImage(image);
  const sandbox = yield* cri.runPodSandbox(sandboxConfig("web"));
  const id = yield* cri.createContainer(sandbox, containerConfig("app", { image, ...overrides }));
  yield* cri.startContainer(id);
  return { sandbox, id };
}

test("a container runs with its image's environment and logs in the CRI's format", () => {
  const machine = node();
  const { id, sandbox } = runTask(machine.kernel, pod(machine, "app:1", { env: [{ name: "FROM_POD", value: "too" }] }));
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 10);
  const info = machine.containerd.container(id);
  expect(info).toMatchObject({ state: "running", reason: "", sandboxId: sandbox });
  expect(machine.containerd.podSandboxes()[0]).toMatchObject({ ip: "10.244.1.2", state: "ready" });
  const log = machine.fs.readText(`/var/log/containers/web_default_app-${id}.log`);
  expect(log.replace(/^\S+/gm, "T")).toBe("T stdout F pid 1 in /srv at web\nT stderr F yes too\n");
  expect(log).toMatch(/^2026-11-22T10:00:0\d\.\d{9}Z stdout F /);
  runTask(machine.kernel, machine.containerd.stopContainer(id, 30_000));
  expect(machine.containerd.container(id)).toMatchObject({ state: "exited", exitCode: 0, reason: "Completed" });
  expect(machine.fs.readText(`/var/log/containers/web_default_app-${id}.log`)).toContain("stdout F partial\n");
  expect(machine.kernel.faults).toEqual([]);
});

test("process 1 without a handler outlives SIGTERM until the grace time is over", () => {
  const machine = node();
  const { id } = runTask(machine.kernel, pod(machine, "deaf:1"));
  const before = machine.kernel.clock.now;
  runTask(machine.kernel, machine.containerd.stopContainer(id, 30_000));
  expect(machine.kernel.clock.now - before).toBeGreaterThanOrEqual(30_000);
  expect(machine.containerd.container(id)).toMatchObject({ state: "exited", exitCode: 137, reason: "Error" });
});

test("exec sees the container's processes and its mounts; a missing command has runc's text", () => {
  const machine = node();
  machine.fs.mkdir("/host/data", { parents: true });
  machine.fs.writeFile("/host/data/x", "from the host");
  machine.fs.installProgram("/host/data/show", "show");
  const mounts = [{ containerPath: "/data", hostPath: "/host/data", readOnly: true }];
  const { id } = runTask(machine.kernel, pod(machine, "app:1", { mounts }));
  const out: string[] = [];
  const stdout = sinkDescriptor((data) => out.push(text(data)));
  const options = { stdin: nullDescriptor(), stdout, stderr: stdout };
  const child = machine.containerd.exec(id, { ...options, argv: ["/data/show"] });
  expect(runTask(machine.kernel, waitFor(child.exited))).toBe(0);
  expect(out.join("")).toBe("2 2 from the host");
  expect(() => machine.containerd.exec(id, { ...options, argv: ["bash"] })).toThrow(
    /^failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "bash": executable file not found in \$PATH$/,
  );
});

test("a command that is not in the image is a StartError with exit code 128", () => {
  const machine = node();
  expect(() => runTask(machine.kernel, pod(machine, "app:1", { command: ["/nope"] }))).toThrow(
    'exec: "/nope": stat /nope: no such file or directory',
  );
  expect(machine.containerd.containers()[0]).toMatchObject({ state: "exited", exitCode: 128, reason: "StartError" });
});

test.each([
  [
    "nope",
    "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
  ],
  ["app:2", "docker.io/library/app:2: not found"],
  [
    "example.invalid/x",
    'failed to do request: Head "https://example.invalid/v2/x/manifests/latest": dial tcp: lookup example.invalid on 10.0.0.2:53: no such host',
  ],
])("pulling %s fails with containerd's text", (image, end) => {
  const machine = node();
  const full = image.includes("/")
    ? `${image}:latest`
    : `docker.io/library/${image}${image.includes(":") ? "" : ":latest"}`;
  expect(() => runTask(machine.kernel, machine.containerd.pullImage(image))).toThrow(
    `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${end}`,
  );
});

test("a world made from an image runs the same containers again, with the same names", () => {
  const machine = node();
  const { id } = runTask(machine.kernel, pod(machine));
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 1000);
  const image = structuredClone({ kernel: machine.kernel.image(), machine: machine.image() });
  const kernel = new Kernel(image.kernel);
  const again = new Machine(kernel, machine.spec, image.machine);
  kernel.clock.runUntil(kernel.clock.now + 1000);
  expect(again.containerd.container(id)).toMatchObject({ state: "running", config: { attempt: 0 } });
  expect(again.containerd.available).toBe(true);
  const log = again.fs.readText(`/var/log/containers/web_default_app-${id}.log`);
  expect(log.match(/pid 1 in/g)).toHaveLength(2);
});

test("after a power cut the containers that ran have ended, nobody knows how", () => {
  const machine = node();
  const { id } = runTask(machine.kernel, pod(machine));
  machine.powerCut();
  machine.powerOn();
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 1000);
  expect(machine.containerd.container(id)).toMatchObject({ state: "exited", exitCode: 255, reason: "Unknown" });
  expect(machine.containerd.podSandboxes()[0]?.state).toBe("notready");
});

test("without containerd every verb fails as a gRPC client says; containers run on", () => {
  const machine = node();
  const { id } = runTask(machine.kernel, pod(machine));
  runTask(machine.kernel, machine.systemd.unit("containerd")?.stop() ?? sleep(machine.kernel.clock, 0));
  expect(() => machine.containerd.containers()).toThrow(
    "dial unix /run/containerd/containerd.sock: connect: no such file or directory",
  );
  machine.containerd.setAvailable(true);
  expect(machine.containerd.container(id)?.state).toBe("running");
});

const echo: Program = function* (process) {
  yield* writeText(process.stdout, `tty ${process.terminal !== undefined}\n`);
  for (let bytes = yield* process.stdin.read(); bytes !== undefined; bytes = yield* process.stdin.read())
    yield* writeText(process.stdout, `got ${text(bytes)}`);
  return 4;
};

test.each([
  [{ stdin: true, tty: false }, "tty false\ngot hi\n"],
  [{ stdin: true, tty: true }, "tty true\r\nhi\r\ngot hi\r\n"],
])("attaching with %j reaches the container's streams", (flags, shown) => {
  const machine = newMachine({ programs: { app: echo }, spec: { imageCatalogue: [testImage()] } });
  const { clock } = machine.kernel;
  clock.runUntil(clock.now + 1000);
  const cri = machine.containerd;
  const { id } = runTask(machine.kernel, pod(machine, "app:1", flags));
  const attachment = cri.attach(id);
  const out: string[] = [];
  attachment.onOutput(({ data }) => out.push(text(data)));
  clock.runUntil(clock.now + 10);
  if (attachment.terminal !== undefined) attachment.terminal.type(utf8("hi\r"));
  else if (attachment.stdin !== undefined) runTask(machine.kernel, writeText(attachment.stdin, "hi\n"));
  clock.runUntil(clock.now + 10);
  expect(out.join("")).toBe(shown);
  if (attachment.terminal !== undefined) attachment.terminal.type(utf8("\x04"));
  else attachment.stdin?.close();
  clock.runUntil(clock.now + 10);
  expect(cri.container(id)).toMatchObject({ state: "exited", exitCode: 4 });
  const log = machine.fs.readText(`/var/log/containers/web_default_app-${id}.log`).replace(/^\S+ stdout F /gm, "");
  expect(log.replaceAll("\r", "")).toBe(shown.replaceAll("\r", ""));
});
