import { expect, test } from "vitest";
import { writeText } from "../../../../src/machine/file-descriptor.ts";
import type { Machine } from "../../../../src/machine/machine.ts";
import type { Program } from "../../../../src/machine/process.ts";
import { SYSTEM_PROGRAMS } from "../../../../src/programs/system/index.ts";
import { Future } from "../../../../src/sim/signal.ts";
import { waitFor } from "../../../../src/sim/task.ts";
import { containerConfig, sandboxConfig, testImage } from "../../../support/images.ts";
import { newMachine, runProgram, runTask } from "../../../support/machine.ts";

const app: Program = function* (process) {
  const ended = new Future<number>();
  process.onSignal("SIGTERM", () => ended.settle(0));
  yield* writeText(process.stdout, "one\ntwo\n");
  return yield* waitFor(ended);
};

function node(): { machine: Machine; id: string; sandbox: string } {
  const machine = newMachine({ programs: { ...SYSTEM_PROGRAMS, app }, spec: { imageCatalogue: [testImage()] } });
  const cri = machine.containerd;
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 1000);
  const ids = runTask(
    machine.kernel,
    (function* () {
      yield* cri.pullImage("app:1");
      const sandbox = yield* cri.runPodSandbox(sandboxConfig("web"));
      const id = yield* cri.createContainer(sandbox, containerConfig("app"));
      yield* cri.startContainer(id);
      return { sandbox, id };
    })(),
  );
  machine.kernel.clock.runUntil(machine.kernel.clock.now + 5000);
  return { machine, ...ids };
}

function run(machine: Machine, line: string) {
  const { stdout, stderr, exitCode } = runProgram({ machine, argv: line.split(" ") });
  return { stdout, stderr, exitCode };
}

test("ps, pods and images have crictl's columns", () => {
  const { machine, id, sandbox } = node();
  expect(run(machine, "crictl ps").stdout).toBe(
    "CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD                 NAMESPACE\n" +
      `${id.slice(0, 13)}       aaaaaaaaaaaaa       5 seconds ago       Running             app                 0                   ${sandbox.slice(0, 13)}       web                 default\n`,
  );
  expect(run(machine, "crictl pods").stdout).toBe(
    "POD ID              CREATED             STATE               NAME                NAMESPACE           ATTEMPT             RUNTIME\n" +
      `${sandbox.slice(0, 13)}       5 seconds ago       Ready               web                 default             0                   (default)\n`,
  );
  expect(run(machine, "crictl images").stdout).toBe(
    "IMAGE                   TAG                 IMAGE ID            SIZE\n" +
      "docker.io/library/app   1                   aaaaaaaaaaaaa       30MB\n",
  );
});

test("logs are the messages without their times; stop and rm take short IDs", () => {
  const { machine, id } = node();
  expect(run(machine, `crictl logs ${id.slice(0, 6)}`).stdout).toBe("one\ntwo\n");
  expect(run(machine, `crictl logs --tail=1 ${id}`).stdout).toBe("two\n");
  expect(run(machine, `crictl rm ${id}`)).toEqual({
    stdout: "",
    stderr: `FATA[0000] container "${id}" is running, please stop it first\n`,
    exitCode: 1,
  });
  expect(run(machine, `crictl stop ${id.slice(0, 13)}`).stdout).toBe(`${id.slice(0, 13)}\n`);
  expect(run(machine, "crictl ps -q").stdout).toBe("");
  expect(run(machine, "crictl ps -a").stdout).toContain("Exited");
  expect(JSON.parse(run(machine, `crictl inspect ${id}`).stdout)).toMatchObject({
    status: { state: "CONTAINER_EXITED", exitCode: 137 },
  });
});

test("exec fails with runc's text when the command is not there", () => {
  const { machine, id } = node();
  const { stderr, exitCode } = run(machine, `crictl exec ${id} ls -l`);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^FATA\[0000\] execing command in container: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "ls": executable file not found in \$PATH\n$/,
  );
});

test("without containerd crictl tells the socket's error after two seconds", () => {
  const { machine } = node();
  run(machine, "systemctl stop containerd");
  expect(run(machine, "crictl ps").stderr).toBe(
    'FATA[0002] validate service connection: validate CRI v1 runtime API for endpoint "unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory"\n',
  );
});
