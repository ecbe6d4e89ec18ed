import { expect, test } from "vitest";
import { Operator } from "../support/operator.ts";

test("an autoscaler keeps its target within its limits, and says that nobody measures it", () => {
  const operator = new Operator();
  operator.type("kubectl autoscale deployment nginx --min=2 --max=4 --cpu=50%");
  operator.wait(40);
  expect(operator.type("kubectl get deployment nginx -o jsonpath='{.spec.replicas}'")).toBe("2");
  expect(operator.type("kubectl describe hpa nginx")).toMatch(/AbleToScale +True +SucceededGetScale/);
  expect(operator.type("kubectl describe hpa nginx")).toMatch(/ScalingActive +False +FailedGetResourceMetric/);
  expect(operator.type("kubectl describe hpa nginx")).toContain(
    "New size: 2; reason: Current number of replicas below Spec.MinReplicas",
  );
  operator.type("kubectl scale deployment nginx --replicas=9");
  operator.wait(40);
  expect(operator.type("kubectl get deployment nginx -o jsonpath='{.spec.replicas}'")).toBe("4");
});

test("a job's pods count although a quota keeps more from being made", () => {
  const operator = new Operator();
  operator.type("kubectl create job twice --image=busybox --dry-run=client -o yaml -- true > job.yaml");
  operator.type("sed -i 's/^spec:/spec:\\n  completions: 2/' job.yaml; kubectl apply -f job.yaml; sleep 0.3");
  operator.type("kubectl create quota tight --hard=limits.memory=1Gi");
  operator.wait(30);
  expect(operator.type("kubectl get job twice --no-headers")).toMatch(/^twice +Running +1\/2 /);
  expect(
    operator.type("kubectl get events --field-selector reason=FailedCreate -o jsonpath='{.items[0].message}'"),
  ).toMatch(/is forbidden: failed quota: tight: must specify limits\.memory for: twice$/);
});

test("a quota counts the pods of its scopes alone", () => {
  const operator = new Operator();
  operator.type("kubectl create quota idle --hard=pods=0 --scopes=NotBestEffort");
  expect(operator.type("kubectl run free --image=nginx")).toBe("pod/free created\n");
  const limited = `--overrides='{"spec":{"containers":[{"name":"c","image":"nginx","resources":{"limits":{"cpu":"1"}}}]}}'`;
  expect(operator.type(`kubectl run bound --image=nginx ${limited}`)).toContain(
    "exceeded quota: idle, requested: pods=1, used: pods=0, limited: pods=0",
  );
});
