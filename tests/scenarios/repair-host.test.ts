import { describe, expect, test } from "vitest";
import { oneTerminal } from "../support/one-terminal.ts";

/** What an operator looks at and turns on the host itself: the runtime, services, the journal, the clock. */
const { type } = oneTerminal("test");

describe("the runtime", () => {
  test("shows why a container ended, also after it was started anew", () => {
    type("crictl stop $(crictl ps -q --name kube-scheduler) && sleep 30");
    expect(type("crictl ps -a --name kube-scheduler --no-trunc | grep -c .").stdout).toBe("3\n");
    expect(
      type("crictl inspect $(crictl ps -aq --state exited --name kube-scheduler) | grep -c '\"finishedAt\"'").stdout,
    ).toBe("1\n");
    expect(type("ls /var/log/pods/kube-system_kube-scheduler-*/kube-scheduler/").stdout).toBe("0.log  1.log\n");
    expect(type("readlink -f /var/log/containers/kube-scheduler-*.log | sort -u | wc -l").stdout.trim()).toBe("2");
  });

  test("is spoken of plainly when it is down", () => {
    type("systemctl stop containerd");
    expect(type("crictl ps").stderr).toContain("/run/containerd/containerd.sock");
    expect(type("systemctl is-active containerd").exitCode).toBe(3);
    type("systemctl start containerd && sleep 20");
    expect(type("crictl ps -q --name etcd | wc -l").stdout.trim()).toBe("1");
    expect(type("kubectl get nodes --no-headers | grep -c ' Ready '").stdout).toBe("3\n");
  });

  test("tells of images, and refuses what it does not do", () => {
    expect(type("crictl inspecti registry.k8s.io/etcd:3.6.6-0 | grep -c '\"repoTags\"'").stdout).toBe("1\n");
    expect(type("crictl inspecti nope").stderr).toBe('FATA[0000] no such image "nope" present\n');
    expect(type("crictl runp pod.json").stderr).toBe("not simulated in this sandbox: crictl runp\n");
    expect(type("crictl foo")).toMatchObject({ stderr: "No help topic for 'foo'\n", exitCode: 3 });
  });
});

describe("the kubelet's service", () => {
  test("with a broken configuration fails, says why, and is restarted until it is mended", () => {
    type("cp /var/lib/kubelet/config.yaml keep.yaml && echo 'kind: [' > /var/lib/kubelet/config.yaml");
    type("systemctl restart kubelet; sleep 25");
    expect(type("systemctl is-active kubelet").stdout).toBe("activating\n");
    expect(type("journalctl -u kubelet -p warning --no-pager -o cat | sort -u").stdout).toBe(
      "kubelet.service: Failed with result 'exit-code'.\n",
    );
    expect(type("journalctl -u kubelet --no-pager | grep -c 'failed to load kubelet config file'").stdout).not.toBe(
      "0\n",
    );
    type("cp keep.yaml /var/lib/kubelet/config.yaml; sleep 15");
    expect(type("systemctl is-active kubelet").stdout).toBe("active\n");
  });

  test("lists what has failed", () => {
    expect(type("systemctl --failed --no-legend").stdout).toBe("");
    type("printf '[Service]\\nExecStart=/bin/false\\n' > /etc/systemd/system/broken.service && systemctl start broken");
    type("sleep 1");
    expect(type("systemctl --failed --no-legend").stdout).toMatch(/broken\.service +loaded failed failed/);
    expect(type("journalctl -u broken -p bad").stderr).toContain("Unknown log level bad");
  });
});

describe("the clock", () => {
  test("is set by timedatectl once NTP is off, and says that it is no longer synchronized", () => {
    expect(type("timedatectl set-time '2027-03-01 08:00:00'")).toMatchObject({
      stderr: "Failed to set time: Automatic time synchronization is enabled\n",
      exitCode: 1,
    });
    expect(type("timedatectl set-ntp false && timedatectl set-time '2027-03-01 08:00:00'").exitCode).toBe(0);
    expect(type("date +%F").stdout).toBe("2027-03-01\n");
    expect(type("timedatectl").stdout).toContain(
      "System clock synchronized: no\n              NTP service: inactive\n",
    );
    expect(type("timedatectl set-ntp on; timedatectl show | grep NTP=").stdout).toBe("CanNTP=yes\nNTP=yes\n");
  });
});

test("a kubelet that was restarted says so; one that runs on in a resumed world does not", () => {
  const said = () =>
    type(
      "kubectl get events --field-selector involvedObject.name=ip-10-0-1-10,source=kubelet -o custom-columns=R:.reason --no-headers 2> /dev/null",
    ).stdout.trim();
  type("sleep 5");
  expect(said()).toBe("");
  type("systemctl restart kubelet; sleep 5");
  expect(said().split("\n").sort()).toEqual([
    "NodeAllocatableEnforced",
    "NodeHasNoDiskPressure",
    "NodeHasSufficientMemory",
    "NodeHasSufficientPID",
    "Starting",
  ]);
});
