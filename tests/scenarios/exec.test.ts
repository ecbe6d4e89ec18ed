import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LineRunner } from "../../src/sandbox/line-runner.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { freshWorld, typeLine, typist } from "../support/world.ts";

/** Commands in containers: through kubectl, API server, kubelet and runtime into the container and back. */
let world: Sandbox;
let terminal: LineRunner;

const type = (line: string) => typeLine(terminal, line);

beforeAll(() => {
  world = freshWorld();
  terminal = typist(world);
  type("kubectl run web --image=nginx && kubectl run box --image=busybox --command -- sleep 3600");
  type("kubectl wait --for=condition=Ready pod/web pod/box");
});

afterAll(() => {
  expect(world.kernel.faults).toEqual([]);
  world.dispose();
});

describe("kubectl exec", () => {
  test("keeps the order of a command's words", () => {
    expect(type("kubectl exec web -- echo z y x a 9").stdout).toBe("z y x a 9\n");
    expect(type("kubectl exec web -- ls -d /etc/nginx /bin").stdout).toBe("/bin\n/etc/nginx\n");
  });

  test("takes words that look like options of the request for words", () => {
    const words = "stdin=true tty=true container=x true";
    expect(type(`kubectl exec web -- echo ${words} command=true`).stdout).toBe(`${words} command=true\n`);
  });

  test("hands a script and its arguments to the container's shell", () => {
    expect(type(`kubectl exec web -- sh -c 'echo "$1-$0"' b a`).stdout).toBe("a-b\n");
  });

  test("gives the command's exit code", () => {
    expect(type("kubectl exec web -- true").exitCode).toBe(0);
    expect(type("kubectl exec web -- sh -c 'exit 7'")).toMatchObject({
      stderr: "command terminated with exit code 7\n",
      exitCode: 7,
    });
  });

  test("streams what it is given", () => {
    expect(type("printf 'b\\na\\n' | kubectl exec -i web -- sort").stdout).toBe("a\nb\n");
  });
});
