import { expect, test } from "vitest";
import { concat, text, utf8 } from "../../../../src/base/bytes.ts";
import { readToEnd, writeText } from "../../../../src/machine/file-descriptor.ts";
import type { Machine } from "../../../../src/machine/machine.ts";
import type { Program } from "../../../../src/machine/process.ts";
import { ssh } from "../../../../src/programs/ssh/ssh.ts";
import { SSH_SERVER_FILES, sshd } from "../../../../src/programs/ssh/sshd.ts";
import { newKernel, newMachine, runProgram } from "../../../support/machine.ts";

/** Stands for a shell: tells its arguments and terminal, echoes its input, exits with 7. */
const bash: Program = function* (process) {
  yield* writeText(process.stdout, `${process.hostname} ${process.user.name} ${process.cwd} ${process.argv.join("|")}`);
  yield* writeText(process.stdout, ` ${process.terminal?.columns ?? "no tty"}\n`);
  if (process.terminal === undefined) yield* process.stdout.write(yield* readToEnd(process.stdin));
  else yield* writeText(process.stdout, `typed ${text((yield* process.stdin.read()) ?? new Uint8Array())}`);
  yield* writeText(process.stderr, "bye\n");
  return 7;
};

function pair(): { here: Machine; there: Machine } {
  const kernel = newKernel();
  const programs = { ssh, sshd, bash };
  const files = { ...SSH_SERVER_FILES, "/etc/hosts": "10.0.1.10 here\n10.0.1.11 there\n" };
  const here = newMachine({ kernel, name: "here", programs, files });
  const there = newMachine({ kernel, name: "there", addresses: ["10.0.1.11"], programs, files });
  kernel.clock.runUntil(kernel.clock.now + 1000);
  return { here, there };
}

test("a command runs on the other host with its input, output and exit code", () => {
  const { here } = pair();
  const result = runProgram({ machine: here, argv: ["ssh", "root@there", "ls", "-l"], stdin: "some input" });
  expect(result).toMatchObject({
    stdout: "there root /root bash|-c|ls -l no tty\nsome input",
    stderr: "bye\n",
    exitCode: 7,
  });
});

test("a login has a terminal of its own there, of the same size", () => {
  const { here, there } = pair();
  const { clock } = here.kernel;
  const terminal = here.openTerminal(90, 20);
  const shown: Uint8Array[] = [];
  terminal.onOutput((bytes) => shown.push(bytes));
  const client = here.login(terminal, { argv: ["ssh", "there"], executable: "/usr/bin/ssh" });
  clock.runUntil(clock.now + 50);
  expect(there.terminals()).toHaveLength(1);
  expect(there.terminals()[0]?.awaited).toBe(true);
  terminal.type(utf8("hi\r"));
  clock.runUntil(clock.now + 50);
  expect(client.exitCode).toBe(7);
  expect(text(concat(shown)).replaceAll("\r", "")).toBe(
    "there root /root -bash 90\nhi\ntyped hi\nbye\nConnection to there closed.\n",
  );
  expect(there.terminals()).toHaveLength(0);
});

test.each([
  ["nowhere", "ssh: Could not resolve hostname nowhere: Name or service not known\n"],
  ["-p 23 there", "ssh: connect to host there port 23: Connection refused\n"],
  ["jane@there", "jane@there: Permission denied (publickey).\n"],
])("ssh %s fails as OpenSSH says", (args, stderr) => {
  const { here } = pair();
  expect(runProgram({ machine: here, argv: ["ssh", ...args.split(" ")] })).toMatchObject({ stderr, exitCode: 255 });
});

test("the other host's power cut ends the session", () => {
  const { here, there } = pair();
  const { clock } = here.kernel;
  const terminal = here.openTerminal();
  const shown: Uint8Array[] = [];
  terminal.onOutput((bytes) => shown.push(bytes));
  const client = here.login(terminal, { argv: ["ssh", "there"], executable: "/usr/bin/ssh" });
  clock.runUntil(clock.now + 50);
  there.powerCut();
  clock.runUntil(clock.now + 50);
  expect(client.exitCode).toBe(255);
  expect(text(concat(shown))).toContain("Connection to there closed by remote host.\r\n");
});
