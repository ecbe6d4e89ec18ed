import { type ApiResource, qualifiedKind } from "../core/discovery.ts";
import { at, type Fields, fields, labelText, listAt, numberAt, stringsAt, textAt } from "../core/fields.ts";

/** What a server's Table (meta/v1) holds, as far as printing needs it. */
export interface ServerTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  readonly resourceVersion: string;
  readonly continue: string;
}

export interface TableColumn {
  readonly name: string;
  readonly format: string;
  readonly priority: number;
}

export interface TableRow {
  readonly cells: readonly unknown[];
  readonly object: Fields;
}

/** What shall be seen of a table. */
export interface TableView {
  readonly wide: boolean;
  readonly noHeaders: boolean;
  readonly showLabels: boolean;
  readonly labelColumns: readonly string[];
  readonly withNamespace: boolean;
  /** `pod/` before names. */
  readonly kind: ApiResource | undefined;
}

/** Accept header that asks for a Table. */
export const TABLE_ACCEPT =
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

/** Reads an answer; a server that makes no tables gives a list or an object, shown by name and age. */
export function readTable(answer: unknown, before?: ServerTable): ServerTable {
  if (textAt(answer, "kind") !== "Table") return plainTable(answer);
  const columns = listAt(answer, "columnDefinitions").map((one) => ({
    name: textAt(one, "name"),
    format: textAt(one, "format"),
    priority: numberAt(one, "priority") ?? 0,
  }));
  return {
    columns: columns.length === 0 && before !== undefined ? before.columns : columns,
    rows: listAt(answer, "rows").map((row) => ({ cells: listAt(row, "cells"), object: fields(at(row, "object")) })),
    resourceVersion: textAt(answer, "metadata", "resourceVersion"),
    continue: textAt(answer, "metadata", "continue"),
  };
}

function plainTable(answer: unknown): ServerTable {
  const items = Array.isArray(at(answer, "items")) ? listAt(answer, "items") : [answer];
  return {
    columns: [
      { name: "Name", format: "name", priority: 0 },
      { name: "Age", format: "", priority: 0 },
    ],
    rows: items.map((item) => ({ cells: [textAt(item, "metadata", "name"), "<unknown>"], object: fields(item) })),
    resourceVersion: textAt(answer, "metadata", "resourceVersion"),
    continue: textAt(answer, "metadata", "continue"),
  };
}

/** The header cells. */
export function headerCells(table: ServerTable, view: TableView): string[] {
  const cells = shownColumns(table, view).map(({ column }) => column.name.toUpperCase());
  if (view.withNamespace) cells.unshift("NAMESPACE");
  for (const label of view.labelColumns) cells.push((label.split("/").pop() ?? label).toUpperCase());
  if (view.showLabels) cells.push("LABELS");
  return cells;
}

/** A row's cells. */
export function rowCells(table: ServerTable, row: TableRow, view: TableView): string[] {
  const cells = shownColumns(table, view).map(({ column, index }) => {
    const text = cellText(row.cells[index]);
    return view.kind !== undefined && column.format === "name" ? `${qualifiedKind(view.kind)}/${text}` : text;
  });
  if (view.withNamespace) cells.unshift(textAt(row.object, "metadata", "namespace"));
  const labels = stringsAt(row.object, "metadata", "labels");
  for (const label of view.labelColumns) cells.push(labels[label] ?? "");
  if (view.showLabels) cells.push(labelText(labels));
  return cells;
}

function shownColumns(table: ServerTable, view: TableView): { column: TableColumn; index: number }[] {
  return table.columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => view.wide || column.priority === 0);
}

/** A cell as one line without tabs, so that nothing can break the table. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "<none>";
  const text = typeof cell === "object" ? JSON.stringify(cell) : String(cell);
  const line = /^[^\n\r\f]*/.exec(text)?.[0] ?? "";
  const cut = line.length < text.length ? `${line}...` : line;
  return escapeTerminal(cut);
}

/** Control characters made visible (cli-runtime printers.EscapeTerminal). */
export function escapeTerminal(text: string): string {
  return /[\u0000-\u001f\u007f]/.test(text)
    ? text
        .replace(/\u001b/g, "^[")
        .replace(/\r/g, "\\r")
        .replace(/\t/g, " ")
    : text;
}
