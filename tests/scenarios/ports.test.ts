import { beforeEach, describe, expect, test } from "vitest";
import { oneTerminal } from "../support/one-terminal.ts";

/** Ways from a port of the host to pods and to the API server. */
const here = oneTerminal("test");
const { type } = here;

describe("kubectl port-forward", () => {
  test("brings connections to a pod behind a service", () => {
    type("kubectl port-forward svc/nginx 8080:80 > /tmp/forward 2>&1 & sleep 1");
    expect(type("curl -s localhost:8080").stdout).toContain("Welcome to nginx!");
    expect(type("curl -s '[::1]:8080'").stdout).toContain("Welcome to nginx!");
    expect(type("cat /tmp/forward").stdout).toBe(
      "Forwarding from 127.0.0.1:8080 -> 80\nForwarding from [::1]:8080 -> 80\nHandling connection for 8080\nHandling connection for 8080\n",
    );
    type("kill %%; wait %%");
    expect(type("curl -s localhost:8080").exitCode).toBe(7);
  });

  test("does not listen where somebody listens already", () => {
    type("kubectl port-forward svc/nginx 8080:80 > /dev/null 2>&1 & sleep 1");
    const { stdout, exitCode } = type("kubectl port-forward pod/standalone 8080:80 2>&1");
    expect(stdout).toContain("Unable to listen on port 8080: ");
    expect(stdout).toContain("error: unable to listen on any of the requested ports: [{8080 80}]\n");
    expect(exitCode).toBe(1);
    type("kill %%; wait %%");
  });

  test("gives up when nothing listens in the pod", () => {
    type("kubectl port-forward pod/standalone 9090:81 > /tmp/refused 2>&1 &");
    type("sleep 1");
    expect(type("curl -s localhost:9090").exitCode).not.toBe(0);
    type("wait");
    const said = type("cat /tmp/refused").stdout;
    expect(said).toContain("an error occurred forwarding 9090 -> 81: ");
    expect(said.endsWith("error: lost connection to pod\n")).toBe(true);
  });

  test("ends when the kubelet of the pod's node does", () => {
    const node = type("kubectl get pod standalone -o jsonpath={.spec.nodeName}").stdout;
    type("kubectl port-forward pod/standalone 9091:80 > /tmp/lost 2>&1 &");
    type("sleep 1");
    type(`ssh ${node} systemctl stop kubelet`);
    type("wait");
    expect(type("tail -1 /tmp/lost").stdout).toBe("error: lost connection to pod\n");
    type(`ssh ${node} systemctl start kubelet`);
  });

  test.each([
    ["svc/nginx http", "error: Service 'nginx' does not have a named port 'http'\n"],
    ["svc/nginx 81", "error: Service nginx does not have a service port 81\n"],
    ["pod/standalone web", "error: Pod 'standalone' does not have a named port 'web'\n"],
    [
      "pod/standalone 70000",
      `error: error parsing local port '70000': strconv.ParseUint: parsing "70000": value out of range\n`,
    ],
    [
      "pod/standalone 8080:70000",
      `error: error parsing remote port '70000': strconv.ParseUint: parsing "70000": value out of range\n`,
    ],
    ["pod/standalone x:80", `error: error parsing local port 'x': strconv.ParseUint: parsing "x": invalid syntax\n`],
    ["pod/standalone 8080:0", "error: remote port must be > 0\n"],
    ["pod/nosuch 80", 'Error from server (NotFound): pods "nosuch" not found\n'],
  ])("refuses %s", (words, said) => {
    expect(type(`kubectl port-forward ${words}`)).toMatchObject({ stderr: said, exitCode: 1 });
  });
});

