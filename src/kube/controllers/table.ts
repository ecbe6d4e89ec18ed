import { bootstrapSigner, tokenCleaner } from "./bootstrap/bootstrap.ts";
import { certificateCleaner, certificateSigner } from "./certificates/signing.ts";
import { clusterRoleAggregation } from "./cluster-role-aggregation/aggregation.ts";
import type { ControllerDefinition } from "./controller.ts";
import { cronJobController } from "./cronjob/cron-job.ts";
import { daemonSetController } from "./daemonset/daemon-set.ts";
import { deploymentController } from "./deployment/deployment.ts";
import { disruptionController } from "./disruption/disruption.ts";
import { endpointsController } from "./endpoints/endpoints.ts";
import { endpointSliceController } from "./endpointslice/endpointslice.ts";
import { garbageCollector } from "./garbage-collector/garbage-collector.ts";
import { horizontalPodAutoscaler } from "./horizontal-pod-autoscaler/autoscaler.ts";
import { jobController } from "./job/job.ts";
import { namespaceController } from "./namespace/namespace.ts";
import { nodeIpamController, ttlController } from "./node-ipam/node-ipam.ts";
import { nodeLifecycleController } from "./node-lifecycle/node-lifecycle.ts";
import { taintEvictionController } from "./node-lifecycle/taint-eviction.ts";
import { claimProtection, volumeProtection } from "./persistent-volume/protection.ts";
import { volumeBinder } from "./persistent-volume/volume-binder.ts";
import { podGarbageCollector } from "./pod-gc/pod-gc.ts";
import { replicaSetController, replicationController } from "./replicaset/replica-set.ts";
import { resourceQuotaController } from "./resource-quota/resource-quota.ts";
import { rootCaCertPublisher, serviceAccountController } from "./service-account/service-account.ts";
import { tokenSecrets } from "./service-account/token-secrets.ts";
import { statefulSetController } from "./statefulset/stateful-set.ts";

/** All controllers, in the order in which they start. To add one: write its folder, put it here. */
export const CONTROLLERS: readonly ControllerDefinition[] = [
  tokenSecrets,
  serviceAccountController,
  rootCaCertPublisher,
  namespaceController,
  garbageCollector,
  endpointsController,
  endpointSliceController,
  replicationController,
  replicaSetController,
  deploymentController,
  daemonSetController,
  statefulSetController,
  jobController,
  cronJobController,
  podGarbageCollector,
  nodeIpamController,
  nodeLifecycleController,
  taintEvictionController,
  ttlController,
  volumeBinder,
  claimProtection,
  volumeProtection,
  resourceQuotaController,
  disruptionController,
  horizontalPodAutoscaler,
  clusterRoleAggregation,
  bootstrapSigner,
  tokenCleaner,
  certificateSigner,
  certificateCleaner,
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
