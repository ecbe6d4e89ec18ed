import { isNotFound } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import { CommandError, throwAll } from "../core/failure.ts";
import { fields } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import { getInfo, type Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { fetchList, type Selection, type SelectionOptions, select, selectsNothing } from "../core/selection.ts";
import { nothingFound } from "../get/get.ts";
import { describeAutoscaler } from "./autoscaler.ts";
import { describeCertificateRequest } from "./certificate-request.ts";
import { describeGeneric } from "./generic.ts";
import { describeIngress, describeIngressClass, describeIpAddress, describeServiceCidr } from "./ingress.ts";
import { describeDisruptionBudget, describeLimitRange, describeQuota } from "./limits.ts";
import { describeEndpointSlice, describeEndpoints, describeService } from "./network.ts";
import { describeNetworkPolicy } from "./network-policy.ts";
import { describeNode } from "./node.ts";
import { describePod } from "./pod.ts";
import { SMALL_DESCRIBERS } from "./small-kinds.ts";
import { describeCsiNode, describeStorageClass, describeVolumeAttributes } from "./storage.ts";
import {
  describeCronJob,
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeStatefulSet,
} from "./workloads.ts";
import { DescribeWriter } from "./writer.ts";

/** kubectl describe */
export const describe: KubectlCommand = {
  name: "describe",
  use: "(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)",
  short: "Show details of a specific resource or group of resources",
  group: "debugging",
  flags: flagsFor("describe"),
  run: runDescribe,
  complete: completeResources,
};

type Describer = (kubectl: Kubectl, info: Info, writer: DescribeWriter) => Task<void>;

const DESCRIBERS: Readonly<Record<string, Describer>> = {
  ...SMALL_DESCRIBERS,
  "Pod.": describePod,
  "Node.": describeNode,
  "Service.": describeService,
  "Endpoints.": describeEndpoints,
  "ReplicationController.": describeReplicaSet,
  "EndpointSlice.discovery.k8s.io": describeEndpointSlice,
  "LimitRange.": describeLimitRange,
  "ResourceQuota.": describeQuota,
  "Ingress.networking.k8s.io": describeIngress,
  "IngressClass.networking.k8s.io": describeIngressClass,
  "IPAddress.networking.k8s.io": describeIpAddress,
  "NetworkPolicy.networking.k8s.io": describeNetworkPolicy,
  "ServiceCIDR.networking.k8s.io": describeServiceCidr,
  "PodDisruptionBudget.policy": describeDisruptionBudget,
  "StorageClass.storage.k8s.io": describeStorageClass,
  "VolumeAttributesClass.storage.k8s.io": describeVolumeAttributes,
  "CSINode.storage.k8s.io": describeCsiNode,
  "Deployment.apps": describeDeployment,
  "ReplicaSet.apps": describeReplicaSet,
  "DaemonSet.apps": describeDaemonSet,
  "StatefulSet.apps": describeStatefulSet,
  "CronJob.batch": describeCronJob,
  "Job.batch": describeJob,
  "HorizontalPodAutoscaler.autoscaling": describeAutoscaler,
  "CertificateSigningRequest.certificates.k8s.io": describeCertificateRequest,
};

function* runDescribe(kubectl: Kubectl): Task<number> {
  const options: SelectionOptions = {
    args: kubectl.parsed.args,
    filenames: kubectl.parsed.list("filename"),
    kustomize: kubectl.flag("kustomize"),
    recursive: kubectl.isSet("recursive"),
    selector: kubectl.flag("selector"),
    allNamespaces: kubectl.isSet("all-namespaces"),
    typeMeansAll: true,
  };
  if (selectsNothing(options)) {
    throw new CommandError(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
    );
  }
  const selections = yield* select(kubectl, options);
  const errors: unknown[] = [];
  let count = 0;
  for (const selection of selections) {
    try {
      for (const info of yield* infosOf(kubectl, selection, options)) {
        const nearly = selection.kind === "object" && info.name !== selection.info.name;
        // Those whose names begin so end with an empty line each; between others there are two.
        yield* kubectl.out(
          (count++ === 0 || nearly ? "" : "\n\n") + (yield* describeOne(kubectl, info)) + (nearly ? "\n" : ""),
        );
      }
    } catch (error) {
      if (!(error instanceof Error) || error instanceof TypeError) throw error;
      errors.push(error);
    }
  }
  throwAll(errors);
  if (count === 0) yield* kubectl.err(nothingFound(kubectl, selections, options));
  return 0;
}

/** The text about one object. */
function* describeOne(kubectl: Kubectl, info: Info): Task<string> {
  const writer = new DescribeWriter();
  const describer = DESCRIBERS[`${info.resource.kind}.${info.resource.group}`] ?? describeGeneric;
  yield* describer(kubectl, info, writer);
  return writer.finish();
}

/** A name that is not there is taken as the beginning of names. */
function* infosOf(kubectl: Kubectl, selection: Selection, options: SelectionOptions): Task<Info[]> {
  if (selection.kind === "list") return yield* fetchList(kubectl, selection, options);
  const { info } = selection;
  try {
    return [{ ...info, object: fields(yield* getInfo(kubectl, info)) }];
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const all = yield* fetchList(
      kubectl,
      { kind: "list", resource: info.resource, namespace: info.namespace },
      { args: [] },
    );
    const near = all.filter((one) => one.name.startsWith(info.name));
    if (near.length === 0) throw error;
    return near;
  }
}
