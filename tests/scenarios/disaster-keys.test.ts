import { describe, expect, it } from "vitest";
import { Operator, SUPER } from "../support/operator.ts";

/** What follows when keys are deleted in etcd, as it was seen on a real control plane (v1.35, etcd 3.6). */
describe("deleted keys: pods", () => {
  it("all pods: owned and static ones are back at once, the bare one never, nodes and deployments notice nothing", () => {
    const at = new Operator();
    const before = at.type("kubectl get pods -n kube-system -l k8s-app=kube-proxy -o name");
    expect(at.type("etcdctl del /registry/pods --prefix")).toBe("11\n");
    at.wait(1);
    const pods = at.type("kubectl get pods -A --no-headers");
    expect(pods.match(/^default +nginx-/gm)).toHaveLength(1);
    expect(pods.match(/^kube-system +kube-proxy-/gm)).toHaveLength(3);
    expect(pods.match(/^kube-system +coredns-/gm)).toHaveLength(2);
    expect(pods.match(/-ip-10-0-1-10 /g)).toHaveLength(4);
    expect(at.type("kubectl get pods -n kube-system -l k8s-app=kube-proxy -o name")).not.toBe(before);
    at.wait(3);
    expect(at.type("kubectl get pods -A --no-headers | grep -v Running")).toBe("");
    expect(at.type("kubectl get nodes --no-headers | grep -c ' Ready '")).toBe("3\n");
    at.wait(120);
    expect(at.type("kubectl get pod standalone")).toBe('Error from server (NotFound): pods "standalone" not found\n');
    expect(at.type("ssh ip-10-0-1-12 sudo crictl ps | grep -c standalone")).toBe("0\n");
  });

  it("one pod: its containers are killed, its owner makes another", () => {
    const at = new Operator();
    const name = at.type("kubectl get pods -l app=nginx -o jsonpath='{.items[0].metadata.name}'");
    expect(at.type(`etcdctl del /registry/pods/default/${name}`)).toBe("1\n");
    at.wait(4);
    const now = at.type("kubectl get pods -l app=nginx -o jsonpath='{.items[*].metadata.name}'");
    expect(now).toMatch(/^nginx-\S+$/);
    expect(now).not.toBe(name);
    expect(at.type("kubectl get events | grep -c 'Stopping container nginx'")).toBe("1\n");
  });
});

describe("deleted keys: namespaces", () => {
  it("default: what is in it lives on, nothing can be made in it, it is back within a minute", () => {
    const at = new Operator();
    at.type("etcdctl del /registry/namespaces/default");
    expect(at.type("kubectl get pods --no-headers")).toMatch(/standalone/);
    const refused = 'error: failed to create configmap: namespaces "default" not found\n';
    expect(at.type("kubectl create configmap a --from-literal=a=b")).toBe(refused);
    expect(at.secondsUntil("kubectl get ns default", /Active/, 60)).toBeLessThanOrEqual(60);
    expect(at.type("kubectl get deploy,svc,cm,secret -o name")).toMatch(
      /deployment.apps\/nginx\nservice\/kubernetes\nservice\/nginx\nconfigmap\/app-config\nconfigmap\/kube-root-ca.crt\nsecret\/db-credentials\n/,
    );
    expect(at.type("kubectl create configmap a --from-literal=a=b")).toBe("configmap/a created\n");
  });

  it("a user's: its objects become orphans until somebody makes the namespace again", () => {
    const at = new Operator();
    at.type("kubectl create ns shop; kubectl -n shop create deployment web --image=nginx --replicas=2");
    at.wait(6);
    at.type("etcdctl del /registry/namespaces/shop");
    expect(at.type("kubectl -n shop get deploy --no-headers")).toMatch(/web +2\/2/);
    expect(at.type("kubectl get pods -A --no-headers | grep -c '^shop .*Running'")).toBe("2\n");
    expect(at.type("kubectl -n shop scale deploy web --replicas=3")).toBe(
      'Error from server (NotFound): namespaces "shop" not found\n',
    );
    expect(at.type("kubectl -n shop delete pod --all")).toMatch(/^pod "web-\S+" deleted from shop namespace\n/);
    expect(at.type("kubectl -n shop get rs --no-headers")).toMatch(/ 2 +2 +2 /);
    expect(at.type("kubectl -n shop get pods")).toBe("No resources found in shop namespace.\n");
    at.wait(120);
    expect(at.type("kubectl get ns shop")).toBe('Error from server (NotFound): namespaces "shop" not found\n');
    expect(at.type("kubectl create ns shop")).toBe("namespace/shop created\n");
    expect(at.secondsUntil("kubectl -n shop get deploy --no-headers", /web +2\/2/, 400, 10)).toBeLessThan(400);
  });
});

