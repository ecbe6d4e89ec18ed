import { describe, expect, it } from "vitest";
import { Operator } from "../support/operator.ts";

const POD = "/registry/pods/default/standalone";
const EDIT = (key: string, filter: string) =>
  `etcdctl get ${key} --print-value-only | jq -c '${filter}' | etcdctl put ${key}`;

/** What follows when values are put into etcd by hand, as it was seen on a real control plane (v1.35, etcd 3.6). */
describe("unreadable values", () => {
  it.each([
    ["garbage", "Error from server: illegal base64 data at input byte 4\n"],
    ['{"kind":"Pod', "Error from server: couldn't get version/kind; json parse error: unexpected end of JSON input\n"],
    [
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"standalone","namespace":"default"}}',
      "Error from server: converting (v1.ConfigMap) to (core.Pod): unknown conversion\n",
    ],
  ])(
    "%s spoils every list of the resource for three seconds each, gets only of the key, and deletes",
    (value, text) => {
      const at = new Operator();
      at.type(`etcdctl put ${POD} '${value}'`);
      at.wait(1);
      for (const list of ["kubectl get pods", "kubectl get pods -A"]) {
        const from = at.seconds;
        expect(at.type(list)).toBe(text);
        expect(at.seconds - from).toBeGreaterThan(2.9);
        expect(at.seconds - from).toBeLessThan(3.3);
      }
      expect(at.type("kubectl get pod standalone")).toBe(text);
      expect(at.type("kubectl delete pod standalone")).toBe(text);
      const other = at.type("kubectl get cm -n kube-system kubeadm-config -o name");
      expect(other).toBe("configmap/kubeadm-config\n");
      expect(at.type("kubectl run new --image=nginx")).toBe("pod/new created\n");
      expect(at.type("kubectl get pod new -o name")).toBe("pod/new\n");
      at.type(`etcdctl del ${POD}`);
      at.wait(2);
      expect(at.type("kubectl get pods --no-headers | wc -l")).toBe("2\n");
    },
  );

  it("controllers can't follow the resource meanwhile, and go on by themselves once the key is gone", () => {
    const at = new Operator();
    at.type("etcdctl put /registry/pods/default/broken nonsense");
    at.type("kubectl scale deploy nginx --replicas=3");
    at.wait(20);
    expect(at.type("kubectl get deploy nginx --no-headers")).not.toMatch(/3\/3/);
    at.type("etcdctl del /registry/pods/default/broken");
    expect(at.secondsUntil("kubectl get deploy nginx --no-headers", /3\/3/, 20)).toBeLessThan(20);
  });

  it("an empty value is an empty object: a nameless row once the cache must start anew", () => {
    const at = new Operator();
    at.type(`etcdctl put ${POD} garbage; sleep 1; etcdctl put ${POD} '{}'`);
    at.wait(1);
    expect(at.type("kubectl get pods --no-headers")).toMatch(/^ +0\/0 +0 +<unknown>$/m);
    expect(at.type("kubectl get pod standalone --no-headers")).toMatch(/^ +0\/0 +0 +<unknown>$/m);
  });

  it("are no bar to the API server's start", () => {
    const at = new Operator();
    at.type("etcdctl put /registry/configmaps/default/app-config nonsense");
    at.restart("kube-apiserver");
    expect(at.type("kubectl get nodes -o name | wc -l")).toBe("3\n");
    expect(at.type("kubectl get cm app-config")).toMatch(
      /^Error from server: couldn't get version\/kind; json parse error/,
    );
    expect(at.type("kubectl create cm other --from-literal=a=b")).toBe("configmap/other created\n");
  });
});

