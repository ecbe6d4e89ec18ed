import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { fromBase64, text, utf8 } from "../../../base/bytes.ts";
import { base64Url } from "../../../pki/base64-url.ts";
import type { Task } from "../../../sim/task.ts";
import { timeOrZero } from "../../api/time.ts";
import type { ConfigMap, Secret } from "../../api/types.generated.ts";
import { sameJson } from "../../client/json-value.ts";
import { CONFIG_MAPS, SECRETS } from "../../client/resources.ts";
import { isNotFound } from "../../client/status-error.ts";
import { type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";

const TOKEN_TYPE = "bootstrap.kubernetes.io/token";
const SIGNATURE = "jws-kubeconfig-";
const CLUSTER_INFO = "kube-public/cluster-info";

function field(secret: Secret, name: string): string {
  const decoded = fromBase64(secret.data?.[name] ?? "");
  return "bytes" in decoded ? text(decoded.bytes) : "";
}

function isToken(secret: Secret): boolean {
  return secret.type === TOKEN_TYPE && secret.metadata.namespace === "kube-system";
}

/** A detached JWS over the kubeconfig, by which joining nodes trust it (HS256 with the whole token as key). */
function sign(kubeconfig: string, id: string, secret: string): string {
  const header = base64Url(utf8(JSON.stringify({ alg: "HS256", kid: id })));
  const payload = base64Url(utf8(kubeconfig));
  const signature = hmac(sha256, utf8(`${id}.${secret}`), utf8(`${header}.${payload}`));
  return `${header}..${base64Url(signature)}`;
}

/** Signs kube-public/cluster-info with every bootstrap token that may sign. */
export const bootstrapSigner: ControllerDefinition = {
  name: "bootstrap-signer-controller",
  serviceAccount: "bootstrap-signer",
  onByDefault: false,
  start(context) {
    const maps = context.informer(CONFIG_MAPS);
    const secrets = context.informer(SECRETS);
    const queue = newQueue(context);
    maps.onChange(({ key }) => {
      if (key === CLUSTER_INFO) queue.add(key);
    });
    secrets.onChange(({ old, object }) => {
      const secret = object ?? old;
      if (secret !== undefined && isToken(secret)) queue.add(CLUSTER_INFO);
    });
    const reconcile = function* (): Task<void> {
      const info = maps.get(CLUSTER_INFO);
      const kubeconfig = info?.data?.["kubeconfig"];
      if (info === undefined || kubeconfig === undefined) return;
      const data: Record<string, string> = {};
      for (const [key, value] of Object.entries(info.data ?? {})) if (!key.startsWith(SIGNATURE)) data[key] = value;
      for (const secret of secrets.values()) {
        if (!isToken(secret) || field(secret, "usage-bootstrap-signing") !== "true") continue;
        const id = field(secret, "token-id");
        data[SIGNATURE + id] = sign(kubeconfig, id, field(secret, "token-secret"));
      }
      if (!sameJson(data, info.data)) yield* context.client.update(CONFIG_MAPS, { ...info, data } as ConfigMap);
    };
    runWorkers(context, "bootstrap-signer", queue, reconcile, [maps, secrets], 1);
  },
};

/** Deletes bootstrap tokens that have expired. */
export const tokenCleaner: ControllerDefinition = {
  name: "token-cleaner-controller",
  serviceAccount: "token-cleaner",
  onByDefault: false,
  start(context) {
    const secrets = context.informer(SECRETS);
    const queue = newQueue(context);
    secrets.onChange(({ key, object }) => {
      if (object !== undefined && isToken(object)) queue.add(key);
    });
    const reconcile = function* (key: string): Task<void> {
      const secret = secrets.get(key);
      if (secret === undefined) return;
      const expiration = field(secret, "expiration");
      if (expiration === "") return;
      const left = timeOrZero(expiration) - context.clock.now;
      if (left > 0) {
        queue.addAfter(key, left);
        return;
      }
      try {
        yield* context.client.delete(SECRETS, "kube-system", secret.metadata.name ?? "", {
          uid: secret.metadata.uid ?? "",
        });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    };
    runWorkers(context, "token-cleaner", queue, reconcile, [secrets], 1);
  },
};
