import { GET_TABS, GrowingTable } from "../../../base/table.ts";
import type { Task } from "../../../sim/task.ts";
import { CommandError } from "../core/failure.ts";
import { fields, textAt } from "../core/fields.ts";
import { collectionPath } from "../core/info.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { type Selection, type SelectionOptions, select, selectorQuery } from "../core/selection.ts";
import { nextChange, openWatch, type WatchedChange } from "../core/watch.ts";
import { customColumns, printCustomColumns } from "../printers/custom-columns.ts";
import { objectPrinter } from "../printers/object-printer.ts";
import type { OutputFormat } from "../printers/output-format.ts";
import { headerCells, readTable, rowCells, type ServerTable, TABLE_ACCEPT } from "../printers/table.ts";
import { fetchTable } from "./get.ts";
import { resourceOf, tableView } from "./print-tables.ts";

/** kubectl get --watch: what is there, then every change, until the server or the user ends it. */
export function* watchObjects(kubectl: Kubectl, options: SelectionOptions, output: OutputFormat): Task<number> {
  const selections = yield* select(kubectl, options);
  const [selection, ...more] = selections;
  if (selection === undefined) return 0;
  if (more.length > 0) throw new CommandError("you may only specify a single resource type");
  const human = output.format === "" || output.format === "wide";
  const show = human ? tableWriter(kubectl, selection, options, output) : objectWriter(kubectl, output);
  const listed = yield* firstState(kubectl, selection, options, human, show);
  // One object may be older than what can be watched: its watch begins now, by telling what has been shown already.
  let shown = human && selection.kind === "object";
  const resourceVersion = shown ? "0" : listed;
  const { path, query } = watchTarget(selection, options);
  const watch = yield* openWatch(kubectl, path, { ...query, resourceVersion }, human ? TABLE_ACCEPT : undefined);
  try {
    for (;;) {
      const change = yield* nextChange(watch);
      if (change === undefined) return 0;
      if (change.type === "BOOKMARK") continue;
      if (!shown) yield* show(change);
      shown = false;
    }
  } finally {
    watch.stop();
  }
}

type Show = (change: WatchedChange) => Task<void>;

/** Lists first, so that the watch begins where the list ended. */
function* firstState(
  kubectl: Kubectl,
  selection: Selection,
  options: SelectionOptions,
  human: boolean,
  show: Show,
): Task<string> {
  const quiet = kubectl.isSet("watch-only");
  const { path, query } = watchTarget(selection, options);
  if (human) {
    const table = yield* fetchTable(kubectl, selection, options);
    if (!quiet) yield* show({ type: "ADDED", object: tableObject(table) });
    return table.resourceVersion;
  }
  const list = fields(yield* kubectl.request("GET", path, { query: { ...query, limit: 500 } }));
  const items = (list["items"] as readonly unknown[] | undefined) ?? [];
  if (selection.kind === "object" && items.length === 0) {
    yield* kubectl.request("GET", `${path}/${selection.info.name}`);
  }
  const kind = textAt(list, "kind").replace(/List$/, "");
  for (const item of quiet ? [] : items) {
    yield* show({ type: "ADDED", object: { apiVersion: textAt(list, "apiVersion"), kind, ...fields(item) } });
  }
  return textAt(list, "metadata", "resourceVersion");
}

function tableObject(table: ServerTable) {
  return {
    kind: "Table",
    columnDefinitions: table.columns,
    rows: table.rows,
    metadata: { resourceVersion: table.resourceVersion },
  };
}

function watchTarget(selection: Selection, options: SelectionOptions) {
  if (selection.kind === "list") {
    return { path: collectionPath(selection.resource, selection.namespace), query: selectorQuery(options) };
  }
  const { info } = selection;
  return {
    path: collectionPath(info.resource, info.namespace),
    query: { fieldSelector: `metadata.name=${info.name}` },
  };
}

function tableWriter(kubectl: Kubectl, selection: Selection, options: SelectionOptions, output: OutputFormat): Show {
  const lines = new GrowingTable(GET_TABS);
  const view = tableView(kubectl, output, resourceOf(selection), false, options);
  const withType = kubectl.isSet("output-watch-events");
  let known: ServerTable | undefined;
  let headed = view.noHeaders;
  return function* show(change) {
    const table = readTable(change.object, known);
    const first = known;
    known = first ?? table;
    const rows = table.rows.map((row) => [
      ...(withType ? [change.type] : []),
      ...rowCells({ ...table, columns: table.columns }, row, view),
    ]);
    if (rows.length === 0) return;
    if (!headed) rows.unshift([...(withType ? ["EVENT"] : []), ...headerCells(table, view)]);
    headed = true;
    yield* kubectl.out(lines.format(rows));
  };
}

function objectWriter(kubectl: Kubectl, output: OutputFormat): Show {
  const columns = output.format.startsWith("custom-columns") ? customColumns(kubectl, output) : undefined;
  const printer = objectPrinter(kubectl, output);
  let headed = kubectl.isSet("no-headers");
  return function* show(change) {
    if (columns !== undefined) {
      yield* kubectl.out(printCustomColumns(columns, [change.object], headed));
      headed = true;
      return;
    }
    const object = kubectl.isSet("output-watch-events") ? { type: change.type, object: change.object } : change.object;
    if (printer !== undefined) yield* kubectl.out(printer.print(object));
  };
}
