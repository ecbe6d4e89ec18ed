import { goJson } from "../../../base/go-json.ts";
import { goQuote } from "../../../base/go-quote.ts";
import { executeTemplate } from "../../../base/go-template/execute.ts";
import { type Template, TemplateError } from "../../../base/go-template/nodes.ts";
import { parseTemplate } from "../../../base/go-template/parse.ts";
import { findJsonPath } from "../../../base/jsonpath/evaluate.ts";
import { JsonPathError, type Node } from "../../../base/jsonpath/nodes.ts";
import { parseJsonPath } from "../../../base/jsonpath/parse.ts";
import { printJsonPath } from "../../../base/jsonpath/print.ts";
import { emitYaml } from "../../../base/yaml/emit.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { CommandError } from "../core/failure.ts";
import { type Fields, fields, listAt, textAt } from "../core/fields.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { emitKyaml } from "./kyaml.ts";
import type { OutputFormat } from "./output-format.ts";

/** Prints objects one after another in one format. */
export interface ObjectPrinter {
  /**
   * The text for one object. `typed`: it was made here, so JSON keeps its order of fields as Go's structs do; objects
   * from the server and from files are maps, which Go sorts.
   */
  print(object: Fields, typed?: boolean): string;
}

/** The printer of a machine-readable format; undefined for the human ones. */
export function objectPrinter(kubectl: Kubectl, output: OutputFormat): ObjectPrinter | undefined {
  const { format } = output;
  const prepared = (object: Fields) => (kubectl.isSet("show-managed-fields") ? object : withoutManagedFields(object));
  const allowMissing =
    kubectl.parsed.flags.get("allow-missing-template-keys") === undefined ||
    kubectl.isSet("allow-missing-template-keys");
  switch (format) {
    case "json":
      return {
        print: (object, typed) => `${goJson(prepared(object), { indent: "    ", sortKeys: typed !== true })}\n`,
      };
    case "yaml":
      return documents((object) => emitYaml(prepared(object)));
    case "kyaml":
      return { print: (object) => emitKyaml(prepared(object)) };
    case "name":
      return { print: (object) => names(object, "") };
    case "jsonpath":
    case "jsonpath-as-json":
    case "jsonpath-file":
      return jsonPathPrinter(kubectl, output, allowMissing);
    case "go-template":
    case "template":
    case "go-template-file":
    case "templatefile":
      return templatePrinter(kubectl, output, allowMissing);
    default:
      return undefined;
  }
}

function documents(text: (object: Fields) => string): ObjectPrinter {
  let count = 0;
  return { print: (object) => (count++ === 0 ? "" : "---\n") + text(object) };
}

/** managedFields are noise for people, so they are left out unless asked for. */
export function withoutManagedFields(object: Fields): Fields {
  const items = object["items"];
  if (Array.isArray(items)) return { ...object, items: items.map((item) => withoutManagedFields(fields(item))) };
  const metadata = fields(object["metadata"]);
  if (!Object.hasOwn(metadata, "managedFields")) return object;
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}

/** `pod/x` lines; `operation` is put behind the name. */
export function names(object: Fields, operation: string): string {
  if (Array.isArray(object["items"]))
    return listAt(object, "items")
      .map((item) => names(fields(item), operation))
      .join("");
  const apiVersion = textAt(object, "apiVersion");
  const group = apiVersion.includes("/") ? `.${apiVersion.slice(0, apiVersion.indexOf("/"))}` : "";
  const kind = textAt(object, "kind").toLowerCase();
  const name = textAt(object, "metadata", "name");
  return `${kind === "" ? "<unknown>" : kind}${kind === "" ? "" : group}/${name}${operation === "" ? "" : ` ${operation}`}\n`;
}

function jsonPathPrinter(kubectl: Kubectl, output: OutputFormat, allowMissing: boolean): ObjectPrinter {
  const template = templateText(kubectl, output, "jsonpath-file", "template format specified but no template given");
  const nodes = readJsonPath(template);
  return {
    print(object) {
      try {
        if (output.format !== "jsonpath-as-json") return printJsonPath(nodes, object, allowMissing);
        const values = findJsonPath(nodes, object, { allowMissing }).flat();
        return `${goJson(values, { indent: "    ", sortKeys: true })}\n`;
      } catch (error) {
        if (error instanceof JsonPathError) throw jsonPathFault(error, template, object);
        throw error;
      }
    },
  };
}

function readJsonPath(template: string): readonly Node[] {
  try {
    return parseJsonPath(template);
  } catch (error) {
    if (error instanceof JsonPathError) throw new CommandError(`error parsing jsonpath ${template}, ${error.message}`);
    throw error;
  }
}

function jsonPathFault(error: JsonPathError, template: string, object: Fields): CommandError {
  const raw = goSyntax(object);
  return new CommandError(
    `error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${raw}\n\n\n`,
  );
}

/** A JSON value as Go's `%#v` writes it. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return "interface {}(nil)";
  if (typeof value === "string") return goQuote(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(", ")}}`;
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[string]interface {}{${entries.map(([key, one]) => `${goQuote(key)}:${goSyntax(one)}`).join(", ")}}`;
}

function templatePrinter(kubectl: Kubectl, output: OutputFormat, allowMissing: boolean): ObjectPrinter {
  const file = output.format === "templatefile" ? "templatefile" : "go-template-file";
  const source = templateText(kubectl, output, file, "template format specified but no template given");
  const template = readTemplate(source);
  return {
    print(object) {
      try {
        return executeTemplate(template, object, { allowMissing });
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        throw new CommandError(`error executing template ${JSON.stringify(source)}: ${error.message}`);
      }
    },
  };
}

function readTemplate(source: string): Template {
  try {
    return parseTemplate(source);
  } catch (error) {
    if (error instanceof TemplateError) {
      throw new CommandError(`error parsing template ${source}, template: output:1: ${error.message}`);
    }
    throw error;
  }
}

function templateText(kubectl: Kubectl, output: OutputFormat, fileFormat: string, missing: string): string {
  if (output.argument === "") throw new CommandError(missing);
  if (output.format !== fileFormat) return output.argument;
  try {
    return kubectl.process.fs.readText(output.argument);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(
      `error reading --template ${output.argument}, open ${output.argument}: ${error.message.toLowerCase()}\n`,
    );
  }
}