describe("kubectl proxy", () => {
  beforeEach(() => {
    type("kubectl proxy > /tmp/proxy 2>&1 &");
    type("sleep 1");
  });

  test("asks the API server as the user of the kubeconfig", () => {
    expect(type("cat /tmp/proxy").stdout).toBe("Starting to serve on 127.0.0.1:8001\n");
    const who = type("curl -s localhost:8001/api/v1/namespaces/kube-system | jq -r .metadata.name").stdout;
    expect(who).toBe("kube-system\n");
    expect(type("curl -s localhost:8001/readyz").stdout).toBe("ok");
  });

  test("hands a watch on as it comes", () => {
    type("curl -sN 'localhost:8001/api/v1/namespaces/default/configmaps?watch=1' > /tmp/watched &");
    type("sleep 1");
    type("kubectl create cm seen");
    expect(type('grep -c \'"name":"seen"\' /tmp/watched').stdout).toBe("1\n");
    type("kill %2");
  });

  test("reaches pods behind a service through the API server", () => {
    const at = "localhost:8001/api/v1/namespaces/default";
    expect(type(`curl -sL ${at}/services/nginx/proxy`).stdout).toContain("Welcome to nginx!");
    expect(type(`curl -s ${at}/services/http:nginx:80/proxy/`).stdout).toContain("Welcome to nginx!");
    expect(type(`curl -s ${at}/pods/standalone:80/proxy/nope`).stdout).toContain("404 Not Found");
    const refused = type("kubectl get --raw /api/v1/namespaces/default/pods/standalone:81/proxy/").stderr;
    expect(refused).toMatch(
      /^Error from server \(ServiceUnavailable\): error trying to reach service: dial tcp 10\.244\.\d+\.\d+:81: connect: connection refused\n$/,
    );
    const raw = (path: string) => type(`kubectl get --raw /api/v1/namespaces/default/services/${path}`).stderr;
    expect(raw("nginx:81/proxy/")).toBe(
      'Error from server (ServiceUnavailable): no service port 81 found for service "nginx"\n',
    );
    expect(raw("nginx:web/proxy/")).toBe(
      'Error from server (ServiceUnavailable): no endpoints available for service "nginx:web"\n',
    );
    expect(raw("ftp:nginx:80/proxy/")).toBe('Error from server (BadRequest): invalid service request "ftp:nginx:80"\n');
    expect(type("kubectl get --raw /api/v1/namespaces/default/pods/standalone:web/proxy/").stderr).toBe(
      "Error from server (ServiceUnavailable): error trying to reach service: dial tcp: lookup tcp/web: unknown port\n",
    );
    type("kubectl create svc clusterip empty --tcp=80");
    expect(type("kubectl get --raw /api/v1/namespaces/default/services/empty/proxy/").stderr).toBe(
      'Error from server (ServiceUnavailable): no endpoints available for service "empty"\n',
    );
  });

  test("keeps exec away from what runs in a browser", () => {
    const exec = "localhost:8001/api/v1/namespaces/default/pods/standalone/exec";
    expect(type(`curl -s -w '%{http_code}' ${exec}`).stdout).toBe("Forbidden\n403");
    expect(type("curl -s -H 'Host: evil.example' localhost:8001/version").stdout).toBe("Forbidden\n");
    expect(type("cat /tmp/proxy").stdout).toBe("Starting to serve on 127.0.0.1:8001\n");
  });

  test("gives up a filter that is no expression, and holds none that backtracking would hold", () => {
    const { stderr, exitCode } = type("kubectl proxy --port=0 --accept-paths='['");
    expect(stderr).toMatch(
      /^F\d{4} .* proxy_server\.go:80\] Error compiling re: error parsing regexp: missing closing /,
    );
    expect(exitCode).toBe(255);
    type("kubectl proxy --port=8003 --accept-paths='^(/?a*)*$' &");
    type("sleep 1");
    expect(type(`curl -s localhost:8003/${"a".repeat(60)}b`).stdout).toBe("Forbidden\n");
    type("kill %%");
  });
});

describe("what holds ports and connections open", () => {
  const COMMANDS = [
    "kubectl port-forward svc/nginx 8088:80",
    "kubectl proxy --port=8089",
    "kubectl debug -it standalone --image=busybox -- sleep 3600",
    "kubectl logs -f standalone",
  ];
  const rest = () => type("sleep 120");

  test.each(COMMANDS)("%s leaves nothing behind when Ctrl-C ends it", (command) => {
    type(`timeout -s INT 5 ${command} > /tmp/first 2>&1; curl -s localhost:8088`);
    rest();
    const before = here.world.kernel.tasks.size;
    type(`timeout -s INT 5 ${command} > /tmp/again 2>&1 & sleep 2; curl -s localhost:8088 > /dev/null; wait`);
    rest();
    expect(here.world.kernel.tasks.size).toBe(before);
    expect(type("ss -lnt | grep -c ':808[89]'").stdout).toBe("0\n");
  });

  test("nothing is left of them in a world that is taken back or disposed", () => {
    for (const command of COMMANDS) type(`${command} > /dev/null 2>&1 &`);
    type("sleep 3; curl -s localhost:8088 > /dev/null");
    expect(type("ss -lnt | grep -c ':808[89]'").stdout).not.toBe("0\n");
    const kernel = here.world.kernel;
    here.world.history.reset();
    expect(kernel.tasks.size).toBe(0);
  });
});
