import { expect, test } from "vitest";
import { PODS, SECRETS } from "../../../../src/kube/client/resources.ts";
import { FakeCluster } from "../../../support/fake-cluster.ts";
import { newKernel } from "../../../support/machine.ts";
import { TestNode } from "../../../support/test-node.ts";

function newNode(files: Record<string, string> = {}): TestNode {
  return new TestNode(new FakeCluster(newKernel()), "n1", files);
}

test("a pod runs, with the events and the status of a real one", () => {
  const node = newNode();
  node.put("web", { containers: [{ name: "nginx", image: "nginx", imagePullPolicy: "Always" }] } as never);
  node.run(8000);
  const status = node.pod("web")?.status;
  expect(status?.phase).toBe("Running");
  expect(status?.conditions?.map(({ type, status: value }) => `${type} ${value}`)).toEqual([
    "PodReadyToStartContainers True",
    "Initialized True",
    "Ready True",
    "ContainersReady True",
    "PodScheduled True",
  ]);
  expect(status?.podIP).toMatch(/^10\.244\.1\.\d+$/);
  expect(status?.containerStatuses?.[0]).toMatchObject({
    ready: true,
    started: true,
    restartCount: 0,
    image: "docker.io/library/nginx:latest",
    imageID: "docker.io/library/nginx@sha256:1beed3ca46acebe9d3fb62e9067f03d05d5bfa97a00f30938a0a3580563272ad",
  });
  const [pulling, pulled, created, started] = node.events("web");
  expect(pulling).toBe('Normal Pulling Pulling image "nginx"');
  expect(pulled).toMatch(
    /^Normal Pulled Successfully pulled image "nginx" in .*s \(.*s including waiting\)\. Image size: 62870438 bytes\.$/,
  );
  expect([created, started]).toEqual(["Normal Created Container created", "Normal Started Container started"]);
});

test("a graceful deletion stops the container, then the pod is gone", () => {
  const node = newNode();
  node.put("web", { containers: [{ name: "nginx", image: "nginx" }] } as never);
  node.run(8000);
  node.cluster.kernel.tasks.spawn("delete", node.cluster.delete(PODS, "default", "web"));
  node.run(3000);
  expect(node.pod("web")).toBeUndefined();
  expect(node.events("web").at(-1)).toBe("Normal Killing Stopping container nginx");
  expect(node.machine.containerd.containers()).toEqual([]);
});

test("a pod whose key is deleted from etcd loses its containers", () => {
  const node = newNode();
  node.put("web", { containers: [{ name: "nginx", image: "nginx" }] } as never);
  node.run(8000);
  node.cluster.drop(PODS, "default", "web");
  node.run(3000);
  expect(node.machine.containerd.containers()).toEqual([]);
});

test("a crashing container backs off 10 s, then 20 s, and says so", () => {
  const node = newNode();
  node.put("crash", { containers: [{ name: "crash", image: "crash:1", imagePullPolicy: "IfNotPresent" }] } as never);
  node.run(9000);
  const status = node.pod("crash")?.status?.containerStatuses?.[0];
  expect(status?.restartCount).toBe(1);
  const uid = node.pod("crash")?.metadata.uid;
  expect(status?.state).toEqual({
    waiting: {
      reason: "CrashLoopBackOff",
      message: `back-off 10s restarting failed container=crash pod=crash_default(${uid})`,
    },
  });
  expect(status?.lastState?.terminated).toMatchObject({ exitCode: 1, reason: "Error" });
  node.run(10_000);
  expect(node.pod("crash")?.status?.containerStatuses?.[0]?.restartCount).toBe(2);
  node.run(22_000);
  expect(node.pod("crash")?.status?.containerStatuses?.[0]?.restartCount).toBe(3);
  expect(node.events("crash")).toContain(
    'Normal Pulled Container image "crash:1" already present on machine and can be accessed by the pod x3',
  );
});

