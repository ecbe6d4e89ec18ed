import { alignTabs, GET_TABS } from "../../../base/table.ts";
import type { Task } from "../../../sim/task.ts";
import type { ApiResource } from "../core/discovery.ts";
import type { Kubectl } from "../core/kubectl.ts";
import type { Selection, SelectionOptions } from "../core/selection.ts";
import type { OutputFormat } from "../printers/output-format.ts";
import { headerCells, rowCells, type ServerTable, type TableView } from "../printers/table.ts";
import { sortByField } from "./sort.ts";

/** A selection with its table. */
export interface ReadTable {
  readonly selection: Selection;
  readonly table: ServerTable;
}

/** Prints tables, those of one type in a row as one; gives the number of rows. */
export function* printTables(
  kubectl: Kubectl,
  tables: readonly ReadTable[],
  output: OutputFormat,
  options: SelectionOptions,
): Task<number> {
  const several = new Set(tables.map(({ selection }) => typeKey(resourceOf(selection)))).size > 1;
  let printed = 0;
  let text = "";
  let withNamespace = false;
  for (const group of runsOfOneType(tables)) {
    const [first] = group;
    if (first === undefined) continue;
    const resource = resourceOf(first.selection);
    const asked = tableView(kubectl, output, resource, several, options);
    // Upstream's printers share their flags: once one table has shown namespaces, the later ones do too.
    withNamespace ||= asked.withNamespace;
    const view = { ...asked, withNamespace };
    const rows = group.flatMap(({ table }) => sortedRows(kubectl, table).map((row) => rowCells(table, row, view)));
    if (rows.length === 0) continue;
    const header = view.noHeaders ? [] : [headerCells(first.table, view)];
    const lines = [...header, ...rows].map((cells) => cells.join("\t"));
    if (printed > 0) text += "\n";
    text += `${alignTabs(lines.join("\n"), GET_TABS)}\n`;
    printed += rows.length;
  }
  if (text !== "") yield* kubectl.out(text);
  return printed;
}

/** How a table of this type is to be shown. */
export function tableView(
  kubectl: Kubectl,
  output: OutputFormat,
  resource: ApiResource,
  several: boolean,
  options: SelectionOptions,
): TableView {
  return {
    wide: output.format === "wide",
    noHeaders: kubectl.isSet("no-headers"),
    showLabels: kubectl.isSet("show-labels"),
    labelColumns: kubectl.parsed.list("label-columns"),
    withNamespace: options.allNamespaces === true && resource.namespaced,
    kind: several || kubectl.isSet("show-kind") ? resource : undefined,
  };
}

function sortedRows(kubectl: Kubectl, table: ServerTable) {
  const path = kubectl.flag("sort-by");
  return path === "" ? table.rows : sortByField(table.rows, path, (row) => row.object);
}

/** The type that a selection is of. */
export function resourceOf(selection: Selection): ApiResource {
  return selection.kind === "list" ? selection.resource : selection.info.resource;
}

function typeKey(resource: ApiResource): string {
  return `${resource.resource}.${resource.version}.${resource.group}`;
}

function runsOfOneType(tables: readonly ReadTable[]): ReadTable[][] {
  const runs: ReadTable[][] = [];
  let key = "";
  for (const table of tables) {
    const next = typeKey(resourceOf(table.selection));
    if (next !== key) runs.push([]);
    key = next;
    runs[runs.length - 1]?.push(table);
  }
  return runs;
}
