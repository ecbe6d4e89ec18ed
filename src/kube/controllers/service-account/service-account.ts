import type { Task } from "../../../sim/task.ts";
import type { ConfigMap, ServiceAccount } from "../../api/types.generated.ts";
import { CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS } from "../../client/resources.ts";
import { hasReason, isAlreadyExists, isNotFound } from "../../client/status-error.ts";
import { type ControllerContext, type ControllerDefinition, newQueue, runWorkers } from "../controller.ts";

const DESCRIPTION =
  "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the " +
  "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";
const CA_NAME = "kube-root-ca.crt";

/** Makes the account `default` in every namespace, again when it is deleted. */
export const serviceAccountController: ControllerDefinition = {
  name: "serviceaccount-controller",
  serviceAccount: "service-account-controller",
  start(context) {
    const accounts = context.informer(SERVICE_ACCOUNTS);
    keepInEveryNamespace(context, "serviceaccount", accounts, "default", (namespace) =>
      accounts.get(`${namespace}/default`) === undefined ? () => createAccount(context, namespace) : undefined,
    );
  },
};

function* createAccount(context: ControllerContext, namespace: string): Task<void> {
  yield* context.client.create(SERVICE_ACCOUNTS, { metadata: { name: "default", namespace } } as ServiceAccount);
}

/** Publishes the cluster's root certificate to every namespace. */
export const rootCaCertPublisher: ControllerDefinition = {
  name: "root-ca-certificate-publisher-controller",
  serviceAccount: "root-ca-cert-publisher",
  start(context) {
    const maps = context.informer(CONFIG_MAPS);
    keepInEveryNamespace(context, "root-ca-cert-publisher", maps, CA_NAME, (namespace) => {
      const known = maps.get(`${namespace}/${CA_NAME}`);
      if (known === undefined) return () => createCa(context, namespace);
      return known.data?.["ca.crt"] === context.options.rootCa ? undefined : () => repairCa(context, known);
    });
  },
};

function* createCa(context: ControllerContext, namespace: string): Task<void> {
  const annotations = { "kubernetes.io/description": DESCRIPTION };
  const data = { "ca.crt": context.options.rootCa };
  yield* context.client.create(CONFIG_MAPS, { metadata: { name: CA_NAME, namespace, annotations }, data } as ConfigMap);
}

function* repairCa(context: ControllerContext, known: ConfigMap): Task<void> {
  const annotations = { ...known.metadata.annotations, "kubernetes.io/description": DESCRIPTION };
  const data = { "ca.crt": context.options.rootCa };
  yield* context.client.update(CONFIG_MAPS, { ...known, metadata: { ...known.metadata, annotations }, data });
}

/** Runs what `missing` asks for whenever a namespace comes or its object of that name changes. */
function keepInEveryNamespace(
  context: ControllerContext,
  name: string,
  objects: ReturnType<typeof context.informer>,
  objectName: string,
  missing: (namespace: string) => (() => Task<void>) | undefined,
): void {
  const namespaces = context.informer(NAMESPACES);
  const queue = newQueue(context);
  namespaces.onChange(({ key, object }) => {
    if (object !== undefined) queue.add(key);
  });
  objects.onChange(({ object, old }) => {
    const meta = (object ?? old)?.metadata;
    if (meta?.name === objectName) queue.add(meta.namespace ?? "");
  });
  const reconcile = function* (namespace: string): Task<void> {
    const found = namespaces.get(namespace);
    if (found === undefined || found.status?.phase === "Terminating" || found.metadata.deletionTimestamp !== undefined)
      return;
    const repair = missing(namespace);
    if (repair === undefined) return;
    try {
      yield* repair();
    } catch (error) {
      const terminating =
        hasReason(error, "Forbidden") && error.causes.some((cause) => cause.reason === "NamespaceTerminating");
      if (!isAlreadyExists(error) && !isNotFound(error) && !terminating) throw error;
    }
  };
  runWorkers(context, name, queue, reconcile, [namespaces, objects], 1);
}
