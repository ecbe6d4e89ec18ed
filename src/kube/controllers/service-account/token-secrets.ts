import { base64, utf8 } from "../../../base/bytes.ts";
import { signJwt } from "../../../pki/jwt.ts";
import type { Task } from "../../../sim/task.ts";
import type { Secret } from "../../api/types.generated.ts";
import { SECRETS, SERVICE_ACCOUNTS } from "../../client/resources.ts";
import { hasReason, isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";

const TYPE = "kubernetes.io/service-account-token";
const NAME = "kubernetes.io/service-account.name";
const UID = "kubernetes.io/service-account.uid";

/**
 * Fills secrets of type service-account-token with a token that does not expire, and deletes those whose account is
 * gone. Mirrors pkg/controller/serviceaccount/tokens_controller.go.
 */
export const tokenSecrets: ControllerDefinition = {
  name: "serviceaccount-token-controller",
  start(context) {
    const secrets = context.informer(SECRETS);
    const accounts = context.informer(SERVICE_ACCOUNTS);
    const queue = newQueue(context);
    secrets.onChange(({ key, object }) => {
      if (object?.type === TYPE) queue.add(key);
    });
    accounts.onChange(({ old, object }) => {
      const { namespace, name } = (object ?? old)?.metadata ?? {};
      if (object !== undefined && old !== undefined) return;
      for (const secret of secrets.values())
        if (secret.type === TYPE && secret.metadata.namespace === namespace && accountOf(secret) === name)
          queue.add(`${namespace}/${secret.metadata.name}`);
    });
    const reconcile = function* (key: string): Task<void> {
      const secret = secrets.get(key);
      if (secret?.type !== TYPE) return;
      const account = accounts.get(`${secret.metadata.namespace}/${accountOf(secret)}`);
      const uid = secret.metadata.annotations?.[UID] ?? "";
      if (account === undefined || (uid !== "" && uid !== account.metadata.uid)) yield* remove(context, secret);
      else yield* fill(context, secret, account.metadata.uid ?? "");
    };
    runWorkers(context, "serviceaccount-token", queue, reconcile, [secrets, accounts], 1);
  },
};

function accountOf(secret: Secret): string {
  return secret.metadata.annotations?.[NAME] ?? "";
}

function* remove(context: ControllerContext, secret: Secret): Task<void> {
  const { namespace = "", name = "", uid = "" } = secret.metadata;
  try {
    yield* context.client.delete(SECRETS, namespace, name, { uid });
  } catch (error) {
    if (!isNotFound(error) && !hasReason(error, "Conflict")) throw error;
  }
}

function* fill(context: ControllerContext, secret: Secret, uid: string): Task<void> {
  const key = context.options.serviceAccountKey();
  if (key === undefined) return;
  const { namespace = "", name = "" } = secret.metadata;
  const data: Record<string, string> = {
    ...secret.data,
    "ca.crt": base64(utf8(context.options.rootCa)),
    namespace: base64(utf8(namespace)),
  };
  const claims = {
    iss: "kubernetes/serviceaccount",
    "kubernetes.io/serviceaccount/namespace": namespace,
    "kubernetes.io/serviceaccount/secret.name": name,
    "kubernetes.io/serviceaccount/service-account.name": accountOf(secret),
    "kubernetes.io/serviceaccount/service-account.uid": uid,
    sub: `system:serviceaccount:${namespace}:${accountOf(secret)}`,
  };
  data["token"] ??= base64(utf8(signJwt(key, claims)));
  const whole = Object.entries(data).every(([name, value]) => secret.data?.[name] === value);
  if (whole && secret.metadata.annotations?.[UID] === uid) return;
  const metadata = { ...secret.metadata, annotations: { ...secret.metadata.annotations, [UID]: uid } };
  yield* context.client.update(SECRETS, { ...secret, metadata, data });
}
