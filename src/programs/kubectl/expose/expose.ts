import type { Task } from "../../../sim/task.ts";
import { completeResources } from "../completion/resources.ts";
import { editOptions, forEachObject, objectsToEdit } from "../core/edit-objects.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields, fieldsAt, listAt, stringsAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Info } from "../core/info.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { withLastApplied } from "../create/generator.ts";
import { dryRunOf, ResultPrinter, writeQuery } from "../printers/result-printer.ts";
import { parseLabels } from "../run/label-list.ts";
import { applyOverrides } from "../run/overrides.ts";

/** kubectl expose */
export const expose: KubectlCommand = {
  name: "expose",
  use: "(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]",
  short: "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
  group: "beginner",
  flags: flagsFor("expose"),
  run: runExpose,
  complete: completeResources,
};

const EXPOSABLE = ["Pod", "Service", "ReplicationController", "Deployment", "ReplicaSet"];

function* runExpose(kubectl: Kubectl): Task<number> {
  const dryRun = yield* dryRunOf(kubectl);
  const printer = new ResultPrinter(kubectl, dryRun);
  const found = yield* objectsToEdit(kubectl, editOptions(kubectl, kubectl.parsed.args));
  yield* forEachObject(found, function* one(info) {
    const made = applyOverrides(kubectl, serviceFor(kubectl, info));
    const service = kubectl.isSet("save-config") ? withLastApplied(made, true) : made;
    if (dryRun === "client") {
      yield* printer.print(service, "exposed", true);
      return;
    }
    const path = `/api/v1/namespaces/${info.namespace}/services`;
    yield* printer.print(
      fields(yield* kubectl.request("POST", path, { query: writeQuery(kubectl, dryRun), body: service })),
      "exposed",
    );
  });
  return 0;
}

function serviceFor(kubectl: Kubectl, info: Info): Fields {
  const { kind } = info.resource;
  if (!EXPOSABLE.includes(kind)) throw new CommandError(`cannot expose a ${kind}`);
  const name = kubectl.flag("name") || (info.name.length > 63 ? info.name.slice(0, 63) : info.name);
  const selector = kubectl.flag("selector") === "" ? selectorOf(info) : parseLabels(kubectl.flag("selector"));
  const labels =
    kubectl.flag("labels") === "" ? stringsAt(info.object, "metadata", "labels") : parseLabels(kubectl.flag("labels"));
  const ports = portsFor(kubectl, info);
  const type = kubectl.flag("type");
  const clusterIP = kubectl.flag("cluster-ip");
  const externalIp = kubectl.flag("external-ip");
  const loadBalancerIP = kubectl.flag("load-balancer-ip");
  const affinity = kubectl.flag("session-affinity");
  return {
    kind: "Service",
    apiVersion: "v1",
    metadata: {
      name,
      namespace: info.namespace,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
    spec: {
      ports,
      selector,
      ...(clusterIP === "" ? {} : { clusterIP: clusterIP === "None" ? "None" : clusterIP }),
      ...(type === "" ? {} : { type }),
      ...(externalIp === "" ? {} : { externalIPs: [externalIp] }),
      ...(affinity === "" ? {} : { sessionAffinity: affinity }),
      ...(loadBalancerIP === "" ? {} : { loadBalancerIP }),
    },
    status: { loadBalancer: {} },
  };
}

function selectorOf(info: Info): Fields {
  const { kind } = info.resource;
  if (kind === "Pod") {
    const labels = stringsAt(info.object, "metadata", "labels");
    if (Object.keys(labels).length === 0) {
      throw new CommandError(
        "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
      );
    }
    return labels;
  }
  if (kind === "Service" || kind === "ReplicationController") return fieldsAt(info.object, "spec", "selector");
  const selector = fieldsAt(info.object, "spec", "selector");
  if (listAt(selector, "matchExpressions").length > 0) {
    throw new CommandError(
      `couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - "${JSON.stringify(selector["matchExpressions"])}" to map-based selector format`,
    );
  }
  return fieldsAt(selector, "matchLabels");
}

function portsFor(kubectl: Kubectl, info: Info): Fields[] {
  const given = kubectl.flag("port");
  const found = introspected(info);
  const wanted =
    given === "" ? found : given.split(",").map((port) => ({ port: Number(port), protocol: protocolOf(found, port) }));
  if (wanted.length === 0) throw new CommandError("couldn't find port via --port flag or introspection");
  const target = kubectl.flag("target-port");
  return wanted.map((one, index) => ({
    ...(wanted.length > 1 ? { name: `port-${index + 1}` } : {}),
    protocol: kubectl.flag("protocol") || one.protocol,
    port: one.port,
    targetPort: target === "" ? one.port : /^\d+$/.test(target) ? Number(target) : target,
  }));
}

function protocolOf(found: readonly { port: number; protocol: string }[], port: string): string {
  return found.find((one) => one.port === Number(port))?.protocol ?? "TCP";
}

function introspected(info: Info): { port: number; protocol: string }[] {
  if (info.resource.kind === "Service") {
    return listAt(info.object, "spec", "ports").map((port) => onePort(port, "port"));
  }
  const spec =
    info.resource.kind === "Pod" ? fieldsAt(info.object, "spec") : fieldsAt(info.object, "spec", "template", "spec");
  return listAt(spec, "containers").flatMap((container) =>
    listAt(container, "ports").map((port) => onePort(port, "containerPort")),
  );
}

function onePort(port: unknown, key: string): { port: number; protocol: string } {
  return { port: Number(textAt(port, key)), protocol: textAt(port, "protocol") || "TCP" };
}
