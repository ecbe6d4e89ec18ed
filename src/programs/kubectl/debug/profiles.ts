import { CommandError } from "../core/failure.ts";
import { type Fields, fields, fieldsAt, listAt, textAt, withAt } from "../core/fields.ts";

/** What is debugged: a node, a pod by a container put into it, or a copy of a pod. */
export type DebugStyle = "node" | "ephemeral" | "copy";

/** What a copy keeps of the pod that it is made of. */
export interface Kept {
  readonly labels: boolean;
  readonly annotations: boolean;
  readonly initContainers: boolean;
  /** By the probe's name. */
  readonly probes: ReadonlySet<string>;
}

const PROFILES = ["legacy", "general", "baseline", "restricted", "netadmin", "sysadmin"];

/** Refuses a name that is no profile. */
export function checkProfile(name: string): void {
  if (!PROFILES.includes(name)) throw new CommandError(`unknown profile: ${name}`);
}

/** Gives a debugging pod what its profile stands for (kubectl/pkg/cmd/debug profiles.go). */
export function withProfile(name: string, pod: Fields, container: string, style: DebugStyle, kept: Kept): Fields {
  const secured = inContainer(pod, container, (one) => securityOf(name, style, one));
  if (style === "copy") return copyOf(name, secured, kept);
  if (style !== "node" || name === "baseline" || name === "restricted") return secured;
  const shared = {
    ...secured,
    spec: { ...fieldsAt(secured, "spec"), hostNetwork: true, hostPID: true, hostIPC: true },
  };
  return name === "netadmin" ? shared : withHostRoot(shared, container);
}

function securityOf(name: string, style: DebugStyle, container: Fields): Fields {
  const with_ = (context: Fields) => ({
    ...container,
    securityContext: { ...fieldsAt(container, "securityContext"), ...context },
  });
  const { securityContext: _, ...bare } = container;
  switch (name) {
    case "general":
      return style === "node" ? bare : with_({ capabilities: { add: ["SYS_PTRACE"] } });
    case "baseline":
      return bare;
    case "restricted":
      return {
        ...bare,
        securityContext: {
          capabilities: { drop: ["ALL"] },
          runAsNonRoot: true,
          allowPrivilegeEscalation: false,
          seccompProfile: { type: "RuntimeDefault" },
        },
      };
    case "netadmin":
      return with_({ capabilities: { add: ["NET_ADMIN", "NET_RAW"] } });
    case "sysadmin":
      return with_({ privileged: true });
    default:
      return container;
  }
}

function inContainer(pod: Fields, name: string, change: (container: Fields) => Fields): Fields {
  const spec = fieldsAt(pod, "spec");
  const changed: Record<string, unknown> = { ...spec };
  for (const key of ["containers", "ephemeralContainers"]) {
    if (spec[key] === undefined) continue;
    changed[key] = listAt(spec, key).map((one) => (textAt(one, "name") === name ? change(fields(one)) : one));
  }
  return { ...pod, spec: changed };
}

function withHostRoot(pod: Fields, container: string): Fields {
  const mounted = inContainer(pod, container, (one) => ({
    ...one,
    volumeMounts: [...listAt(one, "volumeMounts"), { mountPath: "/host", name: "host-root" }],
  }));
  const volumes = [...listAt(mounted, "spec", "volumes"), { name: "host-root", hostPath: { path: "/" } }];
  return withAt(mounted, ["spec", "volumes"], volumes);
}

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"];

function copyOf(name: string, pod: Fields, kept: Kept): Fields {
  const { labels, annotations, ...metadata } = fieldsAt(pod, "metadata");
  const legacy = name === "legacy";
  const { initContainers, ...spec } = fieldsAt(pod, "spec");
  const containers = listAt(pod, "spec", "containers").map((container) => {
    const dropped = PROBES.filter((probe) => !legacy && !kept.probes.has(probe));
    return Object.fromEntries(Object.entries(fields(container)).filter(([key]) => !dropped.includes(key)));
  });
  return {
    ...pod,
    metadata: {
      ...metadata,
      ...(kept.labels && !legacy && labels !== undefined ? { labels } : {}),
      ...((kept.annotations || legacy) && annotations !== undefined ? { annotations } : {}),
    },
    spec: {
      ...(legacy ? {} : { shareProcessNamespace: true }),
      ...spec,
      ...((kept.initContainers || legacy) && initContainers !== undefined ? { initContainers } : {}),
      containers,
    },
  };
}
