import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { staticPodManifests } from "../../../../src/sandbox/kubeadm/manifests.ts";

const node = { name: "ip-10-0-1-10", ip: "10.0.1.10", podCidr: "10.244.0.0/16", serviceCidr: "10.96.0.0/12" };

test.each(Object.entries(staticPodManifests(node)))("%s is what kubeadm writes, byte for byte", (name, text) => {
  expect(text).toBe(readFileSync(join(import.meta.dirname, "manifests", name), "utf8"));
});
