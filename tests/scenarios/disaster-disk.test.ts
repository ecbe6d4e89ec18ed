import { describe, expect, it } from "vitest";
import { Operator } from "../support/operator.ts";

const NODE = "ip-10-0-1-12";
const CONDITION = `kubectl get node ${NODE} -o jsonpath='{range .status.conditions[?(@.type=="DiskPressure")]}{.status} {.reason}: {.message}{end}'`;
const TAINTS = `kubectl get node ${NODE} -o jsonpath='{.spec.taints[*].key}'`;
const MESSAGE =
  /^The node was low on resource: ephemeral-storage\. Threshold quantity: (2061782251|3092673454), available: \d+Ki\. Container standalone was using \d+Ki, request is 0, has larger consumption of ephemeral-storage\. $/;

describe("a worker's disk is full", () => {
  it("the kubelet evicts what is not critical, keeps new pods away, and takes them again five minutes after", () => {
    const at = new Operator();
    at.type(`ssh -n ${NODE} fallocate -l 16G /var/tmp/big`);
    at.wait(25);
    expect(at.type(CONDITION)).toBe("True KubeletHasDiskPressure: kubelet has disk pressure");
    expect(at.type(TAINTS)).toBe("node.kubernetes.io/disk-pressure");
    const status = "kubectl get pod standalone -o jsonpath";
    expect(at.type(`${status}='{.status.phase} {.status.reason}'`)).toBe("Failed Evicted");
    expect(at.type(`${status}='{.status.message}'`)).toMatch(MESSAGE);
    expect(
      at.type(`${status}='{range .status.conditions[?(@.type=="DisruptionTarget")]}{.status} {.reason}{end}'`),
    ).toBe("True TerminationByKubelet");
    expect(at.type("kubectl get pod standalone --no-headers | awk '{print $2, $3}'")).toBe("0/1 Completed\n");
    const events = at.lines("kubectl get events -o custom-columns=R:.reason,O:.involvedObject.name,M:.message");
    expect(events.filter((line) => line.startsWith("Evicted"))).toHaveLength(1);
    expect(events.join("\n")).toMatch(
      /EvictionThresholdMet +ip-10-0-1-12 +Attempting to reclaim ephemeral-storage[\s\S]*NodeHasDiskPressure +ip-10-0-1-12 +Node ip-10-0-1-12 status is now: NodeHasDiskPressure/,
    );
    // kube-proxy and coredns are critical.
    expect(
      at.type(`kubectl get pods -A --field-selector spec.nodeName=${NODE},status.phase!=Running --no-headers | wc -l`),
    ).toBe("1\n");

    at.type("kubectl create deployment web --image=nginx --replicas=3");
    at.wait(10);
    expect(
      at.type("kubectl get pods -l app=web -o jsonpath='{.items[*].spec.nodeName}' | tr ' ' '\\n' | sort -u"),
    ).toBe("ip-10-0-1-11\n");
    at.type(
      `kubectl run forced --image=nginx --overrides='{"spec":{"nodeName":"${NODE}","tolerations":[{"operator":"Exists"}]}}'`,
    );
    at.wait(3);
    expect(at.type("kubectl get pod forced -o jsonpath='{.status.phase} {.status.reason}: {.status.message}'")).toBe(
      "Failed Evicted: Pod was rejected: The node had condition: [DiskPressure]. ",
    );
    expect(at.type("kubectl get pod forced --no-headers | awk '{print $3}'")).toBe("Evicted\n");

    at.type(`ssh -n ${NODE} rm /var/tmp/big`);
    at.wait(280);
    expect(at.type(TAINTS)).toBe("node.kubernetes.io/disk-pressure");
    at.wait(45);
    expect(at.type(CONDITION)).toBe("False KubeletHasNoDiskPressure: kubelet has no disk pressure");
    expect(at.type(TAINTS)).toBe("");
    at.type(`ssh -n ${NODE} sudo systemctl restart kubelet`);
    at.wait(20);
    expect(at.type(`${status}='{.status.phase} {.status.reason}'`)).toBe("Failed Evicted");
  });

  it("images that nobody uses go first, and are enough if they are large", () => {
    const at = new Operator();
    at.type(`ssh -n ${NODE} sudo crictl pull busybox; ssh -n ${NODE} sudo crictl pull redis:7`);
    // The kubelet finds them within five minutes, and leaves them alone for two more.
    at.wait(430);
    // A megabyte too little stays free.
    const free = `$(ssh -n ${NODE} df -k / | awk 'END {print $4}')`;
    expect(at.type(`ssh -n ${NODE} fallocate -l $(((${free} - 3020189 + 1024) * 1024)) /var/tmp/big`)).toBe("");
    at.wait(25);
    expect(at.type(`ssh -n ${NODE} sudo crictl images | grep -c -e busybox -e redis`)).toBe("0\n");
    expect(at.type("kubectl get pod standalone --no-headers | awk '{print $2, $3}'")).toBe("1/1 Running\n");
    expect(at.type(TAINTS)).toBe("node.kubernetes.io/disk-pressure");
    expect(at.type(`ssh -n ${NODE} sudo journalctl -u kubelet | grep -c 'able to reduce resource pressure'`)).toBe(
      "1\n",
    );
  });
});

