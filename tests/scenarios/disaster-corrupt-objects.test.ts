import { describe, expect, it } from "vitest";
import { Operator } from "../support/operator.ts";

const CM = "/api/v1/namespaces/default/configmaps";
const UNSAFE = "ignoreStoreReadErrorWithClusterBreakingPotential=true";
const CORRUPT = (revision: string) =>
  `StorageError: corrupt object, Code: 7, Key: /configmaps/default/gg, ResourceVersion: 0, AdditionalErrorMsg: object not decodable revision=${revision}: illegal base64 data at input byte 4`;

function withGates(gates: string): Operator {
  const at = new Operator();
  at.type(
    `sed -i 's/- kube-apiserver$/- kube-apiserver\\n    - --feature-gates=${gates}/' /etc/kubernetes/manifests/kube-apiserver.yaml`,
  );
  at.wait(20);
  at.type("etcdctl put /registry/configmaps/default/gg garbage");
  at.wait(1);
  return at;
}

/** Feature gate AllowUnsafeMalformedObjectDeletion (alpha): what can't be read is set apart, and may be deleted. */
describe("objects that can't be read, with the feature gate", () => {
  it("are told of as corrupt, by their key", () => {
    const at = withGates("AllowUnsafeMalformedObjectDeletion=true");
    const revision = at.type(
      "etcdctl get /registry/configmaps/default/gg -w json | jq .kvs[0].mod_revision | tr -d '\\n'",
    );
    const text = `Error from server (InternalError): Internal error occurred: ${CORRUPT(revision)}\n`;
    expect(at.type("kubectl get cm gg")).toBe(text);
    expect(at.type("kubectl delete cm gg")).toBe(text);
    const listed = "failed to read one or more configmaps from the storage";
    expect(at.type("kubectl get cm")).toBe(`Error from server (StorageReadError): ${listed}\n`);
    expect(
      at.type(
        `kubectl proxy --port=8001 >/dev/null & sleep 1; curl -s localhost:8001${CM} | jq -c .details | cat; kill %1`,
      ),
    ).toBe(
      `${JSON.stringify({
        name: "list",
        kind: "configmaps",
        causes: [
          {
            reason: "UnexpectedServerResponse",
            message: CORRUPT(revision).replace("Key: ", "Key: /registry"),
            field: "/registry/configmaps/default/gg",
          },
        ],
      })}\n`,
    );
    expect(at.type("kubectl logs -n kube-system -l component=kube-apiserver --tail=3")).toContain(
      `cacher (configmaps): unexpected ListAndWatch error: failed to list *core.ConfigMap: ${listed}; reinitializing...`,
    );
  });

  it("are deleted by whoever may, and only they", () => {
    const at = withGates("AllAlpha=true");
    const raw = (name: string, more = "") => at.type(`kubectl delete --raw '${CM}/${name}?${UNSAFE}${more}'`);
    const exclusive = `ignoreStoreReadErrorWithClusterBreakingPotential: Invalid value: true: is exclusively used to delete corrupt object(s), try again by removing this option`;
    expect(raw("app-config")).toBe(`The configmaps "app-config" is invalid: ${exclusive}\n`);
    expect(raw("gg", "&gracePeriodSeconds=0")).toBe(
      `The DeleteOptions "" is invalid: ignoreStoreReadErrorWithClusterBreakingPotential: Invalid value: true: cannot be set together with .gracePeriodSeconds\n`,
    );
    at.type("kubectl create clusterrole d --verb=delete --resource=configmaps");
    at.type("kubectl create clusterrolebinding d --clusterrole=d --user=jane");
    expect(at.type(`kubectl delete --as=jane --raw '${CM}/gg?${UNSAFE}'`)).toBe(
      'Error from server (Forbidden): configmaps "gg" is forbidden: not permitted to do "unsafe-delete-ignore-read-errors", reason: \n',
    );
    expect(raw("gg").trim()).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","details":{"name":"gg","kind":"ConfigMap"},"code":200}',
    );
    expect(at.type("kubectl get cm -o name")).toBe("configmap/app-config\nconfigmap/kube-root-ca.crt\n");
    expect(raw("gg")).toBe(`The configmaps "gg" is invalid: ${exclusive}\n`);
  });

  it("are not deleted while it is off", () => {
    const at = withGates("AllAlpha=true,kube:AllowUnsafeMalformedObjectDeletion=false");
    const plain = "Error from server: illegal base64 data at input byte 4\n";
    expect(at.type("kubectl get cm gg")).toBe(plain);
    expect(at.type(`kubectl delete --raw '${CM}/gg?${UNSAFE}'`)).toBe(plain);
    expect(at.type(`kubectl delete --raw '${CM}/app-config?${UNSAFE}' | jq -r .status | cat`)).toBe("Success\n");
  });
});
