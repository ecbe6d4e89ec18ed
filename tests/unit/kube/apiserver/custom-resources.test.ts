import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/sim/random.ts";
import { TestApiServer } from "../../../support/api-server.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const TABS = "/apis/stable.example.com/v1/namespaces/default/crontabs";

const CRD = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "crontabs.stable.example.com" },
  spec: {
    group: "stable.example.com",
    scope: "Namespaced",
    names: { plural: "crontabs", singular: "crontab", kind: "CronTab", shortNames: ["ct"] },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                required: ["cronSpec"],
                properties: { cronSpec: { type: "string" }, replicas: { type: "integer", minimum: 1, default: 1 } },
              },
            },
          },
        },
        additionalPrinterColumns: [{ name: "Spec", type: "string", jsonPath: ".spec.cronSpec" }],
      },
    ],
  },
};

function withCrd(): TestApiServer {
  const server = new TestApiServer();
  expect(server.ask("POST", CRDS, CRD).status).toBe(201);
  server.pass(1000);
  return server;
}

describe("custom resources", () => {
  it("are served once their definition is established", () => {
    const server = withCrd();
    const { status, metadata } = server.ask("GET", `${CRDS}/crontabs.stable.example.com`).body;
    expect(status.conditions.map(({ type }: { type: string }) => type)).toEqual(["NamesAccepted", "Established"]);
    expect(metadata.finalizers).toEqual(["customresourcecleanup.apiextensions.k8s.io"]);
    const tab = {
      apiVersion: "stable.example.com/v1",
      kind: "CronTab",
      metadata: { name: "my" },
      spec: { cronSpec: "* * * * */5", junk: 1 },
    };
    expect(server.ask("POST", TABS, tab).body.spec).toEqual({ cronSpec: "* * * * */5", replicas: 1 });
    expect(server.etcd.keys.has("/registry/stable.example.com/crontabs/default/my")).toBe(true);
    const table = server.ask("GET", TABS, undefined, { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" }).body;
    expect(table.rows[0].cells).toEqual(["my", "* * * * */5"]);
    const groups = server.ask("GET", "/apis").body.groups.map(({ name }: { name: string }) => name);
    expect(groups).toContain("stable.example.com");
  });

  it("are held to their schema", () => {
    const server = withCrd();
    const tab = { apiVersion: "stable.example.com/v1", kind: "CronTab", metadata: { name: "my" } };
    expect(server.ask("POST", TABS, { ...tab, spec: { cronSpec: "x", replicas: 0 } }).body.message).toBe(
      'CronTab.stable.example.com "my" is invalid: spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1',
    );
    expect(server.ask("POST", TABS, { ...tab, spec: {} }).body.message).toContain("spec.cronSpec: Required value");
  });

  it("do not hold or end the server by a pattern that takes too much", () => {
    const server = new TestApiServer();
    const [version] = CRD.spec.versions;
    const cronSpec = { type: "string", pattern: "^(a|b)*a(a|b){999}c$" };
    const properties = { spec: { type: "object", properties: { cronSpec } } };
    const schema = { openAPIV3Schema: { type: "object", properties } };
    server.ask("POST", CRDS, { ...CRD, spec: { ...CRD.spec, versions: [{ ...version, schema }] } });
    server.pass(10);
    const tab = { apiVersion: "stable.example.com/v1", kind: "CronTab", metadata: { name: "my" } };
    const random = new Random(1).fork("text");
    const text = random.letters(30_000, "ab");
    expect(server.ask("POST", TABS, { ...tab, spec: { cronSpec: text } }).status).toBe(201);
    expect(server.ask("POST", TABS, { ...tab, metadata: { name: "your" }, spec: { cronSpec: "no" } }).status).toBe(422);
  });

  it("go with their definition when it is deleted, and stay when its key is", () => {
    const server = withCrd();
    const tab = {
      apiVersion: "stable.example.com/v1",
      kind: "CronTab",
      metadata: { name: "my" },
      spec: { cronSpec: "x" },
    };
    server.ask("POST", TABS, tab);
    server.pass(10);
    server.ask("DELETE", `${CRDS}/crontabs.stable.example.com`);
    server.pass(3000);
    expect([...server.etcd.keys.keys()].filter((key) => key.includes("crontabs"))).toEqual([]);
    expect(server.ask("GET", TABS).status).toBe(404);

    const other = withCrd();
    other.ask("POST", TABS, tab);
    other.etcd.delete("/registry/apiextensions.k8s.io/customresourcedefinitions/crontabs.stable.example.com");
    other.pass(3000);
    expect(other.ask("GET", TABS).status).toBe(404);
    expect(other.etcd.keys.has("/registry/stable.example.com/crontabs/default/my")).toBe(true);
  });
});
