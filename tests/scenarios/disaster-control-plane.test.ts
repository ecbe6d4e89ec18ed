import { describe, expect, it } from "vitest";
import { Operator } from "../support/operator.ts";

const REFUSED = "The connection to the server 10.0.1.10:6443 was refused - did you specify the right host or port?\n";

/** What follows when components of the control plane are taken away, as it was seen on a real one (v1.35, etcd 3.6). */
describe("etcd away", () => {
  it("reads hang a minute, writes 34 s, what needs no etcd answers at once", () => {
    const at = new Operator();
    at.type("mv /etc/kubernetes/manifests/etcd.yaml /root/");
    at.wait(2);
    expect(at.type("kubectl version")).toMatch(/Server Version: v1.35.2/);
    expect(at.type("kubectl get --raw /livez")).toMatch(
      /^Error from server \(InternalError\): an error on the server \("\[\+\]ping ok\\n\[\+\]log ok\\n\[-\]etcd failed: reason withheld\\n.*livez check failed"\) has prevented the request from succeeding\n$/,
    );
    const listed = at.seconds;
    expect(at.type("kubectl get pods")).toBe(
      "Error from server (Timeout): the server was unable to return a response in the time allotted, but may still be processing the request (get pods)\n",
    );
    expect(at.seconds - listed).toBeGreaterThan(59);
    expect(at.seconds - listed).toBeLessThan(61);
    const said = at.type('grep -A3 "write a JSON response" /var/log/containers/kube-apiserver-*.log | tail -4');
    expect(said.split("\n").map((line) => /\w+\.go:\d+/.exec(line)?.[0])).toEqual([
      "writers.go:123",
      "status.go:71",
      "writers.go:136",
      "timeout.go:140",
      undefined,
    ]);
    expect(said).toMatch(
      /timeElapsed="\d[\d.]*[mµn]?s" method="GET" path="\/api\/v1\/namespaces\/default\/pods" result=null/,
    );
  });

  it("a version that is not there yet is answered with a Status, of which nothing is logged", () => {
    const at = new Operator();
    const asked = at.type("kubectl get --raw '/api/v1/pods?resourceVersion=99999999'");
    expect(asked).toMatch(/^Error from server \(Timeout\): Too large resource version: 99999999, current: \d+\n$/);
    expect(at.type("grep -c -e status.go -e timeout.go /var/log/containers/kube-apiserver-*.log")).toBe("0\n");
  });

  it("a single object's read ends in a reset stream, a creation in a timeout", () => {
    const at = new Operator();
    at.type("mv /etc/kubernetes/manifests/etcd.yaml /root/");
    at.wait(2);
    const from = at.seconds;
    expect(at.type("kubectl create cm x --from-literal=a=b")).toBe(
      "error: failed to create configmap: Timeout: request did not complete within requested timeout - context deadline exceeded\n",
    );
    expect(at.seconds - from).toBeGreaterThan(33.9);
    expect(at.seconds - from).toBeLessThan(34.5);
    at.type("crictl stop -t 0 $(crictl ps -q --name kube-apiserver); mv /root/etcd.yaml /etc/kubernetes/manifests/");
    at.wait(40);
    at.type("mv /etc/kubernetes/manifests/etcd.yaml /root/");
    at.wait(2);
    expect(at.type("kubectl get pod standalone")).toBe(
      "Unable to connect to the server: stream error: stream ID 1; INTERNAL_ERROR; received from peer\n",
    );
  });

  it("the kubelet restarts the API server after eight probes and kills it half a minute later; it comes back with etcd", () => {
    const at = new Operator();
    at.type("mv /etc/kubernetes/manifests/etcd.yaml /root/");
    const running = "crictl ps -q --name kube-apiserver";
    const first = at.type(running);
    at.wait(95);
    expect(at.type(`crictl logs ${first.trim()} 2>&1 | tail -1`)).toMatch(/Shutting down kubernetes service/);
    expect(at.type("kubectl get --raw /readyz")).toMatch(/\[-\]shutdown failed: reason withheld/);
    at.wait(25);
    expect(at.type(running)).not.toBe(first);
    at.wait(40);
    expect(at.type("kubectl get nodes")).toMatch(/refused/);
    expect(at.type("crictl ps --name nginx -q; crictl ps -q --name kube-proxy | wc -l")).toBe("1\n");
    at.type("mv /root/etcd.yaml /etc/kubernetes/manifests/");
    expect(at.secondsUntil("kubectl get nodes --no-headers", / Ready /, 400, 5)).toBeLessThan(400);
    expect(at.type("kubectl get pods -o name | grep -c standalone")).toBe("1\n");
  });

  it("a short stop is over when etcd is back", () => {
    const at = new Operator();
    at.type("mv /etc/kubernetes/manifests/etcd.yaml /root/; sleep 5; mv /root/etcd.yaml /etc/kubernetes/manifests/");
    const from = at.seconds;
    expect(at.type("kubectl get nodes --no-headers | wc -l")).toBe("3\n");
    expect(at.seconds - from).toBeLessThan(5);
  });

  it("a manifest gone for a moment is a restart", () => {
    const at = new Operator();
    const before = at.type("crictl ps -q --name etcd");
    at.type("mv /etc/kubernetes/manifests/etcd.yaml /root/; sleep 0.2; mv /root/etcd.yaml /etc/kubernetes/manifests/");
    at.wait(10);
    const after = at.type("crictl ps -q --name etcd");
    expect(after).toMatch(/^[0-9a-f]{64}\n$/);
    expect(after).not.toBe(before);
    expect(at.type("kubectl get nodes --no-headers | wc -l")).toBe("3\n");
  });
});

