import { goPrint } from "../../../base/go-template/go-print.ts";
import { jsonPathValues } from "../../../base/jsonpath/evaluate.ts";
import { JsonPathError, type Node } from "../../../base/jsonpath/nodes.ts";
import { parseJsonPath } from "../../../base/jsonpath/parse.ts";
import { alignTabs, GET_TABS } from "../../../base/table.ts";
import { FsError, goFsError } from "../../../vfs/file-system.ts";
import { CommandError } from "../core/failure.ts";
import type { Fields } from "../core/fields.ts";
import type { Kubectl } from "../core/kubectl.ts";
import type { OutputFormat } from "./output-format.ts";

/** Headers and paths of -o custom-columns. */
export interface CustomColumns {
  readonly headers: readonly string[];
  readonly paths: readonly (readonly Node[])[];
}

/** Reads `NAME:.metadata.name,…` or a file with a line of headers and a line of paths. */
export function customColumns(kubectl: Kubectl, output: OutputFormat): CustomColumns {
  if (output.format === "custom-columns-file") return fromFile(kubectl, output.argument);
  if (output.argument === "") throw new CommandError("custom-columns format specified but no custom columns given");
  const headers: string[] = [];
  const paths: (readonly Node[])[] = [];
  for (const part of output.argument.split(",")) {
    const colon = part.indexOf(":");
    if (colon < 0) {
      throw new CommandError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    }
    headers.push(part.slice(0, colon));
    paths.push(relaxedPath(part.slice(colon + 1)));
  }
  return { headers, paths };
}

function fromFile(kubectl: Kubectl, path: string): CustomColumns {
  if (path === "") throw new CommandError("custom-columns-file format specified but no custom columns given");
  let content: string;
  try {
    content = kubectl.process.fs.readText(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(`error reading template ${path}, ${goFsError("open", error)}\n`);
  }
  const [headers = "", specs = ""] = content.split("\n");
  const words = (line: string) => line.trim().split(/\s+/);
  return { headers: words(headers), paths: words(specs).map(relaxedPath) };
}

/** `.metadata.name`, `metadata.name` and `{.metadata.name}` are the same. Throws `CommandError`. */
export function relaxedPath(path: string): readonly Node[] {
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(path);
  if (path === "" || match === null) {
    throw new CommandError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  }
  try {
    return parseJsonPath(`{.${match[1] ?? match[2]}}`);
  } catch (error) {
    if (error instanceof JsonPathError) throw new CommandError(error.message);
    throw error;
  }
}

/** The table of objects. */
export function printCustomColumns(columns: CustomColumns, objects: readonly Fields[], noHeaders: boolean): string {
  const rows = objects.map((object) => columns.paths.map((path) => cell(path, object)).join("\t"));
  if (!noHeaders) rows.unshift(columns.headers.join("\t"));
  return rows.length === 0 ? "" : `${alignTabs(rows.join("\n"), GET_TABS)}\n`;
}

function cell(path: readonly Node[], object: Fields): string {
  try {
    const values = jsonPathValues(path, object, { allowMissing: true });
    return values.length === 0
      ? "<none>"
      : values.map((value) => (value === null ? "<none>" : goPrint(value))).join(",");
  } catch (error) {
    if (error instanceof JsonPathError) return "<none>";
    throw error;
  }
}
