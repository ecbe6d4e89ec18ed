import { describe, expect, test } from "vitest";
import { Operator } from "../support/operator.ts";

const MANIFESTS = "/etc/kubernetes/manifests";

/** The last line of a component's last container. */
function lastWords(at: Operator, component: string): string {
  return at.type(`crictl logs $(crictl ps -a -q --name ${component} | head -1) 2>&1 | tail -1`);
}

/** What a component says of the error that it ends with. */
function commandFailed(at: Operator, component: string): string {
  const found = /run\.go:72\] "command failed" err=(".*")\n$/.exec(lastWords(at, component));
  return found === null ? lastWords(at, component) : (JSON.parse(found[1] ?? '""') as string);
}

function restart(at: Operator, component: string, seconds = 8): void {
  at.type(`crictl stop -t 1 $(crictl ps -q --name ${component})`);
  at.wait(seconds);
}

describe("a manifest with a mistake in a flag", () => {
  test.each([
    ["kube-scheduler", "s#--leader-elect=true#--leader-elekt=true#", "Error: unknown flag: --leader-elekt\n"],
    ["kube-apiserver", "s#- --secure-port=6443#- --this-is-very-wrong#", "Error: unknown flag: --this-is-very-wrong\n"],
    [
      "kube-controller-manager",
      "s#--leader-elect=true#--leader-elect=yes#",
      'Error: invalid argument "yes" for "--leader-elect" flag: strconv.ParseBool: parsing "yes": invalid syntax\n',
    ],
  ])("%s says which, and is started again and again", (component, edit, text) => {
    const at = new Operator();
    at.type(`sed -i '${edit}' ${MANIFESTS}/${component}.yaml`);
    at.wait(15);
    expect(lastWords(at, component)).toBe(text);
    expect(at.type(`crictl ps -q --name ${component}`)).toBe("");
    expect(at.type(`crictl ps -a -q --name ${component} | wc -l`)).toBe("2\n");
  });

  test.each([
    ["s#Node,RBAC#Node,RBACC#", 'authorization-mode "RBACC" is not a valid mode'],
    ["s#=NodeRestriction#=NodeRestrictions#", 'enable-admission-plugins plugin "NodeRestrictions" is unknown'],
    [
      "s#--secure-port=6443#--secure-port=64430#; s#Node,RBAC#Node,RBAC,Node#",
      `authorization-mode "Node,RBAC,Node" has mode specified more than once`,
    ],
    [
      "s#ca-file=/etc/kubernetes/pki/ca.crt#ca-file=/etc/kubernetes/pki/ca-authority.crt#",
      "open /etc/kubernetes/pki/ca-authority.crt: no such file or directory",
    ],
  ])("kube-apiserver, %s", (edit, text) => {
    const at = new Operator();
    at.type(`sed -i '${edit}' ${MANIFESTS}/kube-apiserver.yaml`);
    at.wait(10);
    expect(commandFailed(at, "kube-apiserver")).toBe(text);
  });

  test("the kubelet ends with it, and systemd starts it again", () => {
    const at = new Operator();
    at.type("echo KUBELET_EXTRA_ARGS=--improve-speed > /etc/default/kubelet; systemctl restart kubelet; sleep 3");
    expect(at.type("journalctl -u kubelet -n 3 -o cat --no-pager")).toMatch(
      /"command failed" err="failed to parse kubelet flag: unknown flag: --improve-speed"\n/,
    );
    expect(at.type("systemctl is-active kubelet")).toBe("activating\n");
    at.type("rm /etc/default/kubelet; sleep 10");
    expect(at.type("systemctl is-active kubelet")).toBe("active\n");
  });
});

