import { describe, expect, it } from "vitest";
import { applyConfiguration } from "../../../../src/kube/api/apply.ts";
import { decodeStruct, zeroStruct } from "../../../../src/kube/api/decode.ts";
import { managedAfterUpdate } from "../../../../src/kube/api/managed-fields.ts";
import { schemaOf } from "../../../../src/kube/api/schema.ts";

const DEPLOYMENT = schemaOf("apps/v1.Deployment");
const T0 = "2026-11-22T10:00:00Z";
const T1 = "2026-11-22T10:00:01Z";
const update = (name: string) => ({ name, operation: "Update", apiVersion: "apps/v1", subresource: "" }) as const;
const apply = (name: string) => ({ name, operation: "Apply", apiVersion: "apps/v1", subresource: "" }) as const;

function deployment(replicas: number, image = "nginx") {
  return decodeStruct(DEPLOYMENT, {
    kind: "Deployment",
    apiVersion: "apps/v1",
    metadata: { name: "web", labels: { app: "web" } },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "nginx", image }] } },
    },
  });
}

describe("managedFields", () => {
  it("of a creation name what upstream's name", () => {
    const entries = managedAfterUpdate(
      DEPLOYMENT,
      zeroStruct(DEPLOYMENT),
      deployment(1),
      [],
      update("kubectl-create"),
      T0,
    );
    expect(entries).toEqual([
      {
        manager: "kubectl-create",
        operation: "Update",
        apiVersion: "apps/v1",
        time: T0,
        fieldsType: "FieldsV1",
        fieldsV1: {
          "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
          "f:spec": {
            "f:replicas": {},
            "f:selector": {},
            "f:strategy": { "f:rollingUpdate": { ".": {}, "f:maxSurge": {} }, "f:type": {} },
            "f:template": {
              "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
              "f:spec": {
                "f:containers": { 'k:{"name":"nginx"}': { ".": {}, "f:image": {}, "f:name": {}, "f:resources": {} } },
              },
            },
          },
        },
      },
    ]);
  });

  it("go over to whoever changes a field", () => {
    const first = managedAfterUpdate(DEPLOYMENT, zeroStruct(DEPLOYMENT), deployment(1), [], update("a"), T0);
    const second = managedAfterUpdate(DEPLOYMENT, deployment(1), deployment(2), first, update("b"), T1);
    expect(second.map(({ manager }) => manager)).toEqual(["a", "b"]);
    expect(second[1]?.fieldsV1).toEqual({ "f:spec": { "f:replicas": {} } });
    expect(JSON.stringify(second[0]?.fieldsV1)).not.toContain("f:replicas");
    expect(managedAfterUpdate(DEPLOYMENT, deployment(2), deployment(2), second, update("c"), T1)).toBe(second);
  });
});

describe("server-side apply", () => {
  const config = (replicas: number) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { replicas },
  });

  it("meets a conflict over what another manager changed, unless forced", () => {
    const entries = managedAfterUpdate(
      DEPLOYMENT,
      zeroStruct(DEPLOYMENT),
      deployment(1),
      [],
      update("kubectl-create"),
      T0,
    );
    const refused = applyConfiguration(DEPLOYMENT, deployment(1), config(5), entries, apply("me"), T1, false);
    expect("conflicts" in refused && refused.conflicts.map(({ paths }) => paths)).toEqual([[".spec.replicas"]]);
    const forced = applyConfiguration(DEPLOYMENT, deployment(1), config(5), entries, apply("me"), T1, true);
    expect("object" in forced && forced.object["spec"]).toMatchObject({ replicas: 5 });
  });

  it("takes back what the manager no longer applies and nobody else has", () => {
    const zero = zeroStruct(DEPLOYMENT);
    const labelled = { ...config(1), metadata: { name: "web", labels: { a: "1", b: "2" } } };
    const first = applyConfiguration(DEPLOYMENT, zero, labelled, [], apply("me"), T0, false);
    if (!("object" in first)) throw new Error("unexpected conflict");
    const fewer = { ...config(1), metadata: { name: "web", labels: { a: "1" } } };
    const second = applyConfiguration(DEPLOYMENT, first.object, fewer, first.managedFields, apply("me"), T1, false);
    expect("object" in second && second.object["metadata"]).toMatchObject({ labels: { a: "1" } });
    expect("object" in second && JSON.stringify(second.object["metadata"])).not.toContain('"b"');
  });
});
