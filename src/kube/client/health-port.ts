import { NetError } from "../../sim/channel.ts";
import type { Clock } from "../../sim/clock.ts";
import type { Listener } from "../../sim/network.ts";
import type { RandomStream } from "../../sim/random.ts";
import type { TaskGroup } from "../../sim/task.ts";
import type { Klog } from "./klog.ts";
import { healthHandler, selfSigned, serveSecure } from "./secure-server.ts";

/** Where a component is asked whether it is well. */
export interface HealthPort {
  /** The component, whose name its own certificate bears. */
  readonly name: string;
  readonly bind: string;
  readonly port: number;
}

/** What of a process it takes to serve. */
export interface HealthHost {
  readonly tasks: TaskGroup;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly net: { listen(address: string, port: number): Listener };
}

/** Serves health over TLS with a certificate of the component's own; false, with the reason in the log, when it cannot. */
export function serveHealth(host: HealthHost, { name, bind, port }: HealthPort, log: Klog): boolean {
  try {
    const listener = host.net.listen(bind, port);
    const certificate = selfSigned(name, host.clock, host.random);
    const tls = () => ({
      certificate: certificate(),
      clientCas: [],
      clientAuth: "request" as const,
      answersPlainHttp: true,
    });
    const handler = healthHandler(() => true);
    host.tasks.spawn(`${name}/https`, serveSecure({ tasks: host.tasks, listener, tls, handler: () => handler }));
    log.info("secure_serving.go:211", `Serving securely on ${bind}:${port}`);
    return true;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const reason = `failed to create listener: failed to listen on ${bind}:${port}: listen tcp ${bind}:${port}: ${error.message}`;
    log.error("run.go:72", "command failed", new Error(reason));
    return false;
  }
}