describe("a file that a component needs is gone", () => {
  test.each([
    ["pki/ca.crt", "open /etc/kubernetes/pki/ca.crt: no such file or directory"],
    ["pki/front-proxy-client.crt", "open /etc/kubernetes/pki/front-proxy-client.crt: no such file or directory"],
    [
      "pki/sa.key",
      "failed to parse service-account-issuer-key-file: open /etc/kubernetes/pki/sa.key: no such file or directory",
    ],
  ])("kube-apiserver without %s", (file, text) => {
    const at = new Operator();
    at.type(`mv /etc/kubernetes/${file} /root/`);
    restart(at, "kube-apiserver");
    expect(commandFailed(at, "kube-apiserver")).toBe(text);
  });

  test.each([
    ["pki/ca.crt", "unable to load client CA provider: open /etc/kubernetes/pki/ca.crt: no such file or directory"],
    [
      "pki/front-proxy-ca.crt",
      "unable to create request header authentication config: open /etc/kubernetes/pki/front-proxy-ca.crt: no such file or directory",
    ],
    [
      // the runtime makes a directory of what is to be mounted and not there
      "controller-manager.conf",
      'error loading config file "/etc/kubernetes/controller-manager.conf": read /etc/kubernetes/controller-manager.conf: is a directory',
    ],
  ])("kube-controller-manager without %s", (file, text) => {
    const at = new Operator();
    at.type(`mv /etc/kubernetes/${file} /root/`);
    restart(at, "kube-controller-manager");
    expect(commandFailed(at, "kube-controller-manager")).toBe(text);
  });

  test.each([
    [
      "ca.key",
      "certificatesigningrequest-signing-controller",
      'failed to start kubernetes.io/kubelet-serving certificate controller: error reading CA cert file "/etc/kubernetes/pki/ca.crt": open /etc/kubernetes/pki/ca.key: no such file or directory',
    ],
    [
      "sa.key",
      "serviceaccount-token-controller",
      "error reading key for service account token controller: open /etc/kubernetes/pki/sa.key: no such file or directory",
    ],
  ])("controllers without %s are not started, once their manager leads", (file, controller, text) => {
    const at = new Operator();
    at.type(`mv /etc/kubernetes/pki/${file} /root/`);
    restart(at, "kube-controller-manager", 20);
    const log = at.type("cat /var/log/pods/*controller-manager*/*/1.log | cut -d' ' -f4- | grep '^E'");
    expect(log).toContain(`"Error starting controller" err=${JSON.stringify(text)} controller="${controller}"\n`);
    expect(log).not.toContain("Started controller");
  });

  test("kube-scheduler names the kubeconfig that it asks by whom to believe", () => {
    const at = new Operator();
    at.type(`sed -i 's#authentication-kubeconfig=/etc/kubernetes/scheduler#&-x#' ${MANIFESTS}/kube-scheduler.yaml`);
    at.wait(8);
    expect(commandFailed(at, "kube-scheduler")).toBe(
      "failed to get delegated authentication kubeconfig: failed to get delegated authentication kubeconfig: stat /etc/kubernetes/scheduler-x.conf: no such file or directory",
    );
  });
});

describe("the kubelet's way to the API server", () => {
  const BOOTSTRAP =
    'err="failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory"';

  test("without its kubeconfig it would bootstrap, for which there is nothing either", () => {
    const at = new Operator();
    at.type("mv /etc/kubernetes/kubelet.conf /root/; systemctl restart kubelet; sleep 2");
    expect(at.type("journalctl -u kubelet -n 5 -o cat --no-pager")).toContain(BOOTSTRAP);
  });

  test("a certificate that has run out is not gone on with at the start", () => {
    const at = new Operator();
    at.type(
      "timedatectl set-ntp false; timedatectl set-time '2027-11-19 12:00:00'; systemctl restart kubelet; sleep 2",
    );
    const said = at.type("journalctl -u kubelet -n 6 -o cat --no-pager");
    expect(said).toMatch(
      /bootstrap\.go:266\] "Unhandled Error" err="part of the existing bootstrap client certificate in \/etc\/kubernetes\/kubelet\.conf is expired: 2027-11-17 \d\d:\d\d:\d\d \+0000 UTC"\n/,
    );
    expect(said).toContain(BOOTSTRAP);
  });

  test("a configuration that is not there or of another kind is told", () => {
    const at = new Operator();
    const start =
      "failed to load kubelet config file, path: /var/lib/kubelet/config.yaml, error: failed to load Kubelet config file /var/lib/kubelet/config.yaml, error ";
    const said = () => at.type("systemctl restart kubelet; sleep 1; journalctl -u kubelet -n 3 -o cat --no-pager");
    at.type("mv /var/lib/kubelet/config.yaml /root/");
    expect(said()).toContain(
      `err=${JSON.stringify(`${start}failed to read kubelet config file "/var/lib/kubelet/config.yaml", error: open /var/lib/kubelet/config.yaml: no such file or directory`)}`,
    );
    at.type("sed 's#v1beta1#v1beta1_broken#' /root/config.yaml > /var/lib/kubelet/config.yaml");
    expect(said()).toContain(
      `err=${JSON.stringify(`${start}failed to decode: no kind "KubeletConfiguration" is registered for version "kubelet.config.k8s.io/v1beta1_broken" in scheme "pkg/kubelet/apis/config/scheme/scheme.go:33"`)}`,
    );
  });
});
