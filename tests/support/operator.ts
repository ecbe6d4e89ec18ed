import { expect, onTestFinished } from "vitest";
import type { Sandbox, SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { freshWorld, typeLine, typist } from "./world.ts";

const ETCDCTL_ENV = [
  "ETCDCTL_ENDPOINTS=https://127.0.0.1:2379",
  "ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt",
  "ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt",
  "ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key",
];

/** kubectl as the user whom no lost role binding can lock out. */
export const SUPER = "kubectl --kubeconfig /etc/kubernetes/super-admin.conf";

/**
 * Somebody at the control plane's terminal, with etcdctl's environment set and a watch in hand. Only within a test: at its
 * end the world is put away, and the test fails if anything in it broke in a way that no program may break.
 */
export class Operator {
  readonly world: Sandbox;
  private readonly runner;
  private readonly startedAt: number;

  constructor(options: Partial<SandboxOptions> = {}) {
    this.world = freshWorld(options);
    const kernels = [this.world.kernel];
    this.world.onReplaced(() => kernels.push(this.world.kernel));
    onTestFinished(() => {
      this.world.dispose();
      expect(kernels.flatMap((kernel) => kernel.faults)).toEqual([]);
    });
    this.runner = typist(this.world);
    this.type(`export ${ETCDCTL_ENV.join(" ")}`);
    // As anybody has by then: kubectl's cache of what the server offers.
    this.type("kubectl get nodes > /dev/null");
    this.startedAt = this.world.clock.now;
  }

  /** Types a line; gives what it printed, errors too. */
  type(line: string): string {
    return typeLine(this.runner, `{ ${line}\n} 2>&1`).stdout;
  }

  /** The lines that a command printed. */
  lines(line: string): string[] {
    return this.type(line)
      .split("\n")
      .filter((text) => text !== "");
  }

  /** Lets seconds of the world's time pass. */
  wait(seconds: number): void {
    this.world.run(seconds * 1000);
  }

  /** Seconds of the world's time since this person sat down. */
  get seconds(): number {
    return (this.world.clock.now - this.startedAt) / 1000;
  }

  /** Types a line again and again, `everySeconds`, until its output matches; gives the seconds that took, or Infinity. */
  secondsUntil(line: string, pattern: RegExp, limitSeconds: number, everySeconds = 1): number {
    const from = this.world.clock.uptime;
    const passed = () => (this.world.clock.uptime - from) / 1000;
    while (passed() <= limitSeconds) {
      if (pattern.test(this.type(line))) return passed();
      this.wait(everySeconds);
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Moves a manifest away and back, as one restarts a static pod. */
  restart(component: string): void {
    this.type(
      `mv /etc/kubernetes/manifests/${component}.yaml /root/; sleep 4; mv /root/${component}.yaml /etc/kubernetes/manifests/`,
    );
    this.wait(12);
  }
}
