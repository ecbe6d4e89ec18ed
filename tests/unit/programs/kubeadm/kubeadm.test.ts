import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kubeadmProgram } from "../../../../src/programs/kubeadm/main.ts";
import { runProgram } from "../../../support/machine.ts";

const kubeadm = kubeadmProgram({
  gitVersion: "v1.35.6",
  gitCommit: "a3177b3b89764aeb87469936bf4fe8f708d88eb7",
  buildDate: "2026-06-01T00:00:00Z",
  goVersion: "go1.26.10",
  images: { etcd: "3.6.6-0", coredns: "v1.13.1", pause: "3.10.1" },
  objects: [],
  kubeletConfiguration: "",
});
const run = (...args: string[]) => {
  const { stdout, stderr, exitCode } = runProgram({ argv: ["kubeadm", ...args], programs: { kubeadm } });
  return { stdout, stderr, exitCode };
};

test("the version, as recorded from kubeadm", () => {
  expect(run("version").stdout).toBe(
    'kubeadm version: &version.Info{Major:"1", Minor:"35", EmulationMajor:"", EmulationMinor:"", MinCompatibilityMajor:"", MinCompatibilityMinor:"", GitVersion:"v1.35.6", GitCommit:"a3177b3b89764aeb87469936bf4fe8f708d88eb7", GitTreeState:"clean", BuildDate:"2026-06-01T00:00:00Z", GoVersion:"go1.26.10", Compiler:"gc", Platform:"linux/amd64"}\n',
  );
  expect(run("version", "-o", "short").stdout).toBe("v1.35.6\n");
  expect(run("version", "--output=nope").exitCode).toBe(1);
});

test("what cannot be imitated is refused by its name", () => {
  expect(run("join", "10.0.1.10:6443", "--token", "x")).toEqual({
    stdout: "",
    stderr: "not simulated in this sandbox: kubeadm join; the hosts of this sandbox are a cluster from the start\n",
    exitCode: 1,
  });
  expect(run("upgrade", "plan").stderr).toContain("not simulated in this sandbox: kubeadm upgrade");
  expect(run("init", "--dry-run").stderr).toBe("not simulated in this sandbox: kubeadm init --dry-run\n");
});

const RECORDED = readFileSync(join(import.meta.dirname, "recorded-commands.txt"), "utf8");

/** What real kubeadm printed for a command, without its warnings about the recording's network. */
function recorded(command: string): string {
  const from = RECORDED.indexOf(`$ ${command}\n`) + command.length + 3;
  const text = RECORDED.slice(from, RECORDED.indexOf("\nrc=", from) + 1);
  return text.replace(/^W\d{4} .*\n/gm, "");
}

test.each(["config images list", "config print init-defaults", "init phase --help", "reset --help"])(
  "%s, as recorded",
  (command) => {
    const { stdout, exitCode } = run(...command.split(" "));
    expect(stdout).toBe(recorded(`kubeadm ${command}`));
    expect(exitCode).toBe(0);
  },
);

test("mistakes are told as kubeadm tells them", () => {
  const hint = "To see the stack trace of this error execute with --v=5 or higher\n";
  expect(run("certs", "renew", "apiserver", "--bogus").stderr).toBe(`error: unknown flag: --bogus\n${hint}`);
  expect(run("token").stderr).toBe(`error: missing subcommand; "token" is not meant to be run on its own\n${hint}`);
  expect(run("token", "list").stderr).toBe(
    `error: failed to load admin kubeconfig: open /etc/kubernetes/admin.conf: no such file or directory\n${hint}`,
  );
  expect(run("certs", "nothing").stderr).toBe(`error: invalid subcommand: "nothing"\n${hint}`);
  expect(run("init", "phase", "certs", "apiserver", "--config", "/none").stderr).toBe(
    `error: unable to read config from "/none" : open /none: no such file or directory\n${hint}`,
  );
  expect(run("init", "phase", "certs", "apiserver", "--kubernetes-version=v1.35.2").stderr).toBe(
    `error: error execution phase certs/apiserver: couldn't load CA certificate ca: couldn't load ca certificate authority from /etc/kubernetes/pki\n${hint}`,
  );
});

test("a certificate key is 32 random bytes, a token fits its pattern", () => {
  expect(run("certs", "certificate-key").stdout).toMatch(/^[0-9a-f]{64}\n$/);
  expect(run("token", "generate").stdout).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}\n$/);
});
