import type { ControllerDefinition } from "./controller.ts";
import { deploymentController } from "./deployment/deployment.ts";
import { replicaSetController, replicationController } from "./replicaset/replica-set.ts";

/** All controllers, in the order in which they start. To add one: write its folder, put it here. */
export const CONTROLLERS: readonly ControllerDefinition[] = [
  replicaSetController,
  replicationController,
  deploymentController,
];

/**
 * The service accounts of kube-system that kube-controller-manager v1.35 makes when it starts, one for each controller
 * that has a client, those not imitated here included.
 */
export const SERVICE_ACCOUNT_NAMES: readonly string[] = [
  "attachdetach-controller",
  "bootstrap-signer",
  "certificate-controller",
  "clusterrole-aggregation-controller",
  "cronjob-controller",
  "daemon-set-controller",
  "deployment-controller",
  "disruption-controller",
  "endpoint-controller",
  "endpointslice-controller",
  "endpointslicemirroring-controller",
  "ephemeral-volume-controller",
  "expand-controller",
  "generic-garbage-collector",
  "horizontal-pod-autoscaler",
  "job-controller",
  "legacy-service-account-token-cleaner",
  "namespace-controller",
  "node-controller",
  "persistent-volume-binder",
  "pod-garbage-collector",
  "pv-protection-controller",
  "pvc-protection-controller",
  "replicaset-controller",
  "replication-controller",
  "resource-claim-controller",
  "resourcequota-controller",
  "root-ca-cert-publisher",
  "service-account-controller",
  "service-cidrs-controller",
  "statefulset-controller",
  "token-cleaner",
  "ttl-after-finished-controller",
  "ttl-controller",
  "validatingadmissionpolicy-status-controller",
  "volumeattributesclass-protection-controller",
];
