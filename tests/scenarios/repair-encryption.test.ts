import { describe, expect, test } from "vitest";
import { oneTerminal } from "../support/one-terminal.ts";

/** Encryption at rest as an operator turns it on, rotates its key, loses it, and gets it wrong. */
const { type } = oneTerminal("test");
const FILE = "/etc/kubernetes/pki/enc.yaml";
const MANIFEST = "/etc/kubernetes/manifests/kube-apiserver.yaml";
const KEY1 = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const KEY2 = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
const ETCD =
  "--endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key";

function configure(...providers: readonly string[]): void {
  type(
    `printf '%s\\n' 'apiVersion: apiserver.config.k8s.io/v1' 'kind: EncryptionConfiguration' resources: '- resources: [secrets]' '  providers:' ${providers.map((line) => `'  - ${line}'`).join(" ")} > ${FILE}`,
  );
}

function aescbc(...keys: readonly (readonly [name: string, secret: string])[]): string {
  return `aescbc: {keys: [${keys.map(([name, secret]) => `{name: ${name}, secret: ${secret}}`).join(", ")}]}`;
}

function turnOn(more = ""): void {
  type(
    `sed -i 's#--secure-port=6443#--secure-port=6443\\n    - --encryption-provider-config=${FILE}${more}#' ${MANIFEST}`,
  );
  settle();
}

/** The kubelet sees the manifest and the server is up again. */
function settle(): void {
  type("sleep 40; until kubectl get --raw /livez >/dev/null 2>&1; do sleep 1; done");
}

function restartServer(): void {
  type(`mv ${MANIFEST} /tmp/ && sleep 25 && mv /tmp/kube-apiserver.yaml ${MANIFEST}`);
  settle();
}

const markOf = (name: string) =>
  type(`etcdctl ${ETCD} get /registry/secrets/default/${name} --print-value-only | head -c 23`).stdout;

describe("encryption at rest", () => {
  test("changes what is written from then on, and what is there once it is replaced", () => {
    configure(aescbc(["key1", KEY1]), "identity: {}");
    turnOn();
    expect(markOf("db-credentials")).toMatch(/^\{"kind":"Secret"/);
    type("kubectl create secret generic fresh --from-literal=k=v");
    expect(markOf("fresh")).toBe("k8s:enc:aescbc:v1:key1:");
    expect(type("kubectl get secrets -A -o json | kubectl replace -f -").stdout).toContain(
      "secret/db-credentials replaced\n",
    );
    expect(markOf("db-credentials")).toBe("k8s:enc:aescbc:v1:key1:");
    expect(type("kubectl get secret db-credentials -o jsonpath='{.data.password}' | base64 -d").stdout).toBe(
      "S3cr3tPassw0rd",
    );
  });

  test("moves from one key to the next without a moment that can't read", () => {
    configure(aescbc(["key1", KEY1]), "identity: {}");
    turnOn();
    type("kubectl get secrets -A -o json | kubectl replace -f -");
    configure(aescbc(["key2", KEY2], ["key1", KEY1]), "identity: {}");
    restartServer();
    expect(markOf("db-credentials")).toBe("k8s:enc:aescbc:v1:key1:");
    const version = () => type("kubectl get secret db-credentials -o jsonpath='{.metadata.resourceVersion}'").stdout;
    const before = version();
    type("kubectl get secrets -A -o json | kubectl replace -f -");
    expect(markOf("db-credentials")).toBe("k8s:enc:aescbc:v1:key2:");
    expect(version()).not.toBe(before);
    configure(aescbc(["key2", KEY2]), "identity: {}");
    restartServer();
    expect(type("kubectl get secret db-credentials").exitCode).toBe(0);
    const after = version();
    type("kubectl get secret db-credentials -o json | kubectl replace -f -");
    expect(version()).toBe(after);
  });

  test("cannot be read with another key, and can again when the key is back", () => {
    configure(aescbc(["key1", KEY1]));
    turnOn();
    type("kubectl create secret generic locked --from-literal=k=v");
    configure(aescbc(["key9", KEY2]), "identity: {}");
    restartServer();
    const lost = "no matching key was found for the provided AES transformer";
    expect(type("kubectl get secret locked").stderr).toBe(
      `Error from server (InternalError): Internal error occurred: ${lost}\n`,
    );
    expect(type("kubectl get secrets").stderr).toBe(
      `Error from server (InternalError): Internal error occurred: unable to transform key "/registry/secrets/default/locked": ${lost}\n`,
    );
    expect(type("kubectl get secret db-credentials").exitCode).toBe(0);
    expect(type("kubectl get pods -n kube-system").exitCode).toBe(0);
    expect(type("kubectl delete secret locked").exitCode).toBe(1);
    configure(aescbc(["key1", KEY1]), "identity: {}");
    restartServer();
    expect(type("kubectl get secret locked -o jsonpath='{.data.k}'").stdout).toBe("dg==");
  });

  test("with a bad file keeps the API server from starting; its log says why", () => {
    configure(aescbc(["key1", "c2hvcnQ="]));
    type(`sed -i 's#--secure-port=6443#--secure-port=6443\\n    - --encryption-provider-config=${FILE}#' ${MANIFEST}`);
    type("sleep 60");
    expect(type("kubectl get pods").stderr).toContain("connection refused");
    expect(
      type("cat /var/log/pods/kube-system_kube-apiserver-*/kube-apiserver/*.log | grep -h 'command failed'").stdout,
    ).toContain(
      'err="error while parsing file: resources[0].providers[0].aescbc.keys[0].secret: Invalid value: \\"REDACTED\\": secret is not of the expected length, got 5, expected one of [16 24 32]"',
    );
    expect(type("crictl ps -a --name kube-apiserver").stdout).toContain("Exited");
    expect(type("journalctl -u kubelet --no-pager | grep CrashLoopBackOff").stdout).toContain("kube-apiserver");
    configure(aescbc(["key1", KEY1]), "identity: {}");
    type("sleep 300");
    expect(type("kubectl get secret db-credentials").exitCode).toBe(0);
  });

  test("is followed without a restart when the server is told to", () => {
    configure(aescbc(["key1", KEY1]), "identity: {}");
    turnOn("\\n    - --encryption-provider-config-automatic-reload=true");
    configure("identity: {}", aescbc(["key1", KEY1]));
    type("kubectl create secret generic one --from-literal=k=v");
    expect(markOf("one")).toBe("k8s:enc:aescbc:v1:key1:");
    type("sleep 61; kubectl create secret generic two --from-literal=k=v");
    expect(markOf("two")).toMatch(/^\{"kind"/);
    expect(type("kubectl get secret one two --no-headers | wc -l").stdout.trim()).toBe("2");
  });
});
