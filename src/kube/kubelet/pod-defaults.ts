import type { Container, Pod, Probe } from "../api/types.generated.ts";

/** The defaults that the API server would have filled in, for pods that never passed it. */
export function withDefaults(pod: Pod): Pod {
  const defaulted = (container: Container) => containerDefaults(container, pod.spec.hostNetwork === true);
  return {
    ...pod,
    spec: {
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      schedulerName: "default-scheduler",
      enableServiceLinks: true,
      ...pod.spec,
      securityContext: pod.spec.securityContext ?? {},
      containers: pod.spec.containers.map(defaulted),
      ...(pod.spec.initContainers === undefined ? {} : { initContainers: pod.spec.initContainers.map(defaulted) }),
    },
  } as Pod;
}

function containerDefaults(container: Container, onHost: boolean): Container {
  const image = container.image ?? "";
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  return {
    imagePullPolicy: (tag === undefined || tag === "latest") && !image.includes("@") ? "Always" : "IfNotPresent",
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    ...container,
    resources: container.resources ?? {},
    ...(container.ports && {
      ports: container.ports.map((port) => ({
        protocol: "TCP",
        ...(onHost ? { hostPort: port.containerPort } : {}),
        ...port,
      })),
    }),
    ...(container.livenessProbe && { livenessProbe: probeDefaults(container.livenessProbe) }),
    ...(container.readinessProbe && { readinessProbe: probeDefaults(container.readinessProbe) }),
    ...(container.startupProbe && { startupProbe: probeDefaults(container.startupProbe) }),
  } as Container;
}

function probeDefaults(probe: Probe): Probe {
  return { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3, ...probe };
}
