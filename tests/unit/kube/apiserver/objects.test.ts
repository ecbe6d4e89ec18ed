import { describe, expect, it } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import { TestApiServer } from "../../../support/api-server.ts";

const PODS = "/api/v1/namespaces/default/pods";
const MAPS = "/api/v1/namespaces/default/configmaps";
const TABLE = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };

function map(name: string, data: Record<string, string> = {}) {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
}

function pod(name: string) {
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { containers: [{ name: "a", image: "nginx" }] } };
}

function stored(server: TestApiServer, key: string): string {
  return new TextDecoder().decode(server.etcd.keys.get(key)?.value);
}

describe("objects", () => {
  it("are created, stored as upstream's JSON, got and listed", () => {
    const server = new TestApiServer();
    const created = server.ask("POST", `${MAPS}?fieldManager=kubectl-create`, map("app", { k: "v" }));
    expect(created.status).toBe(201);
    expect(stored(server, "/registry/configmaps/default/app")).toMatch(
      /^\{"kind":"ConfigMap","apiVersion":"v1","metadata":\{"name":"app","namespace":"default","uid":"[-0-9a-f]{36}","creationTimestamp":"[^"]+","managedFields":\[\{"manager":"kubectl-create","operation":"Update","apiVersion":"v1","time":"[^"]+","fieldsType":"FieldsV1","fieldsV1":\{"f:data":\{"\.":\{\},"f:k":\{\}\}\}\}\]\},"data":\{"k":"v"\}\}\n$/,
    );
    expect(server.ask("GET", `${MAPS}/app`).body.metadata.resourceVersion).toBe(created.body.metadata.resourceVersion);
    const names = server.ask("GET", MAPS).body.items.map((item: { metadata: { name: string } }) => item.metadata.name);
    expect(names).toEqual(["app"]);
    expect(server.ask("POST", MAPS, map("app")).body).toMatchObject({
      reason: "AlreadyExists",
      message: 'configmaps "app" already exists',
    });
  });

  it("are refused in namespaces that are not there", () => {
    const server = new TestApiServer();
    const reply = server.ask("POST", "/api/v1/namespaces/nope/configmaps", map("app"));
    expect(reply).toMatchObject({ status: 404, body: { message: 'namespaces "nope" not found' } });
  });

  it("get defaults, a service account and its token", () => {
    const server = new TestApiServer();
    server.ask("POST", "/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "default" } });
    const { body, status } = server.ask("POST", PODS, pod("web"));
    expect(status).toBe(201);
    expect(body.spec.serviceAccountName).toBe("default");
    expect(body.spec.volumes[0].projected.sources[0]).toEqual({
      serviceAccountToken: { expirationSeconds: 3607, path: "token" },
    });
    expect(body.spec.tolerations).toHaveLength(2);
    expect(body.spec).toMatchObject({
      restartPolicy: "Always",
      priority: 0,
      preemptionPolicy: "PreemptLowerPriority",
      enableServiceLinks: true,
    });
    expect(body.status).toEqual({ phase: "Pending", qosClass: "BestEffort" });
  });

  it("are refused with upstream's words when they are wrong", () => {
    const server = new TestApiServer();
    server.ask("POST", "/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "default" } });
    expect(server.ask("POST", PODS, { metadata: { name: "t" }, spec: {} }).body.message).toBe(
      'Pod "t" is invalid: spec.containers: Required value',
    );
    const strict = server.ask("POST", `${PODS}?fieldValidation=Strict`, {
      ...pod("x"),
      spec: { ...pod("x").spec, containerz: [] },
    });
    expect(strict.body.message).toBe(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containerz"',
    );
  });

  it("change by every kind of patch, and only when something changes", () => {
    const server = new TestApiServer();
    server.ask("POST", MAPS, map("app", { a: "1" }));
    const patch = (type: string, body: unknown) =>
      server.ask("PATCH", `${MAPS}/app?fieldManager=me`, body, { "content-type": type }).body;
    expect(patch("application/merge-patch+json", { data: { b: "2" } }).data).toEqual({ a: "1", b: "2" });
    expect(patch("application/strategic-merge-patch+json", { data: { a: null } }).data).toEqual({ b: "2" });
    const last = patch("application/json-patch+json", [{ op: "add", path: "/data/c", value: "3" }]);
    expect(last.data).toEqual({ b: "2", c: "3" });
    expect(patch("application/merge-patch+json", { data: { c: "3" } }).metadata.resourceVersion).toBe(
      last.metadata.resourceVersion,
    );
    expect(patch("application/yaml", {}).reason).toBe("UnsupportedMediaType");
  });

  it("are not overwritten by whoever read an older version", () => {
    const server = new TestApiServer();
    const { body } = server.ask("POST", MAPS, map("app", { a: "1" }));
    server.ask("PUT", `${MAPS}/app`, { ...body, data: { a: "2" } });
    expect(server.ask("PUT", `${MAPS}/app`, { ...body, data: { a: "3" } }).body).toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on configmaps "app": the object has been modified; please apply your changes to the latest version and try again',
    });
  });

  it("are made by PUT where their kind allows it, unless the PUT means an object that is gone", () => {
    const server = new TestApiServer();
    const leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
    const lease = (metadata: object) => ({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec: {} });
    expect(server.ask("PUT", `${leases}/a`, lease({ name: "a" })).status).toBe(201);
    expect(
      server.ask("PUT", `${leases}/b`, lease({ name: "b", uid: "11-22", resourceVersion: "7" })).body,
    ).toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on leases.coordination.k8s.io "b": Precondition failed: UID in precondition: 11-22, UID in object meta: ',
    });
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: "n" } };
    expect(server.ask("PUT", "/api/v1/nodes/n", node).status).toBe(404);
  });

  it("wait for their finalizers", () => {
    const server = new TestApiServer();
    server.ask("POST", MAPS, { ...map("app"), metadata: { name: "app", finalizers: ["example.com/hold"] } });
    expect(server.ask("DELETE", `${MAPS}/app`).body.metadata.deletionTimestamp).toBeDefined();
    expect(server.ask("GET", `${MAPS}/app`).status).toBe(200);
    server.ask(
      "PATCH",
      `${MAPS}/app`,
      { metadata: { finalizers: null } },
      { "content-type": "application/merge-patch+json" },
    );
    expect(server.ask("GET", `${MAPS}/app`).status).toBe(404);
  });

  it("come in chunks", () => {
    const server = new TestApiServer();
    for (const name of ["a", "b", "c"]) server.ask("POST", MAPS, map(name));
    server.pass(10);
    const first = server.ask("GET", `${MAPS}?limit=2`).body;
    expect(first.metadata.remainingItemCount).toBe(1);
    const second = server.ask("GET", `${MAPS}?limit=2&continue=${first.metadata.continue}`).body;
    expect(second.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(["c"]);
  });

  it("are shown as tables", () => {
    const server = new TestApiServer();
    server.ask("POST", MAPS, map("app", { a: "1", b: "2" }));
    server.pass(90_000);
    const table = server.ask("GET", MAPS, undefined, TABLE).body;
    expect(table.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual(["Name", "Data", "Age"]);
    expect(table.rows[0].cells).toEqual(["app", 2, "90s"]);
  });

  it("leave nothing with dry run", () => {
    const server = new TestApiServer();
    expect(server.ask("POST", `${MAPS}?dryRun=All`, map("app")).status).toBe(201);
    expect(server.ask("GET", `${MAPS}/app`).status).toBe(404);
  });

  it("are kept in protobuf behind k8s\\0 when the flag says so, and JSON is still read", () => {
    const server = new TestApiServer("application/vnd.kubernetes.protobuf");
    server.ask("POST", MAPS, map("app", { a: "1" }));
    expect(stored(server, "/registry/configmaps/default/app").startsWith("k8s\0")).toBe(true);
    server.etcd.put("/registry/configmaps/default/hand", utf8(JSON.stringify(map("hand", { x: "y" }))));
    expect(server.ask("GET", `${MAPS}/hand`).body.data).toEqual({ x: "y" });
    expect(server.ask("GET", `${MAPS}/app`).body.data).toEqual({ a: "1" });
  });
});

