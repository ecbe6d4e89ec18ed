import { utf8 } from "../../../base/bytes.ts";
import { dirname } from "../../../base/path.ts";
import { ConnectionError, StatusError } from "../../../kube/client/status-error.ts";
import type { Task } from "../../../sim/task.ts";
import { type Fields, fields, listAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { rawText } from "../get/get.ts";
import { type ObjectPrinter, objectPrinter } from "../printers/object-printer.ts";
import { OBJECT_FORMATS, outputFormat } from "../printers/output-format.ts";

/** kubectl cluster-info dump */
export const clusterDump: KubectlCommand = {
  name: "dump",
  short: "Dump relevant information for debugging and diagnosis",
  flags: flagsFor("cluster-info dump"),
  run: runDump,
};

/** What is dumped of a namespace: the file's name and where the list is. */
const LISTS: readonly (readonly [name: string, prefix: string, resource: string])[] = [
  ["events", "/api/v1", "events"],
  ["replication-controllers", "/api/v1", "replicationcontrollers"],
  ["services", "/api/v1", "services"],
  ["daemonsets", "/apis/apps/v1", "daemonsets"],
  ["deployments", "/apis/apps/v1", "deployments"],
  ["replicasets", "/apis/apps/v1", "replicasets"],
  ["pods", "/api/v1", "pods"],
];

function* runDump(kubectl: Kubectl): Task<number> {
  const dump = new Dump(kubectl);
  yield* dump.list("nodes", "/api/v1/nodes");
  for (const namespace of yield* namespacesOf(kubectl)) yield* dump.namespace(namespace);
  if (dump.directory !== "") yield* kubectl.out(`Cluster info dumped to ${dump.directory}\n`);
  return 0;
}

function* namespacesOf(kubectl: Kubectl): Task<readonly string[]> {
  if (kubectl.isSet("all-namespaces")) {
    const all = listAt(yield* kubectl.request("GET", "/api/v1/namespaces"), "items");
    return all.map((one) => textAt(one, "metadata", "name"));
  }
  const named = kubectl.parsed.list("namespaces").flatMap((one) => one.split(","));
  return named.length === 0 ? ["kube-system", kubectl.namespace] : named;
}

/** Writes to stdout, or to files below --output-directory. */
class Dump {
  /** Empty: everything goes to stdout. */
  readonly directory: string;
  private readonly kubectl: Kubectl;
  private readonly printer: ObjectPrinter | undefined;
  private readonly extension: string;

  constructor(kubectl: Kubectl) {
    this.kubectl = kubectl;
    const given = kubectl.flag("output-directory");
    this.directory = given === "-" ? "" : given;
    const output = outputFormat(kubectl, OBJECT_FORMATS);
    this.printer = objectPrinter(kubectl, output);
    this.extension = output.format === "json" || output.format === "yaml" ? `.${output.format}` : ".txt";
  }

  *list(name: string, path: string): Task<Fields> {
    const found = fields(yield* this.kubectl.request("GET", path));
    yield* this.write(`${name}${this.extension}`, this.printer?.print(found, true) ?? "");
    return found;
  }

  *namespace(namespace: string): Task<void> {
    let pods: Fields = {};
    for (const [name, prefix, resource] of LISTS) {
      pods = yield* this.list(`${namespace}/${name}`, `${prefix}/namespaces/${namespace}/${resource}`);
    }
    for (const pod of listAt(pods, "items")) yield* this.logs(namespace, fields(pod));
  }

  private *logs(namespace: string, pod: Fields): Task<void> {
    const name = textAt(pod, "metadata", "name");
    let text = "";
    for (const container of [...listAt(pod, "spec", "initContainers"), ...listAt(pod, "spec", "containers")]) {
      const about = `logs for container ${textAt(container, "name")} of pod ${namespace}/${name} ====\n`;
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?container=${textAt(container, "name")}`;
      text += `==== START ${about}${yield* this.log(path)}==== END ${about}`;
    }
    yield* this.write(`${namespace}/${name}/logs.txt`, text);
  }

  private *log(path: string): Task<string> {
    try {
      return yield* rawText(this.kubectl, path);
    } catch (error) {
      if (!(error instanceof StatusError) && !(error instanceof ConnectionError)) throw error;
      return `Request log error: ${error.message}\n`;
    }
  }

  private *write(name: string, text: string): Task<void> {
    if (this.directory === "") {
      yield* this.kubectl.out(text);
      return;
    }
    const { fs } = this.kubectl.process;
    const path = `${this.directory.replace(/\/+$/, "")}/${name}`;
    fs.mkdir(dirname(path), { parents: true });
    fs.writeFile(path, utf8(text));
  }
}
