import { describe, expect, it } from "vitest";
import type { HttpBody, HttpStream } from "../../../../src/sim/http.ts";
import { TestApiServer } from "../../../support/api-server.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";

// biome-ignore lint/suspicious/noExplicitAny: events of every shape
function events(stream: HttpStream): any[] {
  const taken: HttpBody[] = [];
  for (let item = stream.items.poll(); item !== undefined; item = stream.items.poll()) taken.push(item);
  return taken.map((item) => (item.kind === "json" ? item.value : undefined));
}

describe("watches", () => {
  it("tell what changes after a version", () => {
    const server = new TestApiServer();
    const first = server.ask("POST", MAPS, { metadata: { name: "a" } }).body;
    server.pass(10);
    const stream = server.ask("GET", `${MAPS}?watch=true&resourceVersion=${first.metadata.resourceVersion}`).body;
    server.ask("PATCH", `${MAPS}/a`, { data: { k: "v" } }, { "content-type": "application/merge-patch+json" });
    server.ask("DELETE", `${MAPS}/a`);
    server.pass(10);
    expect(events(stream).map(({ type, object }) => [type, object.metadata.name, object.data])).toEqual([
      ["MODIFIED", "a", { k: "v" }],
      ["DELETED", "a", { k: "v" }],
    ]);
  });

  it("follow objects in and out of a selector", () => {
    const server = new TestApiServer();
    const stream = server.ask("GET", `${MAPS}?watch=true&labelSelector=app%3Dweb`).body;
    const label = (labels: object) =>
      server.ask("PATCH", `${MAPS}/a`, { metadata: { labels } }, { "content-type": "application/merge-patch+json" });
    server.ask("POST", MAPS, { metadata: { name: "a" } });
    label({ app: "web" });
    label({ app: "web", x: "y" });
    label({ app: null });
    server.pass(10);
    expect(events(stream).map(({ type }) => type)).toEqual(["ADDED", "MODIFIED", "DELETED"]);
  });

  it("begin with everything and say when that was all", () => {
    const server = new TestApiServer();
    server.ask("POST", MAPS, { metadata: { name: "a" } });
    server.pass(10);
    const query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    const stream = server.ask("GET", `${MAPS}?${query}`).body;
    const [added, bookmark] = events(stream);
    expect([added.type, added.object.metadata.name]).toEqual(["ADDED", "a"]);
    expect([bookmark.type, bookmark.object.metadata.annotations]).toEqual([
      "BOOKMARK",
      { "k8s.io/initial-events-end": "true" },
    ]);
  });

  it("of a version that is gone end with Expired", () => {
    const server = new TestApiServer();
    for (let i = 0; i < 2100; i++)
      server.etcd.put(
        "/registry/configmaps/default/x",
        new TextEncoder().encode(`{"metadata":{"name":"x","namespace":"default","labels":{"i":"${i}"}}}`),
      );
    server.pass(10);
    const stream = server.ask("GET", `${MAPS}?watch=true&resourceVersion=1`).body;
    const [error] = events(stream);
    expect(error).toMatchObject({ type: "ERROR", object: { code: 410, reason: "Expired" } });
    expect(error.object.message).toMatch(/^too old resource version: 1 \(\d+\)$/);
  });
});