describe("values that can't be read", () => {
  it.each([
    ["garbage", "illegal base64 data at input byte 4"],
    ["foo", "illegal base64 data at input byte 0"],
    ["{", "couldn't get version/kind; json parse error: unexpected end of JSON input"],
    ['{"kind":"Secret","apiVersion":"v1"}', "converting (v1.Secret) to (core.ConfigMap): unknown conversion"],
    [
      '{"kind":"Foo","apiVersion":"bar/v1"}',
      'no kind "Foo" is registered for version "bar/v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ],
  ])("%s fails its list and its get", (value, message) => {
    const server = new TestApiServer();
    server.ask("POST", MAPS, map("good"));
    server.etcd.put("/registry/configmaps/default/bad", utf8(value));
    server.pass(10);
    expect(server.ask("GET", `${MAPS}/bad`).body).toMatchObject({ code: 500, message });
    const before = server.kernel.clock.now;
    expect(server.ask("GET", MAPS).body).toMatchObject({ code: 500, message });
    expect(server.kernel.clock.now - before).toBeGreaterThanOrEqual(3000);
    expect(server.ask("GET", `${MAPS}/good`).status).toBe(200);
    server.etcd.delete("/registry/configmaps/default/bad");
    server.pass(2000);
    expect(server.ask("GET", MAPS).body.items).toHaveLength(1);
  });

  it("empty ones are empty objects, which a healthy cache has no place for", () => {
    const server = new TestApiServer();
    server.ask("POST", MAPS, map("app"));
    server.etcd.put("/registry/configmaps/default/app", utf8("{}"));
    server.pass(10);
    expect(server.ask("GET", `${MAPS}/app`, undefined, TABLE).body.rows[0].cells).toEqual(["", 0, "<unknown>"]);
    expect(server.ask("GET", MAPS, undefined, TABLE).body.rows[0].cells[0]).toBe("app");
    expect(server.logged.at(-1)).toMatch(/couldn't compute key/);
  });

  it("empty ones stand in lists once a cache must start anew, which then takes the lists' three seconds", () => {
    const server = new TestApiServer();
    server.etcd.put("/registry/configmaps/default/none", utf8("garbage"));
    server.pass(10);
    server.etcd.put("/registry/configmaps/default/none", utf8("{}"));
    server.pass(2000);
    const before = server.kernel.clock.now;
    expect(server.ask("GET", MAPS, undefined, TABLE).body.rows[0].cells).toEqual(["", 0, "<unknown>"]);
    expect(server.kernel.clock.now - before).toBeGreaterThanOrEqual(3000);
  });

  it("an object under another's key stands in lists beside it, and gets answer by the key", () => {
    const server = new TestApiServer();
    server.ask("POST", MAPS, map("app"));
    const renamed = { ...map("renamed"), metadata: { name: "renamed", namespace: "default" } };
    server.etcd.put("/registry/configmaps/default/app", utf8(JSON.stringify(renamed)));
    server.pass(10);
    const names = () =>
      server.ask("GET", MAPS).body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
    expect(names()).toEqual(["app", "renamed"]);
    expect(server.ask("GET", `${MAPS}/app`).body.metadata.name).toBe("renamed");
    expect(server.ask("GET", `${MAPS}/renamed`).status).toBe(404);
    server.etcd.delete("/registry/configmaps/default/app");
    server.pass(10);
    expect(names()).toEqual(["app"]);
  });
});

describe("discovery", () => {
  it.each(["/api", "/apis", "/apis/apps", "/apis/apps/v1", "/api/v1"])(
    "%s is refused in a form that it has not",
    (path) => {
      const server = new TestApiServer();
      expect(server.ask("GET", path, undefined, { accept: "text/html" })).toMatchObject({
        status: 406,
        body: { kind: "Status", reason: "NotAcceptable", code: 406 },
      });
      expect(server.ask("GET", path, undefined, { accept: "text/html, */*" }).status).toBe(200);
      expect(server.ask("GET", "/version", undefined, { accept: "text/html" }).status).toBe(200);
    },
  );
});
