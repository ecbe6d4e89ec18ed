import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defaultConfiguration } from "../../../../src/programs/kubeadm/configuration.ts";
import { readConfiguration } from "../../../../src/programs/kubeadm/configuration-file.ts";
import { CONTROL_PLANE, staticPodManifest } from "../../../../src/programs/kubeadm/static-pods.ts";

const CLUSTER = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.35.2
networking:
  podSubnet: 10.244.0.0/16
apiServer:
  extraArgs:
  - name: storage-media-type
    value: application/json
`;
const NODE = { name: "ip-10-0-1-10", address: "10.0.1.10", version: "" };
const configuration = readConfiguration(CLUSTER, defaultConfiguration(NODE));

test.each(["etcd", ...CONTROL_PLANE] as const)("%s is what kubeadm writes, byte for byte", (component) => {
  const recorded = readFileSync(join(import.meta.dirname, "manifests", `${component}.yaml`), "utf8");
  expect(staticPodManifest(component, configuration, "3.6.6-0")).toBe(recorded);
});

test("extra arguments replace kubeadm's own and extra volumes are mounted", () => {
  const more = readConfiguration(
    `${CLUSTER}  - name: authorization-mode
    value: RBAC
  extraVolumes:
  - name: enc
    hostPath: /etc/enc
    mountPath: /enc
    readOnly: true
    pathType: DirectoryOrCreate
`,
    configuration,
  );
  const text = staticPodManifest("kube-apiserver", more, "3.6.6-0");
  expect(text).toContain("    - --storage-media-type=application/json\n    - --authorization-mode=RBAC\n");
  expect(text).not.toContain("--authorization-mode=Node,RBAC");
  expect(text).toContain("    - mountPath: /enc\n      name: enc\n      readOnly: true\n");
  expect(text).toContain("  - hostPath:\n      path: /etc/enc\n      type: DirectoryOrCreate\n    name: enc\n");
});
