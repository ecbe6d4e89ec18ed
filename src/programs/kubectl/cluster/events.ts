import { alignTabs, GET_TABS, GrowingTable } from "../../../base/table.ts";
import type { Task } from "../../../sim/task.ts";
import { CommandError } from "../core/failure.ts";
import { fields, listAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { nextChange, openWatch } from "../core/watch.ts";
import { eventAge, sortedEvents } from "../describe/events.ts";
import { objectPrinter } from "../printers/object-printer.ts";
import { OBJECT_FORMATS, outputFormat } from "../printers/output-format.ts";

/** kubectl events */
export const events: KubectlCommand = {
  name: "events",
  use: "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]",
  short: "List events",
  group: "debugging",
  flags: flagsFor("events"),
  run: runEvents,
};

function* runEvents(kubectl: Kubectl): Task<number> {
  const types = kubectl.parsed.list("types");
  for (const type of types) {
    if (!["normal", "warning"].includes(type.toLowerCase()))
      throw new CommandError(`valid --types are Normal or Warning`);
  }
  const fieldSelector = yield* selectorFor(kubectl);
  const everywhere = kubectl.isSet("all-namespaces");
  const path = everywhere ? "/api/v1/events" : `/api/v1/namespaces/${kubectl.namespace}/events`;
  const query = fieldSelector === "" ? {} : { fieldSelector };
  const list = fields(yield* kubectl.request("GET", path, { query: { ...query, limit: 500 } }));
  const wanted = (event: unknown) =>
    types.length === 0 || types.some((type) => type.toLowerCase() === textAt(event, "type").toLowerCase());
  const found = sortedEvents(listAt(list, "items").filter(wanted));
  // Upstream's printer of names takes no such list, and nobody looks at what it says.
  if (kubectl.flag("output") === "name") return 0;
  const printer = objectPrinter(kubectl, outputFormat(kubectl, OBJECT_FORMATS));
  if (printer !== undefined) {
    yield* kubectl.out(printer.print({ ...list, kind: "EventList", apiVersion: "v1", items: found }));
    return 0;
  }
  if (kubectl.isSet("watch"))
    return yield* watchEvents(kubectl, path, query, found, textAt(list, "metadata", "resourceVersion"), wanted);
  if (found.length === 0) {
    yield* kubectl.err(everywhere ? "No events found.\n" : `No events found in ${kubectl.namespace} namespace.\n`);
    return 0;
  }
  const rows = found.map((event) => eventCells(kubectl, event).join("\t"));
  const lines = kubectl.isSet("no-headers") ? rows : [header(kubectl).join("\t"), ...rows];
  yield* kubectl.out(`${alignTabs(lines.join("\n"), GET_TABS)}\n`);
  return 0;
}

function* selectorFor(kubectl: Kubectl): Task<string> {
  const target = kubectl.flag("for");
  if (target === "") return "";
  const [type = "", name = ""] = target.split("/");
  if (name === "") throw new CommandError("--for must be in resource/name form");
  const resource = yield* kubectl.discovery.resolve(type);
  return `involvedObject.kind=${resource.kind},involvedObject.name=${name}`;
}

function header(kubectl: Kubectl): string[] {
  const cells = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"];
  return kubectl.isSet("all-namespaces") ? ["NAMESPACE", ...cells] : cells;
}

function eventCells(kubectl: Kubectl, event: unknown): string[] {
  const object = `${textAt(event, "involvedObject", "kind")}/${textAt(event, "involvedObject", "name")}`;
  const message = textAt(event, "message").trim();
  const cells = [eventAge(event, kubectl.now), textAt(event, "type"), textAt(event, "reason"), object, message];
  return kubectl.isSet("all-namespaces") ? [textAt(event, "metadata", "namespace"), ...cells] : cells;
}

function* watchEvents(
  kubectl: Kubectl,
  path: string,
  query: Record<string, string>,
  found: readonly unknown[],
  resourceVersion: string,
  wanted: (event: unknown) => boolean,
): Task<number> {
  const table = new GrowingTable(GET_TABS);
  const first = found.map((event) => eventCells(kubectl, event));
  yield* kubectl.out(table.format(kubectl.isSet("no-headers") ? first : [header(kubectl), ...first]));
  const watch = yield* openWatch(kubectl, path, { ...query, resourceVersion });
  try {
    for (let change = yield* nextChange(watch); change !== undefined; change = yield* nextChange(watch)) {
      if (change.type === "DELETED" || change.type === "BOOKMARK" || !wanted(change.object)) continue;
      yield* kubectl.out(table.format([eventCells(kubectl, change.object)]));
    }
    return 0;
  } finally {
    watch.stop();
  }
}