describe("deleted keys: nodes", () => {
  it("the lease goes soon, the pods after the collector's quarantine, the node is back only with its kubelet", () => {
    const at = new Operator();
    at.type("kubectl label node ip-10-0-1-12 disk=ssd");
    at.type("etcdctl del /registry/minions/ip-10-0-1-12");
    expect(at.type("kubectl get nodes --no-headers | wc -l")).toBe("2\n");
    expect(at.secondsUntil("kubectl get lease -n kube-node-lease ip-10-0-1-12", /not found/, 20)).toBeLessThan(20);
    const left = "kubectl get pods -A --field-selector spec.nodeName=ip-10-0-1-12";
    expect(at.type(left)).toMatch(/standalone +1\/1 +Running/);
    const gone = at.secondsUntil(left, /No resources found/, 90) + 20;
    expect(gone).toBeGreaterThan(40);
    expect(at.seconds).toBeLessThan(67);
    at.wait(120);
    expect(at.type("kubectl get node ip-10-0-1-12")).toMatch(/NotFound/);
    at.type("ssh ip-10-0-1-12 sudo systemctl restart kubelet");
    expect(at.secondsUntil("kubectl get node ip-10-0-1-12 --no-headers", / Ready /, 10)).toBeLessThan(7);
    expect(at.type("kubectl get node ip-10-0-1-12 --show-labels")).not.toMatch(/disk=ssd/);
    const proxy = "kubectl get pods -n kube-system -l k8s-app=kube-proxy --field-selector spec.nodeName=ip-10-0-1-12";
    expect(at.secondsUntil(proxy, /Running/, 14)).toBeLessThan(14);
  });
});

describe("deleted keys: workloads", () => {
  it("a ReplicaSet is made again under its name with another pod, a Deployment takes everything with it", () => {
    const at = new Operator();
    const set = at.type("kubectl get rs -o jsonpath='{.items[0].metadata.name}'");
    const pod = at.type("kubectl get pods -l app=nginx -o name");
    at.type(`etcdctl del /registry/replicasets/default/${set}`);
    at.wait(0.2);
    expect(at.type("kubectl get rs -o jsonpath='{.items[0].metadata.name}'")).toBe(set);
    at.wait(3);
    const fresh = at.lines("kubectl get pods -l app=nginx -o name");
    expect(fresh).toHaveLength(1);
    expect(`${fresh[0]}\n`).not.toBe(pod);

    at.type("etcdctl del /registry/deployments/default/nginx");
    at.wait(0.3);
    expect(at.type("kubectl get rs")).toBe("No resources found in default namespace.\n");
    at.wait(2.5);
    expect(at.type("kubectl get pods -o name")).toBe("pod/standalone\n");
    expect(at.type("kubectl get svc nginx -o name")).toBe("service/nginx\n");
  });
});

describe("deleted keys: services", () => {
  it("kubernetes waits for its leaked address, the others are lost, and so are their Endpoints", () => {
    const at = new Operator();
    at.type("etcdctl del /registry/services/specs --prefix");
    at.wait(5);
    expect(at.lines("kubectl get endpointslices -A -o name")).toEqual(["endpointslice.discovery.k8s.io/kubernetes"]);
    expect(at.type("kubectl get ep -A 2>/dev/null; kubectl get ipaddresses -o name | wc -l")).toBe("3\n");
    at.wait(15);
    expect(at.type("kubectl get svc -A")).toBe("No resources found\n");
    expect(at.type("kubectl logs -n kube-system kube-apiserver-ip-10-0-1-10 --tail=1")).toMatch(
      /unable to sync kubernetes service: .*failed to allocate IP 10\.96\.0\.1: provided IP is already allocated/,
    );
    expect(at.secondsUntil("kubectl get svc", /kubernetes/, 190, 10)).toBeLessThanOrEqual(180);
    at.wait(60);
    expect(at.lines("kubectl get svc -A --no-headers")).toHaveLength(1);
    expect(at.type("kubectl get events -A")).toMatch(/IPAddressNotAllocated.*appears to have leaked: cleaning up/);
  });
});

