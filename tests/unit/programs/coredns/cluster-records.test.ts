import { describe, expect, it } from "vitest";
import type { RecordType } from "../../../../src/dns/message.ts";
import type { EndpointSlice, Service } from "../../../../src/kube/api/types.generated.ts";
import { type ClusterView, clusterRecords, reverseRecords } from "../../../../src/programs/coredns/cluster-records.ts";

const PORT = { name: "http", port: 80, protocol: "TCP" } as const;

function service(name: string, spec: Service["spec"]): Service {
  return { metadata: { name, namespace: "shop" }, spec } as Service;
}

const SERVICES = [
  service("web", { clusterIP: "10.96.1.1", ports: [PORT, { ...PORT, name: "admin", port: 81 }] }),
  service("db", { clusterIP: "None", ports: [PORT] }),
  service("none", { clusterIP: "None", ports: [PORT] }),
  service("far", { type: "ExternalName", externalName: "example.org." }),
];
const DB = {
  metadata: { name: "db-1", namespace: "shop", labels: { "kubernetes.io/service-name": "db" } },
  ports: [PORT],
  endpoints: [
    { addresses: ["10.244.1.5"], hostname: "db-0", conditions: { ready: true } },
    { addresses: ["10.244.1.6"], conditions: { ready: true } },
    { addresses: ["10.244.1.7"], conditions: { ready: false } },
  ],
} as unknown as EndpointSlice;

const VIEW: ClusterView = {
  hasNamespace: (name) => name === "shop",
  service: (namespace, name) =>
    SERVICES.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
  services: () => SERVICES,
  slicesOf: (namespace, name) => (namespace === "shop" && name === "db" ? [DB] : []),
  slices: () => [DB],
};

function ask(name: string, type: RecordType = "A"): readonly string[] | string {
  const found = clusterRecords(VIEW, "cluster.local", `${name}.cluster.local`, type);
  return typeof found === "string" ? found : found.map((record) => `${record.type} ${record.data}`);
}

describe("names of the cluster's zone, as coredns plugin/kubernetes has them", () => {
  it("a service has its address once, however many ports; no IPv6", () => {
    expect(ask("web.shop.svc")).toEqual(["A 10.96.1.1"]);
    expect(ask("WEB.shop.svc")).toEqual(["A 10.96.1.1"]);
    expect(ask("web.shop.svc", "AAAA")).toEqual([]);
    expect(ask("_admin._tcp.web.shop.svc", "SRV")).toEqual(["SRV 0 100 81 web.shop.svc.cluster.local"]);
    expect(ask("web.shop.svc", "SRV")).toHaveLength(2);
  });

  it("a headless one has its ready pods, by host name or by address with dashes", () => {
    expect(ask("db.shop.svc")).toEqual(["A 10.244.1.5", "A 10.244.1.6"]);
    expect(ask("db-0.db.shop.svc")).toEqual(["A 10.244.1.5"]);
    expect(ask("10-244-1-6.db.shop.svc")).toEqual(["A 10.244.1.6"]);
    expect(ask("10-244-1-7.db.shop.svc")).toBe("no such name");
    expect(ask("_http._tcp.db.shop.svc", "SRV")).toEqual([
      "SRV 0 50 80 db-0.db.shop.svc.cluster.local",
      "SRV 0 50 80 10-244-1-6.db.shop.svc.cluster.local",
    ]);
    expect(ask("none.shop.svc")).toBe("no such name");
  });

  it("an external name is an alias, a pod's address is in its name", () => {
    expect(ask("far.shop.svc")).toEqual(["CNAME example.org"]);
    expect(ask("10-244-9-9.shop.pod")).toEqual(["A 10.244.9.9"]);
    expect(ask("x.shop.pod")).toBe("no such name");
  });

  it("what is above a service is there and empty; all else is not", () => {
    expect(ask("shop.svc")).toEqual([]);
    expect(ask("svc")).toEqual([]);
    for (const name of ["ghost.shop.svc", "web.ghost.svc", "ghost.svc", "x", "_ftp._tcp.web.shop.svc"])
      expect(ask(name)).toBe("no such name");
  });

  it("addresses have names backwards", () => {
    const back = (name: string) => reverseRecords(VIEW, "cluster.local", `${name}.in-addr.arpa`, "PTR");
    expect(back("1.1.96.10")).toMatchObject([{ data: "web.shop.svc.cluster.local" }]);
    expect(back("5.1.244.10")).toMatchObject([{ data: "db-0.db.shop.svc.cluster.local" }]);
    expect(back("7.1.244.10")).toBe("no such name");
  });
});
