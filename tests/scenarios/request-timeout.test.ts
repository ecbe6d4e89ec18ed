import { expect, test } from "vitest";
import { Operator } from "../support/operator.ts";

test("--request-timeout ends a watch silently and a followed log with an error, but no session", () => {
  const at = new Operator();
  const from = at.seconds;
  expect(at.type("kubectl get pod standalone -w --no-headers --request-timeout=3s; echo $?")).toMatch(
    /^standalone .*\n0\n$/,
  );
  expect(at.seconds - from).toBeGreaterThan(2.9);
  expect(at.seconds - from).toBeLessThan(3.5);
  expect(at.type("kubectl logs -f standalone --tail=1 --request-timeout=3s; echo $?")).toMatch(
    /\n?error: context deadline exceeded \(Client\.Timeout or context cancellation while reading body\)\n1\n$/,
  );
  expect(at.type("kubectl exec standalone --request-timeout=1s -- sh -c 'sleep 3; echo hi'")).toBe("hi\n");
  expect(at.world.kernel.faults).toEqual([]);
});
