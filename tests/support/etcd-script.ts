import { CORE_PROGRAMS } from "../../src/programs/core/index.ts";
import { etcdProgram } from "../../src/programs/etcd/main.ts";
import { etcdctlProgram } from "../../src/programs/etcdctl/main.ts";
import { etcdutlProgram } from "../../src/programs/etcdutl/main.ts";
import { type RunResult, runProgram } from "./machine.ts";
import { bash, sh } from "./shells.ts";

/** Runs a bash script on a host that has etcd's three programs. With `serve` an etcd runs from the start. */
export function runEtcdScript(script: string, options: { version?: string; serve?: boolean } = {}): RunResult {
  const version = options.version ?? "3.6.14";
  const begin = options.serve === false ? "" : "etcd > etcd.log 2>&1 &\nsleep 7\n";
  return runProgram({
    programs: {
      ...CORE_PROGRAMS,
      bash,
      sh,
      etcd: etcdProgram(version),
      etcdctl: etcdctlProgram({ version }),
      etcdutl: etcdutlProgram({ version }),
    },
    argv: ["bash", "-c", begin + script],
    env: { HOME: "/root", PATH: "/usr/bin" },
    cwd: "/root",
  });
}
