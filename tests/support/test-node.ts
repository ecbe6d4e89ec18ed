import type { Pod } from "../../src/kube/api/types.generated.ts";
import { podRules } from "../../src/kube/apiserver/validation/pod-rules.ts";
import { DaemonFlags } from "../../src/kube/client/daemon-flags.ts";
import { Klog } from "../../src/kube/client/klog.ts";
import { PODS } from "../../src/kube/client/resources.ts";
import { Kubelet } from "../../src/kube/kubelet/kubelet.ts";
import { readKubeletConfig } from "../../src/kube/kubelet/kubelet-config.ts";
import { KubeletServer } from "../../src/kube/kubelet/kubelet-server.ts";
import { DEFAULT_CAPACITY } from "../../src/kube/kubelet/node-status.ts";
import type { ContainerRuntime } from "../../src/machine/container-runtime.ts";
import type { Machine } from "../../src/machine/machine.ts";
import type { Program } from "../../src/machine/process.ts";
import { coredns } from "../../src/programs/coredns/main.ts";
import { httpd } from "../../src/programs/httpd/main.ts";
import { nginx, nginxEntrypoint } from "../../src/programs/nginx/main.ts";
import { pause } from "../../src/programs/pause/main.ts";
import { IMAGE_CATALOGUE } from "../../src/sandbox/images/catalogue.ts";
import { Future } from "../../src/sim/signal.ts";
import { sleep, waitFor } from "../../src/sim/task.ts";
import type { FakeCluster } from "./fake-cluster.ts";
import { newMachine } from "./machine.ts";

const CONFIG = `kind: KubeletConfiguration
apiVersion: kubelet.config.k8s.io/v1beta1
staticPodPath: /etc/kubernetes/manifests
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
`;

const exitWith = (code: number): Program =>
  function* () {
    return code;
  };

const sleeper: Program = function* (process) {
  yield* sleep(process.clock, Number(process.argv[1] ?? "1") * 1000);
  return 0;
};

/** A machine with containerd whose kubelet talks to a fake cluster. */
export class TestNode {
  readonly machine: Machine;
  readonly cluster: FakeCluster;
  readonly name: string;
  readonly lines: string[] = [];
  private stopKubelet = new Future<void>();
  kubelet: Kubelet | undefined;

  constructor(cluster: FakeCluster, name = "n1", files: Readonly<Record<string, string>> = {}) {
    this.cluster = cluster;
    this.name = name;
    const self = this;
    const kubelet: Program = function* (process) {
      const log = new Klog(process.tasks, process.pid, {
        *write(text) {
          self.lines.push(text);
        },
      });
      const runtime = process.machine.service<ContainerRuntime>("containerd");
      if (runtime === undefined) throw new Error("no containerd");
      const config = readKubeletConfig(process.fs, DaemonFlags.parse("kubelet", []), process.hostname);
      const facts = { ...DEFAULT_CAPACITY, machineId: "m", systemUuid: "s", bootId: "b" };
      self.kubelet = new Kubelet({ process, runtime, config, facts, client: cluster, podRules, log });
      new KubeletServer({ process, runtime, config, kubelet: self.kubelet, log }).start();
      self.kubelet.start();
      yield* waitFor(self.stopKubelet);
      return 0;
    };
    this.machine = newMachine({
      kernel: cluster.kernel,
      name,
      addresses: ["10.0.1.11"],
      programs: {
        kubelet,
        nginx,
        "nginx-entrypoint": nginxEntrypoint,
        pause,
        coredns,
        httpd,
        false: exitWith(1),
        true: exitWith(0),
        sleep: sleeper,
        sh: sleeper,
        cat: exitWith(0),
      },
      files: { "/var/lib/kubelet/config.yaml": CONFIG, "/etc/kubernetes/manifests/.keep": "", ...files },
      spec: { imageCatalogue: IMAGE_CATALOGUE, podCidr: "10.244.1.0/24" },
    });
    this.run(2000);
    this.startKubelet();
  }

  startKubelet(): void {
    this.stopKubelet = new Future();
    this.machine.start({ argv: ["/usr/bin/kubelet"] });
  }

  stop(): void {
    this.stopKubelet.settle(undefined);
  }

  run(ms: number): void {
    const { clock, faults } = this.cluster.kernel;
    clock.runUntil(clock.now + ms);
    if (faults[0] !== undefined) throw faults[0];
  }

  pod(name: string, namespace = "default"): Pod | undefined {
    return this.cluster.find(PODS, namespace, name);
  }

  /** A pod that the scheduler has put here. */
  put(name: string, spec: Partial<Pod["spec"]>): void {
    const filled = { restartPolicy: "Always", terminationGracePeriodSeconds: 30, ...spec, nodeName: this.name };
    this.cluster.put(PODS, { metadata: { name, namespace: "default" }, spec: filled } as unknown as Pod);
  }

  events(name: string): string[] {
    const events = this.cluster.all({ group: "", version: "v1", resource: "events", kind: "Event", namespaced: true });
    return events.flatMap((event) => {
      const { involvedObject, type, reason, message, count } = event as unknown as Record<string, never> & {
        involvedObject: { name: string };
      };
      return involvedObject.name === name
        ? [`${type} ${reason} ${message}${Number(count) > 1 ? ` x${count}` : ""}`]
        : [];
    });
  }
}