describe("deleted keys: addresses", () => {
  it("are made again from their services, which is told of each", () => {
    const at = new Operator();
    at.type("etcdctl del /registry/ipaddresses --prefix");
    at.wait(200);
    expect(at.type("kubectl get ipaddresses -o name | wc -l")).toBe("3\n");
    expect(at.type("kubectl get events -A | grep -c ClusterIPNotAllocated")).toBe("3\n");
    expect(at.type("kubectl get events | grep service/kubernetes")).toMatch(
      /Cluster IP \[IPv4\]: 10\.96\.0\.1 is not allocated; repairing\n$/,
    );
  });
});

describe("deleted keys: configuration and accounts", () => {
  it("only what a controller keeps comes back of the ConfigMaps", () => {
    const at = new Operator();
    at.type("etcdctl del /registry/configmaps --prefix");
    at.wait(1);
    expect(at.lines("kubectl get cm -A -o name")).toEqual([
      "configmap/kube-root-ca.crt",
      "configmap/kube-root-ca.crt",
      "configmap/kube-root-ca.crt",
      "configmap/extension-apiserver-authentication",
      "configmap/kube-apiserver-legacy-service-account-token-tracking",
      "configmap/kube-root-ca.crt",
    ]);
  });

  it("Secrets are gone for good, and a pod that needs one waits for it", () => {
    const at = new Operator();
    at.type("etcdctl del /registry/secrets --prefix");
    at.type("kubectl set env deploy/nginx --from=secret/db-credentials");
    at.wait(120);
    expect(at.type("kubectl get secrets -A")).toBe("No resources found\n");
    expect(at.type("kubectl get pods -l app=nginx --no-headers")).toMatch(/Running/);
  });

  it("default ServiceAccounts are back at once, add-ons' never: their pods can't be made again", () => {
    const at = new Operator();
    at.type("etcdctl del /registry/serviceaccounts --prefix");
    at.wait(0.2);
    expect(at.type("kubectl get sa -A --no-headers | grep -c ' default '")).toBe("4\n");
    at.type("kubectl delete pod -n kube-system -l k8s-app=kube-dns");
    at.wait(5);
    expect(at.type("kubectl get sa -n kube-system coredns")).toMatch(/NotFound/);
    expect(at.type("kubectl get events -n kube-system")).toMatch(
      /Error creating: pods "coredns-[0-9a-f]+-" is forbidden: error looking up service account kube-system\/coredns: serviceaccount "coredns" not found/,
    );
    at.type("kubectl scale deploy nginx --replicas=2");
    at.wait(4);
    expect(at.type("kubectl get sa -n kube-system deployment-controller replicaset-controller -o name")).toBe(
      "serviceaccount/deployment-controller\nserviceaccount/replicaset-controller\n",
    );
    expect(at.type("kubectl get deploy nginx --no-headers")).toMatch(/2\/2/);
  });

  it("Leases are made again within seconds, and nobody loses its leadership", () => {
    const at = new Operator();
    at.type("etcdctl del /registry/leases --prefix");
    at.wait(10);
    expect(at.lines("kubectl get lease -A -o name")).toHaveLength(6);
    at.wait(30);
    expect(at.type("kubectl get nodes --no-headers | grep -c ' Ready '")).toBe("3\n");
    expect(at.type("kubectl get pods -n kube-system kube-controller-manager-ip-10-0-1-10 --no-headers")).toMatch(
      / 0 +5d/,
    );
  });
});

