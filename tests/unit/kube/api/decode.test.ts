import { describe, expect, it } from "vitest";
import { DecodeError, decodeStruct, zeroStruct } from "../../../../src/kube/api/decode.ts";
import { schemaOf } from "../../../../src/kube/api/schema.ts";

const POD = schemaOf("core/v1.Pod");

describe("decoding as Go would", () => {
  it("writes what is always written, in Go's order, and drops what is empty", () => {
    const pod = decodeStruct(POD, {
      spec: { hostNetwork: false, nodeName: "", containers: [{ image: "nginx", name: "a" }] },
      metadata: { labels: {}, name: "x" },
      apiVersion: "v1",
      kind: "Pod",
    });
    expect(JSON.stringify(pod)).toBe(
      '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"x"},"spec":{"containers":[{"name":"a","image":"nginx","resources":{}}]},"status":{}}',
    );
  });

  it("gives the same for fields in any order, and takes nulls for what is not there", () => {
    const ordered = {
      metadata: { name: "x", labels: { a: "1", b: "2" } },
      spec: { volumes: [{ name: "v" }], containers: [{ name: "a", image: "nginx", ports: [{ containerPort: 80 }] }] },
      status: { phase: "Running" },
    };
    const stirred = {
      status: { podIP: null, phase: "Running" },
      spec: {
        nodeName: null,
        containers: [{ ports: [{ containerPort: 80 }], env: undefined, image: "nginx", name: "a" }],
        volumes: [{ name: "v" }],
      },
      metadata: { labels: { b: "2", a: "1" }, annotations: null, name: "x" },
    };
    expect(JSON.stringify(decodeStruct(POD, stirred))).toBe(JSON.stringify(decodeStruct(POD, ordered)));
  });

  it("gives the zero value with its nulls", () => {
    expect(JSON.stringify(zeroStruct(POD))).toBe('{"metadata":{},"spec":{"containers":null},"status":{}}');
  });

  it("keeps zero values behind pointers", () => {
    const deployment = decodeStruct(schemaOf("apps/v1.Deployment"), { spec: { replicas: 0, paused: false } });
    expect(deployment["spec"]).toMatchObject({ replicas: 0 });
    expect(deployment["spec"]).not.toHaveProperty("paused");
  });

  it("names unknown fields by their path", () => {
    const report = { unknownFields: [] as string[] };
    decodeStruct(POD, { foo: 1, spec: { containers: [{ name: "a" }, { nam: "b" }], containerz: [] } }, report);
    expect(report.unknownFields).toEqual([
      'unknown field "spec.containers[1].nam"',
      'unknown field "spec.containerz"',
      'unknown field "foo"',
    ]);
  });

  it("complains of wrong types in Go's words", () => {
    const wrong = (spec: unknown) => () => decodeStruct(POD, { spec });
    expect(wrong({ containers: [{ image: 5 }] })).toThrow(
      new DecodeError(
        "json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string",
      ),
    );
    expect(wrong("x")).toThrow("json: cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec");
    expect(wrong({ containers: [{ resources: { limits: { cpu: "lots" } } }] })).toThrow(/quantities must match/);
  });

  it("writes quantities and times in their canonical form", () => {
    const pod = decodeStruct(POD, {
      metadata: { creationTimestamp: "2026-11-22T11:00:00+01:00" },
      spec: { containers: [{ name: "a", resources: { limits: { cpu: "0.5", memory: "1024Mi" } } }] },
    });
    expect(JSON.stringify(pod)).toContain('"creationTimestamp":"2026-11-22T10:00:00Z"');
    expect(JSON.stringify(pod)).toContain('"limits":{"cpu":"500m","memory":"1Gi"}');
  });

  it("refuses nesting without end", () => {
    let deep: unknown = {};
    for (let i = 0; i < 2000; i++) deep = { not: deep };
    expect(() => decodeStruct(schemaOf("apiextensions/v1.JSONSchemaProps"), deep)).toThrow(DecodeError);
  });
});
