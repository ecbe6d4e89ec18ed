import { describe, expect, it } from "vitest";
import { text } from "../../../../src/base/bytes.ts";
import { decodeStruct } from "../../../../src/kube/api/decode.ts";
import { decodeProtobuf, encodeProtobuf, isProtobuf, ProtobufError } from "../../../../src/kube/api/protobuf.ts";
import { schemaOf } from "../../../../src/kube/api/schema.ts";

const POD = schemaOf("core/v1.Pod");

function roundTrip(key: string, object: Record<string, unknown>) {
  const schema = schemaOf(key);
  const canonical = { ...decodeStruct(schema, object) };
  return { canonical, back: decodeProtobuf(encodeProtobuf(schema, canonical), () => schema) };
}

describe("protobuf as Kubernetes stores it", () => {
  it("marks its bytes and names the type first", () => {
    const bytes = encodeProtobuf(POD, decodeStruct(POD, { kind: "Pod", apiVersion: "v1", metadata: { name: "x" } }));
    expect(isProtobuf(bytes)).toBe(true);
    expect(text(bytes.slice(0, 15))).toBe("k8s\0\n\t\n\u0002v1\u0012\u0003Pod");
  });

  it("gives back what was written", () => {
    const { canonical, back } = roundTrip("core/v1.Pod", {
      kind: "Pod",
      apiVersion: "v1",
      metadata: {
        name: "x",
        labels: { app: "web", a: "" },
        creationTimestamp: "2026-11-22T10:00:00Z",
        managedFields: [{ manager: "m", fieldsV1: { "f:spec": {} } }],
      },
      spec: {
        volumes: [
          { name: "v", projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: "token" } }] } },
        ],
        containers: [
          {
            name: "a",
            image: "nginx",
            resources: { limits: { cpu: "1" } },
            livenessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 10 },
            ports: [{ containerPort: 80, protocol: "TCP" }],
          },
        ],
        priority: 0,
        tolerations: [{ operator: "Exists" }],
      },
      status: {
        phase: "Running",
        conditions: [{ type: "Ready", status: "True", lastTransitionTime: "2026-11-22T10:00:01Z" }],
      },
    });
    expect(back).toEqual(canonical);
  });

  it("carries bytes, micro times and int-or-strings", () => {
    expect(
      roundTrip("core/v1.Secret", { metadata: {}, kind: "Secret", apiVersion: "v1", data: { a: "AAEC" } }).back["data"],
    ).toEqual({ a: "AAEC" });
    const lease = roundTrip("coordination/v1.Lease", {
      kind: "Lease",
      apiVersion: "coordination.k8s.io/v1",
      spec: { renewTime: "2026-11-22T10:00:00.123456Z", leaseDurationSeconds: 15 },
    });
    expect(lease.back["spec"]).toEqual(lease.canonical["spec"]);
  });

  it.each([
    [[], "empty body"],
    [[0x0f], "proto: illegal wireType 7"],
    [[0x0a, 0x50, 0x01], "unexpected EOF"],
  ])("refuses junk %j", (junk, message) => {
    const bytes = Uint8Array.from([0x6b, 0x38, 0x73, 0, ...junk]);
    expect(() => decodeProtobuf(bytes, () => POD)).toThrow(new ProtobufError(message));
  });
});