describe("deleted keys: roles", () => {
  it("admin.conf is locked out, super-admin.conf is not, controllers can't act, a restart brings the defaults", () => {
    const at = new Operator();
    at.type("etcdctl del /registry/clusterrolebindings --prefix");
    expect(at.type("kubectl get nodes")).toBe(
      'Error from server (Forbidden): nodes is forbidden: User "kubernetes-admin" cannot list resource "nodes" in API group "" at the cluster scope\n',
    );
    expect(at.type("kubectl auth whoami")).toMatch(/you do not have permission to call it/);
    at.type(`${SUPER} create deployment later --image=nginx`);
    at.wait(60);
    expect(at.type(`${SUPER} get nodes --no-headers | grep -c ' Ready '`)).toBe("3\n");
    expect(at.type(`${SUPER} get rs -l app=later`)).toBe("No resources found in default namespace.\n");
    expect(at.type(`${SUPER} logs -n kube-system kube-controller-manager-ip-10-0-1-10 | tail -5`)).toMatch(
      /W\S+ \S+ +1 client_builder_dynamic.go:197\] get or create service account failed: serviceaccounts "deployment-controller" is forbidden/,
    );
    at.restart("kube-apiserver");
    expect(at.type("kubectl get nodes")).toMatch(/Forbidden/);
    expect(at.type(`${SUPER} get clusterrolebinding kubeadm:cluster-admins`)).toMatch(/NotFound/);
    at.type(
      `${SUPER} create clusterrolebinding kubeadm:cluster-admins --clusterrole=cluster-admin --group=kubeadm:cluster-admins`,
    );
    expect(at.type("kubectl get nodes --no-headers | wc -l")).toBe("3\n");
    expect(at.secondsUntil("kubectl get deploy later --no-headers", /1\/1/, 120, 5)).toBeLessThan(120);
  });

  it("a ClusterRole's name stands in the refusal", () => {
    const at = new Operator();
    at.type("etcdctl del /registry/clusterroles --prefix");
    expect(at.type("kubectl get pods")).toMatch(
      /User "kubernetes-admin" cannot list resource "pods" in API group "" in the namespace "default": RBAC: \[?.*clusterrole\.rbac\.authorization\.k8s\.io "cluster-admin" not found/,
    );
    at.restart("kube-apiserver");
    expect(at.type("kubectl get clusterroles -o name | wc -l")).toBe("68\n");
    expect(at.type("kubectl get clusterrole kubeadm:get-nodes")).toMatch(/NotFound/);
  });
});

describe("deleted keys: all of them", () => {
  it("the API server writes its own again, leaders are lost, nodes come back only with their kubelets", () => {
    const at = new Operator();
    at.type('etcdctl del "" --from-key');
    expect(at.type("kubectl get nodes")).toMatch(/Forbidden/);
    expect(at.lines(`${SUPER} get ns -o name`)).toEqual(["namespace/kube-system"]);
    expect(at.type(`${SUPER} get --raw /readyz`)).toBe("ok");
    at.wait(14);
    for (const name of ["kube-scheduler", "kube-controller-manager"]) {
      expect(at.type(`crictl ps -a --name ${name} | grep -c Exited`)).toBe("1\n");
      expect(at.type(`crictl logs $(crictl ps -a -q --name ${name} | tail -1) 2>&1 | tail -1`)).toMatch(
        /"?[Ll]eaderelection lost"/,
      );
    }
    at.wait(60);
    expect(at.lines(`${SUPER} get ns -o name`)).toHaveLength(4);
    expect(at.type(`${SUPER} get svc -A -o name`)).toBe("service/kubernetes\n");
    expect(at.type(`${SUPER} get clusterroles`)).toBe("No resources found\n");
    at.restart("kube-apiserver");
    expect(at.type(`${SUPER} get clusterroles -o name | wc -l`)).toBe("68\n");
    expect(at.type(`${SUPER} get nodes`)).toBe("No resources found\n");
    at.type("systemctl restart kubelet");
    expect(at.secondsUntil(`${SUPER} get nodes`, /ip-10-0-1-10 +Ready +<none>/, 60)).toBeLessThan(60);
    expect(at.type(`${SUPER} get cm -n kube-system kubeadm-config`)).toMatch(/NotFound/);
  });
});

describe("deleted keys: custom resources", () => {
  const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}`;

  it("without their definition they are not served and not lost", () => {
    const at = new Operator();
    const fs = at.world.machines.get("ip-10-0-1-10")?.fs;
    fs?.writeFile("/root/crd.yaml", CRD);
    fs?.writeFile("/root/w.yaml", "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: one}\n");
    at.type("kubectl apply -f /root/crd.yaml");
    at.wait(2);
    expect(at.type("kubectl apply -f /root/w.yaml")).toBe("widget.example.com/one created\n");
    at.type("etcdctl del /registry/apiextensions.k8s.io/customresourcedefinitions/widgets.example.com");
    at.wait(3);
    expect(at.type("kubectl get widgets")).toMatch(
      /the server (doesn't have a resource type|could not find the requested resource)/,
    );
    expect(at.type("etcdctl get /registry/example.com --prefix --keys-only")).toMatch(/widgets\/default\/one/);
    at.type("kubectl apply -f /root/crd.yaml");
    at.wait(2);
    expect(at.type("kubectl get widgets -o name")).toBe("widget.example.com/one\n");
  });
});
