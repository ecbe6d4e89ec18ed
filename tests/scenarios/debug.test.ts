import { describe, expect, test } from "vitest";
import { oneTerminal } from "../support/one-terminal.ts";

/** kubectl debug: containers that are put into pods, pods that are copied, pods that see a node. */
const { type } = oneTerminal("test");

describe("a container put into a pod", () => {
  test("runs beside the pod's own, in its network, and is never started again", () => {
    const { stdout, stderr } = type("kubectl debug standalone --image=busybox --profile=general -c eye -- sleep 20");
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
    type("sleep 4");
    expect(type("kubectl exec standalone -c eye -- hostname").stdout).toBe("standalone\n");
    expect(type("kubectl exec standalone -c eye -- nc -z 127.0.0.1 80").exitCode).toBe(0);
    expect(type("kubectl exec standalone -- true").stderr).toBe(
      'Defaulted container "standalone" out of: standalone, eye (ephem)\n',
    );
    type("sleep 30");
    const state = "{.status.ephemeralContainerStatuses[0]";
    expect(type(`kubectl get pod standalone -o jsonpath='${state}.state.terminated.reason}'`).stdout).toBe("Completed");
    expect(type(`kubectl get pod standalone -o jsonpath='${state}.restartCount}'`).stdout).toBe("0");
    expect(type("kubectl get pod standalone --no-headers").stdout).toMatch(/^standalone +1\/1 +Running +0 /);
  });

  test("shows what it said when it has ended before anyone could attach", () => {
    const { stdout } = type("kubectl debug standalone -i --image=busybox --profile=general -- echo seen");
    expect(stdout).toMatch(/^Defaulting debug container name to debugger-\w{5}\.\nseen\n$/);
  });

  test("has a name of its own, and a target that is there", () => {
    const add = (container: string) => {
      const patch = `{"spec":{"ephemeralContainers":[${container}]}}`;
      return type(`kubectl patch pod standalone --subresource=ephemeralcontainers -p '${patch}'`).stderr;
    };
    const refusal = 'The Pod "standalone" is invalid: spec.ephemeralContainers[';
    expect(add('{"name":"standalone","image":"busybox"}')).toMatch(/\]\.name: Duplicate value: "standalone"\n$/);
    expect(add('{"name":"late","image":"busybox","ports":[{"containerPort":1}]}')).toMatch(
      /\]\.ports: Forbidden: cannot be set for an Ephemeral Container\n$/,
    );
    const { stderr } = type("kubectl debug standalone --image=busybox --profile=general --target=nope -c late");
    expect(stderr.startsWith(refusal)).toBe(true);
    expect(stderr).toMatch(/\]\.targetContainerName: Not found: "nope"\n$/);
  });

  test("can't be changed or removed", () => {
    type("kubectl debug standalone --image=busybox --profile=general -c eye -- sleep 20");
    const patch = '{"spec":{"ephemeralContainers":[{"name":"eye","image":"nginx"}]}}';
    expect(type(`kubectl patch pod standalone --subresource=ephemeralcontainers -p '${patch}'`).stderr).toContain(
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "eye" may not be changed',
    );
  });
});

test("a copy of a pod leaves its labels behind, so that no service sends it anything", () => {
  type("kubectl debug standalone --image=busybox --copy-to=copy --profile=general --attach=false -- sleep 100");
  type("sleep 4");
  expect(type("kubectl get pod copy --no-headers").stdout).toMatch(/^copy +2\/2 +Running /);
  expect(type("kubectl get pod copy -o jsonpath='{.metadata.labels}'").stdout).toBe("");
});

test("a pod on a node sees its files", () => {
  const { stdout } = type("kubectl debug node/ip-10-0-1-11 -i --image=busybox -- cat /host/etc/hostname");
  expect(stdout).toMatch(/^Creating debugging pod node-debugger-ip-10-0-1-11-\w{5} with container debugger on node /);
  expect(stdout.endsWith("\nip-10-0-1-11\n")).toBe(true);
});

test("what makes no sense is refused", () => {
  expect(type("kubectl debug standalone").stderr).toBe("error: you must specify --image when not using --copy-to.\n");
  expect(type("kubectl debug svc/nginx --image=busybox --profile=general").stderr).toBe(
    'error: "/v1, Kind=Service" not supported by debug\n',
  );
});