describe("a worker's disk is rather full", () => {
  /** Leaves so many per cent of the disk in use. */
  const fill = (at: Operator, percent: number) => {
    const [all = 0, free = 0] = at.type(`ssh -n ${NODE} df -k / | awk 'END {print $2, $4}'`).split(" ").map(Number);
    at.type(`ssh -n ${NODE} fallocate -l ${free - Math.floor((all * (100 - percent)) / 100)}K /var/tmp/big`);
  };
  const images = (at: Operator) => at.type(`ssh -n ${NODE} sudo crictl images | grep -c -e busybox -e redis`).trim();
  const log = (at: Operator, text: string) =>
    at.lines(`ssh -n ${NODE} sudo journalctl -u kubelet | grep '${text}'`).filter((line) => line !== "");

  it("up to 85 % nothing happens; above, images that nobody uses go until 80 % are in use", () => {
    const at = new Operator();
    at.type(`ssh -n ${NODE} sudo crictl pull busybox; ssh -n ${NODE} sudo crictl pull redis:7`);
    at.wait(430);
    fill(at, 83);
    at.wait(310);
    expect(images(at)).toBe("2");
    expect(log(at, "over the high threshold")).toEqual([]);
    at.type(`ssh -n ${NODE} rm /var/tmp/big`);
    fill(at, 84.5);
    at.wait(310);
    expect(log(at, "over the high threshold").join("\n")).toMatch(/ usage=85 highThreshold=85 .* lowThreshold=80/);
    expect(images(at)).toBe("0");
    // They are far less than what was wanted, and nothing else may go.
    expect(at.type("kubectl get events -o custom-columns=R:.reason,O:.involvedObject.name,M:.message")).toMatch(
      new RegExp(
        `FreeDiskSpaceFailed +${NODE} +Failed to garbage collect required amount of images\\. Attempted to free \\d+ bytes, but only found \\d+ bytes eligible to free\\.`,
      ),
    );
    expect(at.type(CONDITION)).toBe("False KubeletHasNoDiskPressure: kubelet has no disk pressure");
    expect(at.type("kubectl get pod standalone --no-headers | awk '{print $2, $3}'")).toBe("1/1 Running\n");
    expect(log(at, "failed multiple times in a row")).toEqual([]);
    at.wait(300);
    expect(log(at, "failed multiple times in a row")).toHaveLength(1);
  });

  it("leaves an image alone that came less than two minutes ago", () => {
    const at = new Operator();
    fill(at, 84.5);
    at.type(`ssh -n ${NODE} sudo crictl pull busybox`);
    at.wait(310);
    expect(images(at)).toBe("1");
    at.wait(300);
    expect(images(at)).toBe("0");
  });
});

describe("the control plane's disk is full", () => {
  it("etcd says that it cannot write its log and ends; the API has no store; room brings all back", () => {
    const at = new Operator();
    expect(at.type("fallocate -l 40G /big")).toBe("fallocate: fallocate failed: No space left on device\n");
    expect(at.type("echo x > /root/x")).toBe("bash: echo: write error: No space left on device\n");
    at.wait(70);
    expect(at.type("kubectl create cm a --from-literal=a=b")).not.toContain("created");
    expect(at.type("crictl ps --name etcd -q | wc -l")).toBe("0\n");
    expect(at.type("kubectl get pods")).not.toContain("Running");
    at.type("rm /big");
    at.wait(420);
    expect(at.type("kubectl get pods -A --no-headers | awk '{print $4}' | sort -u")).toBe("Running\n");
    expect(at.type("kubectl create cm a --from-literal=a=b")).toBe("configmap/a created\n");
  });

  it("neither a backup nor a defragmentation finds room, and both leave what was there", () => {
    const at = new Operator();
    at.type("etcdctl snapshot save /root/good.db");
    at.type("fallocate -l 40G /big");
    expect(at.lines("etcdctl snapshot save /root/s.db; echo $?").slice(-2)).toEqual([
      "Error: write /root/s.db.part: no space left on device",
      "5",
    ]);
    expect(at.type("ls /root")).toBe("good.db\n");
    expect(at.lines("etcdctl defrag").at(-1)).toMatch(
      /^Failed to defragment etcd member\[.*\]\. took .*s\. \(rpc error: code = Unknown desc = .*no space left on device\)$/,
    );
    at.type("mv /etc/kubernetes/manifests/etcd.yaml /root");
    at.wait(40);
    at.type("dd if=/dev/zero of=/rest bs=4k");
    expect(at.lines("etcdutl defrag --data-dir /var/lib/etcd; echo $?").slice(-2)).toEqual([
      "Error: Failed to defragment etcd data[/var/lib/etcd] (write /var/lib/etcd/member/snap/db.tmp: no space left on device)",
      "1",
    ]);
    expect(at.type("ls /var/lib/etcd/member/snap")).toBe("db\n");
    expect(at.lines("etcdutl snapshot restore /root/good.db --data-dir /root/new; echo $?").at(-1)).toBe("1");
    at.type("rm /big /rest; mv /root/etcd.yaml /etc/kubernetes/manifests");
    at.wait(60);
    expect(at.type("kubectl get cm kube-root-ca.crt -o name")).toBe("configmap/kube-root-ca.crt\n");
  });

  it("a file with a hole fills nothing, zeros do", () => {
    const at = new Operator();
    at.type("truncate -s 30G /hole");
    expect(at.type("stat -c %s /hole; df / | awk 'END {print ($5 < 50)}'")).toBe("32212254720\n1\n");
    expect(at.type("dd if=/dev/zero of=/zeros bs=1M")).toMatch(
      /^dd: error writing '\/zeros': No space left on device\n(\d+)\+0 records in\n\d+\+1 records out\n\d+ bytes \(18 GB, 17 GiB\) copied, [\d.]+ s, 2\.0 GB\/s\n$/,
    );
    expect(at.type("df / | awk 'END {print $5}'; rm /zeros; df / | awk 'END {print ($5 < 50)}'")).toBe("100%\n1\n");
  });
});
