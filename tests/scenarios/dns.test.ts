import { describe, expect, it } from "vitest";
import { Operator } from "../support/operator.ts";

const CURL = "kubectl exec deploy/nginx -- curl -sS -o /dev/null -w '%{http_code} %{remote_ip}\\n'";
const NOWHERE = "curl: (6) Could not resolve host";

/** Names of the cluster as processes in pods resolve them: through kube-proxy's rules and a CoreDNS that watches the API. */
describe("names in pods", () => {
  it("a service has its short, longer and full name, and others have none", () => {
    const at = new Operator();
    const ip = at.type("kubectl get svc nginx -o jsonpath='{.spec.clusterIP}'");
    for (const name of ["nginx", "nginx.default", "nginx.default.svc", "nginx.default.svc.cluster.local"])
      expect(at.type(`${CURL} ${name}`)).toBe(`200 ${ip}\n`);
    for (const name of ["nginx.kube-system", "ghost", "ghost.default.svc.cluster.local", "example.org"])
      expect(at.type(`${CURL} ${name}`)).toMatch(NOWHERE);
    expect(at.type("curl -sS nginx.default.svc.cluster.local")).toMatch(NOWHERE);
  });

  it("a headless service has its pods' addresses, a service of another namespace its namespace in the name", () => {
    const at = new Operator();
    at.type("kubectl create ns shop; kubectl -n shop create deployment web --image=nginx --replicas=2");
    at.type("kubectl -n shop create service clusterip web --clusterip=None --tcp=80:80");
    at.secondsUntil("kubectl -n shop get deploy web --no-headers", /2\/2/, 60);
    const pods = at.lines(
      "kubectl -n shop get pods -l app=web -o jsonpath='{range .items[*]}{.status.podIP}{\"\\n\"}{end}'",
    );
    const seen = new Set(Array.from({ length: 12 }, () => at.type(`${CURL} web.shop`)));
    expect([...seen].sort()).toEqual(pods.map((ip) => `200 ${ip}\n`).sort());
    expect(at.type(`${CURL} web`)).toMatch(NOWHERE);
    const dashed = pods[0]?.replaceAll(".", "-");
    expect(at.type(`${CURL} ${dashed}.web.shop`)).toBe(`200 ${pods[0]}\n`);
  });

  it("a service whose key is deleted in etcd has no name any more", () => {
    const at = new Operator();
    at.type("etcdctl del /registry/services/specs/default/nginx");
    at.wait(1);
    expect(at.type(`${CURL} nginx`)).toMatch(NOWHERE);
    expect(at.type(`${CURL} -k https://kubernetes/version`)).toMatch(/^200 10\.96\.0\.1\n/);
  });

  it("without CoreDNS's pods asking is refused at once, without its service nobody answers", () => {
    const at = new Operator();
    at.type("kubectl -n kube-system scale deploy coredns --replicas=0");
    at.wait(15);
    const refused = at.seconds;
    expect(at.type(`${CURL} nginx`)).toMatch(NOWHERE);
    expect(at.seconds - refused).toBeLessThan(1);
    at.type("kubectl -n kube-system delete svc kube-dns");
    at.wait(1);
    const silent = at.seconds;
    expect(at.type(`${CURL} nginx`)).toMatch(NOWHERE);
    expect(at.seconds - silent).toBeGreaterThan(10);
    expect(at.type(`${CURL} --connect-timeout 2 nginx`)).toMatch(/Resolving timed out after 200\d milliseconds/);
  });

  it("CoreDNS goes on with what it knows when the API server is away; one that starts then fails what it can't know", () => {
    const at = new Operator();
    at.type("mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/");
    at.wait(30);
    const crictl = "ssh ip-10-0-1-11 sudo crictl";
    const curl = `${crictl} exec $(${crictl} ps -q --name nginx) curl -sS -o /dev/null -w %{http_code}`;
    expect(at.type(`${curl} nginx`)).toBe("200");
    for (const node of [11, 12])
      at.type(`ssh ip-10-0-1-${node} 'sudo crictl stop -t 0 $(sudo crictl ps -q --name coredns)'`);
    at.wait(20);
    const log = at.type(`${crictl} logs $(${crictl} ps -q --name coredns)`);
    expect(log).toContain("[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API\n.:53\n");
    expect(at.type(`${curl} nginx`)).toMatch(NOWHERE);
    at.type("mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/");
    expect(at.secondsUntil(`${curl} nginx`, /200/, 120, 5)).toBeLessThan(120);
  });
});