test("an image that does not exist fails to pull, then backs off", () => {
  const node = newNode();
  node.put("bad", {
    containers: [{ name: "bad", image: "nginx:doesnotexist", imagePullPolicy: "IfNotPresent" }],
  } as never);
  node.run(3500);
  const waiting = () => node.pod("bad")?.status?.containerStatuses?.[0]?.state?.waiting;
  expect(waiting()?.reason).toBe("ImagePullBackOff");
  expect(waiting()?.message).toMatch(
    /^Back-off pulling image "nginx:doesnotexist": ErrImagePull: rpc error: code = NotFound desc = /,
  );
  const missing = "docker.io/library/nginx:doesnotexist";
  expect(node.events("bad")).toContain(
    `Warning Failed Failed to pull image "nginx:doesnotexist": rpc error: code = NotFound desc = failed to pull and unpack image "${missing}": failed to resolve reference "${missing}": ${missing}: not found`,
  );
  expect(node.events("bad").filter((text) => text.includes("Error:") || text.includes("Back-off"))).toEqual([
    "Warning Failed Error: ErrImagePull",
    'Normal BackOff Back-off pulling image "nginx:doesnotexist"',
    "Warning Failed Error: ImagePullBackOff",
  ]);
});

test("a missing secret keeps the container waiting until it is there", () => {
  const node = newNode();
  const secretKeyRef = { name: "db", key: "password" };
  const env = [{ name: "P", valueFrom: { secretKeyRef } }];
  node.put("needs", { containers: [{ name: "c", image: "nginx", env }] } as never);
  node.run(8000);
  expect(node.pod("needs")?.status?.containerStatuses?.[0]?.state?.waiting).toEqual({
    reason: "CreateContainerConfigError",
    message: 'secret "db" not found',
  });
  node.cluster.put(SECRETS, {
    metadata: { name: "db", namespace: "default" },
    data: { password: "czNjcjN0" },
  } as never);
  node.run(16_000);
  expect(node.pod("needs")?.status?.phase).toBe("Running");
});

test("a pod that never restarts ends as Succeeded or Failed", () => {
  const node = newNode();
  node.put("fin", {
    restartPolicy: "Never",
    containers: [{ name: "c", image: "busybox", command: ["true"] }],
  } as never);
  node.put("err", {
    restartPolicy: "Never",
    containers: [{ name: "c", image: "busybox", command: ["false"] }],
  } as never);
  node.run(8000);
  expect(node.pod("fin")?.status?.phase).toBe("Succeeded");
  expect(node.pod("err")?.status?.phase).toBe("Failed");
  expect(node.pod("err")?.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
    exitCode: 1,
    reason: "Error",
  });
});

test("init containers run before the others, probes decide readiness", () => {
  const node = newNode();
  node.put("multi", {
    initContainers: [{ name: "setup", image: "busybox", command: ["sleep", "2"] }],
    containers: [
      { name: "web", image: "nginx", readinessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 5 } },
    ],
  } as never);
  node.run(2500);
  expect(node.pod("multi")?.status?.phase).toBe("Pending");
  expect(node.pod("multi")?.status?.conditions?.find(({ type }) => type === "Initialized")?.message).toBe(
    "containers with incomplete status: [setup]",
  );
  node.run(15_000);
  expect(node.pod("multi")?.status?.conditions?.find(({ type }) => type === "Ready")?.status).toBe("True");
});

test("a restarted kubelet adopts what runs", () => {
  const node = newNode();
  node.put("web", { containers: [{ name: "nginx", image: "nginx" }] } as never);
  node.run(8000);
  const before = node.machine.containerd.containers().map(({ id }) => id);
  node.stop();
  node.run(1000);
  node.startKubelet();
  node.run(15_000);
  expect(node.machine.containerd.containers().map(({ id }) => id)).toEqual(before);
  expect(node.pod("web")?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
});
