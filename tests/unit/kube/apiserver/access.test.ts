import { describe, expect, it } from "vitest";
import { TestApiServer } from "../../../support/api-server.ts";

const SECRETS = "/api/v1/namespaces/kube-system/secrets";
const ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";

describe("access", () => {
  it("is anonymous's to version and health only", () => {
    const server = new TestApiServer();
    expect(server.handle("GET", "/version").body.gitVersion).toBe("v1.35.2");
    expect(server.handle("GET", "/readyz").body).toBe("ok");
    expect(server.handle("GET", "/api/v1/pods").body.message).toBe(
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
    );
    expect(server.handle("GET", "/nope").body.message).toBe(
      'forbidden: User "system:anonymous" cannot get path "/nope"',
    );
  });

  it("needs a token that is good", () => {
    const server = new TestApiServer();
    expect(server.handle("GET", "/api/v1/pods", { authorization: "Bearer nonsense" })).toMatchObject({
      status: 401,
      body: { message: "Unauthorized" },
    });
  });

  it("comes to service accounts by roles, and ends with the account", () => {
    const server = new TestApiServer();
    server.ask("POST", ACCOUNTS, { metadata: { name: "robot" } });
    const request = { kind: "TokenRequest", apiVersion: "authentication.k8s.io/v1", metadata: {}, spec: {} };
    const { token } = server.ask("POST", `${ACCOUNTS}/robot/token`, request).body.status;
    const headers = { authorization: `Bearer ${token}` };
    const list = () => server.handle("GET", "/api/v1/namespaces/default/pods", headers);
    expect(list().body.message).toBe(
      'pods is forbidden: User "system:serviceaccount:default:robot" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    server.ask("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", {
      metadata: { name: "robot-view" },
      roleRef: { kind: "ClusterRole", name: "view", apiGroup: "rbac.authorization.k8s.io" },
      subjects: [{ kind: "ServiceAccount", name: "robot", namespace: "default" }],
    });
    server.pass(10);
    expect(list().status).toBe(200);
    server.ask("DELETE", "/apis/rbac.authorization.k8s.io/v1/clusterroles/view");
    server.pass(10);
    expect(list().body.message).toMatch(/: RBAC: clusterrole\.rbac\.authorization\.k8s\.io "view" not found$/);
    server.ask("DELETE", `${ACCOUNTS}/robot`);
    server.pass(10);
    expect(list().status).toBe(401);
  });

  it("to one object by name is access to a list and watch of that name", () => {
    const server = new TestApiServer();
    const roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
    const rules = [{ apiGroups: [""], resources: ["configmaps"], resourceNames: ["mine"], verbs: ["list", "watch"] }];
    server.ask("POST", ACCOUNTS, { metadata: { name: "robot" } });
    server.ask("POST", `${roles}/roles`, { metadata: { name: "mine" }, rules });
    server.ask("POST", `${roles}/rolebindings`, {
      metadata: { name: "mine" },
      roleRef: { kind: "Role", name: "mine", apiGroup: "rbac.authorization.k8s.io" },
      subjects: [{ kind: "ServiceAccount", name: "robot", namespace: "default" }],
    });
    const request = { kind: "TokenRequest", apiVersion: "authentication.k8s.io/v1", metadata: {}, spec: {} };
    const { token } = server.ask("POST", `${ACCOUNTS}/robot/token`, request).body.status;
    const list = (selector: string) =>
      server.handle("GET", `/api/v1/namespaces/default/configmaps?fieldSelector=${selector}`, {
        authorization: `Bearer ${token}`,
      });
    server.pass(10);
    expect(list("metadata.name%3Dmine").status).toBe(200);
    expect(list("metadata.name!%3Dmine").body.message).toMatch(/^configmaps is forbidden: /);
    expect(list("metadata.name%3Dother").body.message).toMatch(/^configmaps "other" is forbidden: /);
  });

  it("is asked about in reviews", () => {
    const server = new TestApiServer();
    const review = {
      spec: { user: "jane", resourceAttributes: { verb: "get", resource: "secrets", namespace: "default" } },
    };
    expect(server.ask("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review).body.status).toEqual({
      allowed: false,
    });
    expect(
      server.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}).body.status.userInfo.username,
    ).toBe("system:apiserver");
  });

  it("is not a short-lived token's", () => {
    const server = new TestApiServer();
    server.ask("POST", ACCOUNTS, { metadata: { name: "robot" } });
    expect(server.ask("POST", `${ACCOUNTS}/robot/token`, { spec: { expirationSeconds: 1 } }).body.message).toBe(
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
    );
  });

  it("may be bootstrapped", () => {
    const server = new TestApiServer();
    const data = {
      "token-id": "YWJjZGVm",
      "token-secret": "MDEyMzQ1Njc4OWFiY2RlZg==",
      "usage-bootstrap-authentication": "dHJ1ZQ==",
    };
    server.ask("POST", SECRETS, {
      metadata: { name: "bootstrap-token-abcdef" },
      type: "bootstrap.kubernetes.io/token",
      data,
    });
    server.pass(10);
    const reply = server.handle("GET", "/api/v1/nodes", { authorization: "Bearer abcdef.0123456789abcdef" });
    expect(reply.body.message).toContain('User "system:bootstrap:abcdef" cannot list resource "nodes"');
  });
});

describe("a fresh server", () => {
  it("makes upstream's bootstrap objects", () => {
    const server = new TestApiServer();
    const count = (prefix: string) =>
      [...server.etcd.keys.keys()].filter((key) => key.startsWith(`/registry/${prefix}/`)).length;
    expect({
      namespaces: count("namespaces"),
      roles: count("clusterroles"),
      bindings: count("clusterrolebindings"),
      apiservices: count("apiregistration.k8s.io/apiservices"),
      flowschemas: count("flowschemas"),
      levels: count("prioritylevelconfigurations"),
      classes: count("priorityclasses"),
      leases: count("leases"),
    }).toEqual({
      namespaces: 4,
      roles: 68,
      bindings: 49,
      apiservices: 21,
      flowschemas: 11,
      levels: 8,
      classes: 2,
      leases: 1,
    });
    expect(server.ask("GET", "/api/v1/namespaces/default/services/kubernetes").body.spec.clusterIP).toBe("10.96.0.1");
    expect(server.logged).toEqual([]);
  });

  it("makes a lost namespace again within a minute, and a lost ConfigMap at once", () => {
    const server = new TestApiServer();
    server.etcd.delete("/registry/namespaces/default");
    server.etcd.delete("/registry/configmaps/kube-system/extension-apiserver-authentication");
    server.pass(1000);
    expect(server.etcd.keys.has("/registry/namespaces/default")).toBe(false);
    expect(server.etcd.keys.has("/registry/configmaps/kube-system/extension-apiserver-authentication")).toBe(true);
    server.pass(60_000);
    expect(server.etcd.keys.has("/registry/namespaces/default")).toBe(true);
  });
});
