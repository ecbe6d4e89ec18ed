import { describe, expect, it, onTestFinished } from "vitest";
import { Operator } from "../support/operator.ts";
import { typeLine, typist } from "../support/world.ts";

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

/** busybox's applets, in the words of busybox 1.37 (networking/nslookup.c, wget.c). */
describe("busybox's nslookup and wget", () => {
  const IN = "kubectl exec b --";

  function withBusybox(): Operator {
    const at = new Operator();
    at.type("kubectl run b --image=busybox -- sleep 3600; kubectl wait --for=condition=Ready pod/b");
    return at;
  }

  it("nslookup asks for a short name in each domain, for one with dots as it is, for addresses backwards", () => {
    const at = withBusybox();
    const ip = at.type("kubectl get svc nginx -o jsonpath='{.spec.clusterIP}'");
    const server = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n";
    const short = at.type(`${IN} nslookup nginx`);
    expect(short.startsWith(server)).toBe(true);
    expect(short).toContain(`Name:\tnginx.default.svc.cluster.local\nAddress: ${ip}\n\n`);
    expect(short.match(/\*\* server can't find nginx\.(svc\.)?cluster\.local: NXDOMAIN\n/g)).toHaveLength(4);
    expect(at.type(`${IN} nslookup kubernetes.default.svc.cluster.local; echo $?`)).toBe(
      `${server}Name:\tkubernetes.default.svc.cluster.local\nAddress: 10.96.0.1\n\n\n0\n`,
    );
    expect(at.type(`${IN} nslookup kubernetes.default; echo $?`)).toMatch(
      /find kubernetes\.default: NXDOMAIN\n(.*\n)*1\n$/,
    );
    expect(at.type(`${IN} nslookup 10.96.0.1`)).toBe(
      `${server}1.0.96.10.in-addr.arpa\tname = kubernetes.default.svc.cluster.local\n\n`,
    );
    const srv = "_https._tcp.kubernetes.default.svc.cluster.local";
    expect(at.type(`${IN} nslookup -type=srv ${srv}`)).toBe(
      `${server}${srv}\tservice = 0 100 443 kubernetes.default.svc.cluster.local\n\n`,
    );
  });

  it("nslookup says how asking fails", () => {
    const at = withBusybox();
    const silence = ";; connection timed out; no servers could be reached\n\n";
    const ended = "command terminated with exit code 1\n";
    expect(at.type(`${IN} nslookup nginx 10.96.0.11`)).toBe(`${silence}${ended}`);
    at.type("kubectl -n kube-system scale deploy coredns --replicas=0");
    at.wait(15);
    const refused = "nslookup: read: Connection refused\n";
    expect(at.type(`${IN} nslookup nginx`)).toBe(`${refused}${refused}${silence}${ended}`);
  });

  it("wget fetches by name, and says what goes wrong", () => {
    const at = withBusybox();
    const ip = at.type("kubectl get svc nginx -o jsonpath='{.spec.clusterIP}'");
    const to = `Connecting to nginx (${ip}:80)\n`;
    const ended = "command terminated with exit code 1\n";
    expect(at.type(`${IN} wget -qO- http://nginx | grep -c Welcome`)).toBe("2\n");
    expect(at.type(`${IN} wget nginx`)).toBe(
      `${to}saving to 'index.html'\n\rindex.html           100% |${"*".repeat(32)}|   615  0:00:00 ETA\n'index.html' saved\n`,
    );
    expect(at.type(`${IN} wget nginx`)).toBe(`${to}wget: can't open 'index.html': File exists\n${ended}`);
    expect(at.type(`${IN} wget --spider nginx`)).toBe(`${to}remote file exists\n`);
    expect(at.type(`${IN} wget -q nginx/none`)).toBe(`wget: server returned error: HTTP/1.1 404 Not Found\n${ended}`);
    expect(at.type(`${IN} wget http://ghost`)).toBe(`wget: bad address 'ghost'\n${ended}`);
    expect(at.type("wget nginx")).toBe("not simulated in this sandbox: wget; try curl\n");
  });
});

it("in a world that goes on from an image, names resolve again", () => {
  const at = new Operator();
  const again = at.world.fork();
  onTestFinished(() => again.dispose());
  again.run(15_000);
  expect(typeLine(typist(again), `${CURL} nginx`).stdout).toMatch(/^200 /);
});
