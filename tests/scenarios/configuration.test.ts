import { describe, expect, test } from "vitest";
import { oneTerminal } from "../support/one-terminal.ts";

/** What kubectl keeps of configurations that were applied, and what it does with whole clusters of objects. */
const configMap = (name: string, value: string) =>
  `apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: ${name}, labels: {app: x}}\\ndata: {a: "${value}"}\\n`;

const { type } = oneTerminal("test", (type) => {
  type(`printf '${configMap("one", "1")}' > one.yaml`);
  type(`printf '${configMap("one", "1")}---\\n${configMap("two", "2")}' > both.yaml`);
});

describe("kubectl apply --prune", () => {
  test("deletes what an earlier apply made and this one does not name", () => {
    type("kubectl apply -f both.yaml");
    type("kubectl create cm by-hand && kubectl label cm by-hand app=x");
    expect(type("kubectl apply -f one.yaml --prune -l app=x --dry-run=client 2>/dev/null").stdout).toBe(
      "configmap/one configured (dry run)\nconfigmap/two pruned (dry run)\n",
    );
    expect(type("kubectl apply -f one.yaml --prune -l app=x --dry-run=server 2>/dev/null").stdout).toBe(
      "configmap/one unchanged (server dry run)\nconfigmap/two pruned (server dry run)\n",
    );
    expect(type("kubectl apply -f one.yaml --prune -l app=x 2>/dev/null").stdout).toBe(
      "configmap/one unchanged\nconfigmap/two pruned\n",
    );
    expect(type("kubectl get cm -l app=x -o name").stdout).toBe("configmap/by-hand\nconfigmap/one\n");
  });

  test("looks only at the types that it is allowed", () => {
    type("kubectl apply -f both.yaml");
    const only = "kubectl apply -f one.yaml --prune --all --prune-allowlist=";
    expect(type(`${only}apps/v1/Deployment`).stdout).toBe("configmap/one unchanged\n");
    expect(type(`${only}core/v1/ConfigMap`).stdout).toBe("configmap/one unchanged\nconfigmap/two pruned\n");
    expect(type(`${only}ConfigMap`).stderr).toBe(
      "error: invalid GroupVersionKind format: ConfigMap, please follow <group/version/kind>\n",
    );
  });
});

describe("the last applied configuration", () => {
  test("is edited without the object", () => {
    type("kubectl apply -f one.yaml && kubectl create cm by-hand");
    expect(type(`EDITOR="sed -i s/1/edited/" kubectl apply edit-last-applied cm/one`).stdout).toBe(
      "configmap/one edited\n",
    );
    expect(type("kubectl apply view-last-applied cm/one").stdout).toContain("a: edited");
    expect(type("kubectl get cm one -o jsonpath={.data.a}").stdout).toBe("1");
    expect(type(`EDITOR=true kubectl apply edit-last-applied cm/one`).stderr).toBe(
      "Edit cancelled, no changes made.\n",
    );
    expect(type("kubectl apply edit-last-applied cm/by-hand").stderr).toContain(
      "no last-applied-configuration annotation found on resources",
    );
  });

  test("is set from a file", () => {
    type(`kubectl apply -f one.yaml; printf '${configMap("one", "2")}' > other.yaml`);
    expect(type("kubectl apply set-last-applied -f other.yaml").stdout).toBe("configmap/one configured\n");
    expect(type("kubectl apply view-last-applied cm/one").stdout).toContain('a: "2"');
    expect(type("kubectl apply set-last-applied -f other.yaml").stdout).toBe(
      "set-last-applied one: no changes required.\n",
    );
  });
});

test("cluster-info dump writes lists and logs, to the screen or into files", () => {
  expect(type("kubectl cluster-info dump | jq -r .kind 2>/dev/null | head -1").stdout).toBe("NodeList\n");
  const screen = type("kubectl cluster-info dump --namespaces=default").stdout;
  expect(screen).toContain(
    "==== START logs for container standalone of pod default/standalone ====\n/docker-entrypoint.sh: ",
  );
  expect(type("kubectl cluster-info dump --output-directory=dump -o yaml").stdout).toBe(
    "Cluster info dumped to dump\n",
  );
  expect(type("ls dump dump/default").stdout).toContain("nodes.yaml");
  expect(type("head -2 dump/default/pods.yaml").stdout).toBe("---\napiVersion: v1\n");
  expect(type("ls dump/default/standalone").stdout).toBe("logs.txt\n");
});

test("drain does not let a pod that must stay keep the others", () => {
  type("kubectl create deploy kept --image=nginx && kubectl create deploy free --image=nginx --replicas=3");
  type("kubectl create pdb kept --selector=app=kept --min-available=1");
  type("kubectl wait --for=condition=Available deploy --all");
  type("sleep 3");
  const node = type("kubectl get pods -l app=kept -o jsonpath={.items[0].spec.nodeName}").stdout;
  const { stdout, stderr, exitCode } = type(`kubectl drain ${node} --ignore-daemonsets --force --timeout=12s`);
  expect(stdout).toMatch(/pod\/free-\S+ evicted\n/);
  expect(stdout.match(/evicting pod default\/kept-/g)?.length).toBeGreaterThan(1);
  expect(stderr).toContain("(will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.");
  expect(stderr).toContain(`There are pending nodes to be drained:\n ${node}\n`);
  expect(exitCode).toBe(1);
});
