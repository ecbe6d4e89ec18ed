import type { Node, Pod } from "../../src/kube/api/types.generated.ts";
import { EventRecorder } from "../../src/kube/client/event-recorder.ts";
import { Klog } from "../../src/kube/client/klog.ts";
import { NODES, PODS } from "../../src/kube/client/resources.ts";
import { ControllerManager } from "../../src/kube/controllers/manager.ts";
import { CONTROLLERS } from "../../src/kube/controllers/table.ts";
import { Scheduler } from "../../src/kube/scheduler/scheduler.ts";
import { FakeCluster } from "./fake-cluster.ts";
import { newKernel } from "./machine.ts";

/** A fake cluster with the controllers and the scheduler at work on it. */
export class ControlPlane {
  readonly kernel = newKernel();
  readonly cluster = new FakeCluster(this.kernel);
  readonly lines: string[] = [];
  readonly log: Klog;

  constructor(controllers: readonly string[] = ["*"]) {
    const { tasks, random } = this.kernel;
    const lines = this.lines;
    this.log = new Klog(tasks, 1, {
      *write(text) {
        lines.push(text);
      },
    });
    const options = {
      clusterCidr: "10.244.0.0/16",
      allocateNodeCidrs: true,
      rootCa: "PEM",
      nodeMonitorGraceMs: 50_000,
      signingAuthority: () => undefined,
      serviceAccountKey: () => undefined,
    };
    const manager = new ControllerManager({
      tasks,
      random: random.fork("controllers"),
      log: this.log,
      client: this.cluster,
      clientFor: () => this.cluster,
      options,
      enabled: controllers,
    });
    manager.start(CONTROLLERS);
    const recorder = new EventRecorder(tasks, this.cluster, { component: "default-scheduler", host: "ip-10-0-1-10" });
    const scheduler = new Scheduler({
      client: this.cluster,
      tasks,
      random: random.fork("scheduler"),
      log: this.log,
      recorder,
      schedulerName: "default-scheduler",
    });
    tasks.spawn("scheduler", scheduler.run());
  }

  /** Lets time pass; defects that nobody waited for fail the test. */
  run(ms: number): void {
    this.kernel.clock.runUntil(this.kernel.clock.now + ms);
    const fault = this.kernel.faults[0];
    if (fault !== undefined) throw fault;
  }

  addNode(name: string, extra: Partial<Node> = {}): void {
    const allocatable = { cpu: "2", memory: "3903024Ki", pods: "110", "ephemeral-storage": "18556039957" };
    const labels = { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", ...extra.metadata?.labels };
    const conditions = [{ type: "Ready", status: "True" }];
    this.cluster.put(NODES, {
      metadata: { name, labels },
      spec: extra.spec ?? {},
      status: { capacity: allocatable, allocatable, conditions },
    } as unknown as Node);
  }

  /** Plays every kubelet: pods with a node run, pods that are to go are gone. */
  playKubelets(): void {
    for (const pod of this.cluster.all(PODS)) {
      if (pod.metadata.deletionTimestamp !== undefined)
        this.cluster.drop(PODS, pod.metadata.namespace ?? "", pod.metadata.name ?? "");
      else if (pod.spec.nodeName && pod.status?.phase === "Pending")
        this.cluster.put(PODS, running(pod, this.kernel.clock.now));
    }
  }

  /** Lets time pass with kubelets at work. */
  live(ms: number): void {
    for (let passed = 0; passed < ms; passed += 500) {
      this.run(500);
      this.playKubelets();
    }
    this.run(100);
  }

  eventMessages(): string[] {
    return this.cluster
      .all({ group: "", version: "v1", resource: "events", kind: "Event", namespaced: true })
      .map((event) => {
        const { type, reason, message } = event as unknown as { type: string; reason: string; message: string };
        return `${type} ${reason} ${message}`;
      });
  }
}

function running(pod: Pod, nowMs: number): Pod {
  const at = new Date(nowMs).toISOString();
  const conditions = ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map((type) => ({
    type,
    status: "True",
    lastTransitionTime: at,
  }));
  return {
    ...pod,
    status: {
      ...pod.status,
      phase: "Running",
      podIP: "10.244.1.9",
      podIPs: [{ ip: "10.244.1.9" }],
      startTime: at,
      conditions,
    },
  } as Pod;
}
