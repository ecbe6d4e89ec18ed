import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LineRunner } from "../../src/sandbox/line-runner.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { freshWorld, typeLine, typist } from "../support/world.ts";

/** The course text, sections 1 to 5 and 8, typed into one terminal from its first prompt: a story, in its order. */
describe("the guide", { shuffle: false }, () => {
  let world: Sandbox;
  let terminal: LineRunner;

  beforeAll(() => {
    world = freshWorld();
    terminal = typist(world);
  });

  afterAll(() => {
    expect(world.kernel.faults).toEqual([]);
    world.dispose();
  });

  const type = (line: string) => typeLine(terminal, line);
  const ETCDCTL = "etcdctl --endpoints=https://127.0.0.1:2379";
  const CERTIFICATES = [
    "export ETCDCTL_API=3",
    "export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt",
    "export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt",
    "export ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key",
  ];

  describe("1 locate etcd", () => {
    test("three nodes, five days old", () => {
      const { stdout, exitCode } = type("kubectl get nodes");
      expect(stdout).toBe(
        "NAME           STATUS   ROLES           AGE   VERSION\n" +
          "ip-10-0-1-10   Ready    control-plane   5d    v1.35.2\n" +
          "ip-10-0-1-11   Ready    <none>          5d    v1.35.2\n" +
          "ip-10-0-1-12   Ready    <none>          5d    v1.35.2\n",
      );
      expect(exitCode).toBe(0);
    });

    test("etcd is a pod that runs", () => {
      expect(type("kubectl get pods -n kube-system | grep etcd").stdout).toMatch(
        /^etcd-ip-10-0-1-10 +1\/1 +Running +0 +5d\n$/,
      );
    });

    test("and it has its manifest, data and ports", () => {
      expect(type("ls /etc/kubernetes/manifests").stdout.split(/\s+/)).toContain("etcd.yaml");
      expect(type("ls /var/lib/etcd").stdout).toBe("member\n");
      expect(type("ss -lnt | awk '{print $4}' | grep -oE '(2379|2380|6443)$' | sort -u").stdout).toBe(
        "2379\n2380\n6443\n",
      );
    });
  });

  describe("2 without certificates it fails", () => {
    test("the pod has a shell of its own, and no ls", () => {
      type("kubectl exec -it -n kube-system etcd-ip-10-0-1-10 -- sh");
      expect(terminal.takeScreen()).toContain("sh-5.2# ");
      const { stdout, exitCode } = type("ls");
      expect(stdout).toBe("sh: ls: command not found\n");
      expect(exitCode).toBe(127);
    });

    test("etcd hangs up on plaintext, after five seconds etcdctl says so", () => {
      const { stdout, seconds, exitCode } = type("etcdctl get / --prefix --keys-only");
      expect(stdout).toContain("error reading server preface: EOF");
      expect(stdout).toMatch(/Error: context deadline exceeded\n$/);
      expect(seconds).toBeCloseTo(5, 0);
      expect(exitCode).toBe(1);
    });
  });

  describe("3 with certificates it works", () => {
    test("keys of all kinds, in their shape", () => {
      for (const line of CERTIFICATES) expect(type(line).exitCode).toBe(0);
      const { stdout } = type(`${ETCDCTL} \\\n  get / --prefix --keys-only`);
      expect(stdout).toContain('"unrecognized environment variable","environment-variable":"ETCDCTL_API=3"');
      const keys = stdout.split("\n");
      for (const key of [
        "/registry/apiregistration.k8s.io/apiservices/v1.",
        "/registry/configmaps/default/kube-root-ca.crt",
        "/registry/deployments/default/nginx",
        "/registry/namespaces/default",
        "/registry/serviceaccounts/default/default",
        "/registry/services/specs/default/kubernetes",
      ]) {
        expect(keys).toContain(key);
      }
      expect(keys.some((key) => /^\/registry\/pods\/default\/nginx-[0-9a-z]+-[0-9a-z]{5}$/.test(key))).toBe(true);
      expect(keys.some((key) => /^\/registry\/secrets\/kube-system\/bootstrap-token-[0-9a-z]{6}$/.test(key))).toBe(
        true,
      );
    });
  });

  describe("4 the same object from both sides", () => {
    test("kubectl makes it and shows it", () => {
      type("exit");
      expect(
        type('kubectl run nginx-demo \\\n  --image=nginx \\\n  --labels="app=web,env=production,tier=frontend"').stdout,
      ).toBe("pod/nginx-demo created\n");
      world.run(5000);
      expect(type("kubectl get pod nginx-demo --show-labels").stdout).toMatch(
        /^NAME +READY +STATUS +RESTARTS +AGE +LABELS\nnginx-demo +1\/1 +Running +0 +\d+s +app=web,env=production,tier=frontend\n$/,
      );
    });

    test("etcd holds it as JSON", () => {
      type("kubectl exec -it -n kube-system etcd-ip-10-0-1-10 -- sh");
      for (const line of CERTIFICATES) type(line);
      const { stdout } = type(`${ETCDCTL} get /registry/pods/default/nginx-demo`);
      const [, key, value] = stdout.split("\n");
      expect(key).toBe("/registry/pods/default/nginx-demo");
      const pod = JSON.parse(value ?? "") as {
        kind: string;
        metadata: { labels: unknown };
        spec: { containers: { image: string }[] };
      };
      expect(pod.kind).toBe("Pod");
      expect(pod.metadata.labels).toEqual({ app: "web", env: "production", tier: "frontend" });
      expect(pod.spec.containers[0]?.image).toBe("nginx");
    });
  });

  describe("5 further", () => {
    test("deployments, nodes under their old name, endpoints", () => {
      expect(type(`${ETCDCTL} get /registry/deployments --prefix --keys-only 2>/dev/null`).stdout).toBe(
        "/registry/deployments/default/nginx\n\n/registry/deployments/kube-system/coredns\n\n",
      );
      expect(type(`${ETCDCTL} get /registry/minions/ip-10-0-1-11`).stdout).toContain('"kind":"Node"');
      expect(type(`${ETCDCTL} get /registry/services/endpoints/default/kubernetes`).stdout).toContain(
        '"ip":"10.0.1.10"',
      );
    });
  });

  describe("8 when it breaks", () => {
    test("status and health from the pod", () => {
      expect(type(`${ETCDCTL} endpoint status`).stdout).toMatch(/https:\/\/127\.0\.0\.1:2379, [0-9a-f]+, 3\.6\.6, /);
      expect(type(`${ETCDCTL} endpoint health`).stdout).toMatch(
        /https:\/\/127\.0\.0\.1:2379 is healthy: successfully committed proposal: took = /,
      );
      type("exit");
    });

    test("the log tells of the client without certificates", () => {
      expect(type("kubectl logs -n kube-system etcd-ip-10-0-1-10").stdout).toContain(
        '"error":"tls: first record does not look like a TLS handshake"',
      );
    });

    test("certificates on the node, and their dates", () => {
      expect(type("ls -la /etc/kubernetes/pki/etcd/").stdout).toMatch(
        /-rw-r--r-- 1 root root +\d+ Nov 17 \d\d:\d\d server\.crt\n-rw------- 1 root root +\d+ Nov 17 \d\d:\d\d server\.key/,
      );
      expect(type("openssl x509 -in /etc/kubernetes/pki/etcd/server.crt -noout -dates").stdout).toMatch(
        /^notBefore=Nov 17 \d\d:\d\d:\d\d 2026 GMT\nnotAfter=Nov 17 \d\d:\d\d:\d\d 2027 GMT\n$/,
      );
    });
  });
});
