import type { Fields } from "../../api/decode.ts";
import type { KubeObject } from "../../api/kube-object.ts";
import type {
  AutoscalingV1HorizontalPodAutoscaler,
  Event,
  HorizontalPodAutoscaler,
} from "../../api/types.generated.ts";
import type { KindView } from "./kind.ts";

interface View {
  /** The version that is stored. */
  readonly stored: { readonly group: string; readonly version: string };
  readonly conversion: KindView;
}

const VIEWS: Readonly<Record<string, View>> = {
  "autoscaling/v1/HorizontalPodAutoscaler": {
    stored: { group: "autoscaling", version: "v2" },
    conversion: { toStored: hpaFromV1, fromStored: hpaToV1 },
  },
  "events.k8s.io/v1/Event": {
    stored: { group: "", version: "v1" },
    conversion: { toStored: eventFromNew, fromStored: eventToNew },
  },
};

/** How a version is kept in another, or undefined for versions that are stored as they are. */
export function viewOf(group: string, version: string, kind: string): View | undefined {
  return VIEWS[`${group}/${version}/${kind}`];
}

function hpaFromV1(object: Fields): Fields {
  const { spec, status } = object as unknown as AutoscalingV1HorizontalPodAutoscaler;
  const { targetCPUUtilizationPercentage: target, ...rest } = spec;
  const { currentCPUUtilizationPercentage: current, ...restStatus } = status ?? {
    currentReplicas: 0,
    desiredReplicas: 0,
  };
  const metrics =
    target == null
      ? {}
      : {
          metrics: [
            {
              type: "Resource",
              resource: { name: "cpu", target: { type: "Utilization", averageUtilization: target } },
            },
          ],
        };
  const currentMetrics =
    current == null
      ? {}
      : { currentMetrics: [{ type: "Resource", resource: { name: "cpu", current: { averageUtilization: current } } }] };
  return {
    ...object,
    apiVersion: "autoscaling/v2",
    spec: { ...rest, ...metrics },
    status: { ...restStatus, ...currentMetrics },
  };
}

function hpaToV1(object: KubeObject): KubeObject {
  const { spec, status, ...rest } = object as HorizontalPodAutoscaler;
  const { metrics, behavior: _behavior, ...kept } = spec;
  const { currentMetrics, conditions: _conditions, ...keptStatus } = status ?? { desiredReplicas: 0 };
  const cpu = metrics?.find(({ resource }) => resource?.name === "cpu")?.resource?.target?.averageUtilization;
  const now = currentMetrics?.find(({ resource }) => resource?.name === "cpu")?.resource?.current?.averageUtilization;
  return {
    ...rest,
    apiVersion: "autoscaling/v1",
    spec: { ...kept, ...(cpu == null ? {} : { targetCPUUtilizationPercentage: cpu }) },
    status: { currentReplicas: 0, ...keptStatus, ...(now == null ? {} : { currentCPUUtilizationPercentage: now }) },
  } as KubeObject;
}

function eventFromNew(object: Fields): Fields {
  const {
    regarding,
    note,
    reportingController,
    deprecatedSource,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedCount,
    ...rest
  } = object;
  return {
    ...rest,
    apiVersion: "v1",
    involvedObject: regarding,
    message: note,
    reportingComponent: reportingController,
    source: deprecatedSource,
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    count: deprecatedCount,
  };
}

function eventToNew(object: KubeObject): KubeObject {
  const { involvedObject, message, reportingComponent, source, firstTimestamp, lastTimestamp, count, ...rest } =
    object as Event;
  return {
    ...rest,
    apiVersion: "events.k8s.io/v1",
    regarding: involvedObject,
    note: message,
    reportingController: reportingComponent,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    ...(count === undefined ? {} : { deprecatedCount: count }),
  } as KubeObject;
}
