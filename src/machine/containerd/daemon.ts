import { rfc3339Nano } from "../../base/rfc3339.ts";
import { Future } from "../../sim/signal.ts";
import { sleep, waitFor } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { writeText } from "../file-descriptor.ts";
import type { Process, Program } from "../process.ts";
import type { Containerd } from "./containerd.ts";

const START_MS = 40;

/** The unit that the Debian package of containerd installs. */
export const CONTAINERD_UNIT = `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target local-fs.target

[Service]
ExecStart=/usr/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`;

/** The containerd daemon: while it runs, the machine's container runtime answers. Containers outlive it. */
export const containerdDaemon: Program = function* (process) {
  const runtime = process.machine.service<Containerd>("containerd");
  if (runtime === undefined) {
    yield* log(process, "error", "not simulated in this sandbox: containerd outside a host");
    return 1;
  }
  const ended = new Future<void>();
  process.onSignal("SIGTERM", () => ended.settle(undefined));
  process.onSignal("SIGINT", () => ended.settle(undefined));
  try {
    runtime.setAvailable(true);
    yield* log(process, "info", "starting containerd");
    yield* sleep(process.clock, START_MS);
    placeSocket(process);
    yield* log(process, "info", "containerd successfully booted in 0.040000s");
    yield* waitFor(ended);
    yield* log(process, "info", "Stop CRI service");
    process.fs.removeTree("/run/containerd/containerd.sock");
    return 0;
  } finally {
    runtime.setAvailable(false);
  }
};

/** The socket's place. /run is a file system of its own on a real host, so a full disk does not keep it away. */
function placeSocket(process: Process): void {
  try {
    process.fs.mkdir("/run/containerd", { parents: true });
    process.fs.writeFile("/run/containerd/containerd.sock", "", 0o660);
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== "ENOSPC") throw error;
  }
}

function* log(process: Process, level: string, message: string) {
  const at = rfc3339Nano(process.clock.now);
  yield* writeText(process.stderr, `time="${at}" level=${level} msg="${message}"\n`);
}