describe("killed processes", () => {
  it("are restarted, at once the first time, after ten seconds the next", () => {
    const at = new Operator();
    at.type("kill -9 $(pgrep -x etcd)");
    at.wait(2);
    expect(at.type("crictl ps --name etcd -q | wc -l")).toBe("1\n");
    at.type("kill -9 $(pgrep -x etcd)");
    at.wait(5);
    expect(at.type("crictl ps --name etcd -q | wc -l")).toBe("0\n");
    expect(at.type("journalctl -u kubelet --no-pager | tail -5")).toMatch(
      /back-off 10s restarting failed container=etcd/,
    );
    at.wait(10);
    expect(at.type("crictl ps --name etcd -q | wc -l")).toBe("1\n");
    at.wait(15); // its startup probe looks for the first time after ten seconds
    expect(at.type("kubectl get pod -n kube-system etcd-ip-10-0-1-10 --no-headers")).toMatch(/1\/1 +Running +2 \(/);
  });

  it("the API server's clients find it again", () => {
    const at = new Operator();
    at.type("kill -9 $(pgrep -x kube-apiserver)");
    expect(at.type("kubectl get nodes")).toBe(REFUSED);
    at.wait(10);
    expect(at.type("kubectl get nodes --no-headers | grep -c ' Ready '")).toBe("3\n");
    at.type("kubectl scale deploy nginx --replicas=2");
    expect(at.secondsUntil("kubectl get deploy nginx --no-headers", /2\/2/, 40)).toBeLessThan(40);
  });
});

describe("an API server that can't reach its etcd", () => {
  it("--etcd-servers at the wrong port: it listens, finishes no handshake, and exits after twenty seconds", () => {
    const at = new Operator();
    at.type("sed -i 's#127.0.0.1:2379#127.0.0.1:2399#' /etc/kubernetes/manifests/kube-apiserver.yaml");
    at.wait(6);
    const from = at.seconds;
    expect(at.type("kubectl get nodes")).toBe("Unable to connect to the server: net/http: TLS handshake timeout\n");
    expect(at.seconds - from).toBeCloseTo(10, 0);
    at.wait(12);
    const log = at.type("crictl logs $(crictl ps -a -q --name kube-apiserver | sed -n 2p) 2>&1");
    expect(log).toMatch(/"command failed" err="context deadline exceeded"/);
    expect(at.secondsUntil("kubectl get nodes", new RegExp(REFUSED.slice(0, 60)), 30)).toBeLessThan(30);
    at.type("sed -i 's#127.0.0.1:2399#127.0.0.1:2379#' /etc/kubernetes/manifests/kube-apiserver.yaml");
    expect(at.secondsUntil("kubectl get nodes --no-headers | wc -l", /^3\n/, 60)).toBeLessThan(60);
  });

  it("a store that is full refuses writes, and leaders give up", () => {
    const at = new Operator();
    at.type(
      "sed -i 's#--snapshot-count=10000#&\\n    - --quota-backend-bytes=1500000#' /etc/kubernetes/manifests/etcd.yaml",
    );
    at.wait(8);
    const big = "kubectl create cm big$i --from-literal=a=$(head -c 30000 /dev/zero | tr '\\0' x) 2>&1";
    expect(at.type(`for i in $(seq 1 40); do ${big}; done | tail -1`)).toBe(
      "error: failed to create configmap: etcdserver: mvcc: database space exceeded\n",
    );
    expect(at.type("etcdctl alarm list")).toMatch(/alarm:NOSPACE/);
    expect(at.type("kubectl scale deploy nginx --replicas=3")).toBe(
      "Error from server: etcdserver: mvcc: database space exceeded\n",
    );
    expect(at.type("kubectl get nodes --no-headers | wc -l; kubectl delete cm big1")).toMatch(/^3\n.*deleted/);
    at.wait(30);
    expect(at.type("crictl ps -a --name kube-scheduler | grep -c Exited")).toBe("1\n");
    at.type("etcdctl del /registry/configmaps/default/big --prefix");
    at.type("etcdctl compact $(etcdctl get x -w json | jq .header.revision); etcdctl defrag; etcdctl alarm disarm");
    expect(at.secondsUntil("kubectl create cm after --from-literal=a=b", /created/, 20)).toBeLessThan(20);
  });
});

describe("nodes", () => {
  it("a silent kubelet's node is NotReady after the grace period, tainted at once, and back with the kubelet", () => {
    const at = new Operator();
    at.type("ssh ip-10-0-1-12 sudo systemctl stop kubelet");
    const silent = at.secondsUntil("kubectl get node ip-10-0-1-12 --no-headers", /NotReady/, 65);
    expect(silent).toBeGreaterThan(39);
    expect(silent).toBeLessThan(56);
    const taints = at.type(
      "kubectl get node ip-10-0-1-12 -o jsonpath='{.spec.taints[*].effect} {.spec.taints[*].key}'",
    );
    expect(taints).toBe("NoSchedule NoExecute node.kubernetes.io/unreachable node.kubernetes.io/unreachable");
    expect(at.type("ssh ip-10-0-1-12 sudo crictl ps -q --name standalone | wc -l")).toBe("1\n");
    at.type("ssh ip-10-0-1-12 sudo systemctl start kubelet");
    expect(at.secondsUntil("kubectl get node ip-10-0-1-12 --no-headers", / Ready /, 10)).toBeLessThan(6);
  });
});