describe("edited values", () => {
  it("controllers obey at once, the generation stays, nothing is validated", () => {
    const at = new Operator();
    at.type(EDIT("/registry/deployments/default/nginx", ".spec.replicas=3"));
    at.wait(5);
    expect(at.type("kubectl get deploy nginx --no-headers")).toMatch(/^nginx +3\/3/);
    expect(at.type("kubectl get deploy nginx -o jsonpath='{.metadata.generation}'")).toBe("1");
    at.type(EDIT("/registry/deployments/default/nginx", '.spec.template.spec.containers[0].image="nginx:1.27"'));
    at.wait(20);
    expect(at.type("kubectl get rs --no-headers | awk '{print $2}' | sort")).toBe("0\n3\n");
    at.type(EDIT("/registry/deployments/default/nginx", ".spec.replicas=-1"));
    at.wait(1);
    expect(at.type("kubectl get deploy nginx --no-headers")).toMatch(/^nginx +\d\/-1/);
    at.type(
      EDIT("/registry/services/specs/default/nginx", '.spec.clusterIP="10.96.0.1"|.spec.clusterIPs=["10.96.0.1"]'),
    );
    expect(at.type("kubectl get svc --no-headers | awk '{print $3}'")).toBe("10.96.0.1\n10.96.0.1\n");
  });

  it("an object under another's key: lists show both, gets go by the key", () => {
    const at = new Operator();
    at.type(EDIT(POD, '.metadata.name="renamed"'));
    at.wait(2);
    expect(at.type("kubectl get pods --no-headers | awk '{print $1}' | grep -v nginx")).toBe("renamed\nstandalone\n");
    expect(at.type("kubectl get pod standalone --no-headers")).toMatch(/^renamed /);
    expect(at.type("kubectl get pod renamed")).toBe('Error from server (NotFound): pods "renamed" not found\n');
  });

  it("an object of the whole cluster under a namespace's key goes by its name, and the API server starts with it", () => {
    const at = new Operator();
    const role = '{"kind":"ClusterRole","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"half"}}';
    at.type(`etcdctl put /registry/clusterroles/default/half '${role}'`);
    at.type("crictl rm -f $(crictl ps --name kube-apiserver -q)");
    at.wait(30);
    expect(at.type("kubectl get --raw /readyz")).toBe("ok");
    expect(at.type("kubectl get clusterroles --no-headers | grep -c '^half '")).toBe("1\n");
    expect(at.type("kubectl get clusterrole half")).toBe(
      'Error from server (NotFound): clusterroles.rbac.authorization.k8s.io "half" not found\n',
    );
  });

  it("a pod's image is changed in its running container", () => {
    const at = new Operator();
    at.type(EDIT(POD, '.spec.containers[0].image="redis:7"'));
    expect(at.secondsUntil("kubectl get pod standalone --no-headers", /Running +1 /, 10)).toBeLessThan(10);
  });
});

describe("wrong compactions and media types", () => {
  it("compacting everything harms nobody who watches, only who reads the past", () => {
    const at = new Operator();
    at.type("etcdctl compact $(etcdctl get x -w json | jq .header.revision)");
    expect(at.type("kubectl create cm c --from-literal=a=b; kubectl get cm c -o name")).toMatch(/configmap\/c\n$/);
    at.type("kubectl scale deploy nginx --replicas=2");
    at.wait(4);
    expect(at.type("kubectl get deploy nginx --no-headers")).toMatch(/2\/2/);
    expect(at.type("kubectl get --raw '/api/v1/pods?resourceVersion=100&resourceVersionMatch=Exact'")).toBe(
      "Error from server (Expired): The resourceVersion for the provided list is too old.\n",
    );
    expect(at.type("kubectl get --raw '/api/v1/pods?resourceVersion=100&watch=1'")).toMatch(
      /"type":"ERROR".*too old resource version: 100 \(\d+\).*"reason":"Expired","code":410/,
    );
  });

  it("a watch that etcd compacted away while the API server was cut off makes it list again", () => {
    const at = new Operator();
    at.type("mv /etc/kubernetes/manifests/etcd.yaml /root/; sleep 5");
    at.type(
      "mv /root/etcd.yaml /etc/kubernetes/manifests/; until etcdctl endpoint health >/dev/null 2>&1; do sleep 0.1; done",
    );
    at.type(
      'etcdctl put /registry/configmaps/default/x \'{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x","namespace":"default"}}\'',
    );
    at.type("etcdctl compact $(etcdctl get x -w json | jq .header.revision)");
    at.wait(5);
    expect(at.type("kubectl get cm x -o name; kubectl get cm -o name | grep -c /x")).toBe("configmap/x\n1\n");
  });

  it("without the flag new values are protobuf, old ones stay JSON, both are read", () => {
    const at = new Operator();
    at.type("sed -i '/--storage-media-type/d' /etc/kubernetes/manifests/kube-apiserver.yaml");
    at.wait(15);
    at.type("kubectl create cm fresh --from-literal=a=b");
    expect(at.type("etcdctl get /registry/configmaps/default/fresh --print-value-only | head -c 3")).toBe("k8s");
    expect(at.type("etcdctl get /registry/configmaps/default/app-config --print-value-only | head -c 1")).toBe("{");
    expect(at.type("kubectl get cm -o name")).toBe(
      "configmap/app-config\nconfigmap/fresh\nconfigmap/kube-root-ca.crt\n",
    );
    at.type("kubectl label cm app-config touched=yes");
    expect(at.type("etcdctl get /registry/configmaps/default/app-config --print-value-only | head -c 3")).toBe("k8s");
    expect(at.type("kubectl get cm app-config --show-labels --no-headers")).toMatch(/touched=yes/);
    at.restart("kube-apiserver");
    expect(at.type("kubectl get cm fresh -o jsonpath='{.data.a}'")).toBe("b");
  });
});
