import { alignTabs, GET_TABS } from "../../../base/table.ts";
import type { Task } from "../../../sim/task.ts";
import type { ApiResource } from "../core/discovery.ts";
import { CommandError } from "../core/failure.ts";
import type { Kubectl } from "../core/kubectl.ts";
import type { Selection, SelectionOptions } from "../core/selection.ts";
import type { OutputFormat } from "../printers/output-format.ts";
import { headerCells, rowCells, type ServerTable, type TableRow, type TableView } from "../printers/table.ts";
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
  const path = kubectl.flag("sort-by");
  const several = new Set(tables.map(({ selection }) => typeKey(resourceOf(selection)))).size > 1;
  let printed = 0;
  let text = "";
  let withNamespace = false;
  for (const group of runsOfOneType(sortedTables(path, tables))) {
    const [first] = group;
    if (first === undefined) continue;
    const resource = resourceOf(first.selection);
    const asked = tableView(kubectl, output, resource, several, options);
    // Upstream's printers share their flags: once one table has shown namespaces, the later ones do too.
    withNamespace ||= asked.withNamespace;
    const view = { ...asked, withNamespace };
    const rows = group.flatMap(({ table }) => sortedRows(path, table).map((row) => rowCells(table, row, view)));
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

/** Several tables are sorted themselves, as the objects that they are to upstream (get.go RuntimeSorter). */
function sortedTables(path: string, tables: readonly ReadTable[]): readonly ReadTable[] {
  if (path === "" || tables.length < 2) return tables;
  return sortByField(tables, path, ({ table: { columns, rows, resourceVersion } }) => ({
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: { resourceVersion },
    columnDefinitions: columns,
    rows,
  }));
}

/**
 * One row is in order whatever it is sorted by. Of several that can't be sorted none is shown, and upstream drops what
 * its printer says of that (get/sorter.go, get.go).
 */
function sortedRows(path: string, { rows }: ServerTable): readonly TableRow[] {
  if (path === "" || rows.length < 2) return rows;
  try {
    return sortByField(rows, path, (row) => row.object);
  } catch (error) {
    if (error instanceof CommandError) return [];
    throw error;
  }
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
