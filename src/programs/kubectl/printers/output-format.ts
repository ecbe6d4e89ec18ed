import { CommandError } from "../core/failure.ts";
import type { Kubectl } from "../core/kubectl.ts";

/** A value of -o, taken apart: `jsonpath={.a}` is format `jsonpath` with argument `{.a}`. */
export interface OutputFormat {
  readonly format: string;
  readonly argument: string;
}

const WITH_ARGUMENT = [
  "custom-columns-file",
  "custom-columns",
  "go-template-file",
  "go-template",
  "jsonpath-as-json",
  "jsonpath-file",
  "jsonpath",
  "templatefile",
  "template",
];
/** Formats of commands that print objects; `get` and some others have more. */
export const OBJECT_FORMATS = [
  "go-template",
  "go-template-file",
  "json",
  "jsonpath",
  "jsonpath-as-json",
  "jsonpath-file",
  "kyaml",
  "name",
  "template",
  "templatefile",
  "yaml",
];
export const GET_FORMATS = ["custom-columns", "custom-columns-file", ...OBJECT_FORMATS, "wide"].sort();

/** Reads -o and --template. Throws `CommandError` for a format that is not allowed. */
export function outputFormat(kubectl: Kubectl, allowed: readonly string[]): OutputFormat {
  const given = kubectl.flag("output");
  const template = kubectl.flag("template");
  if (given === "" && template !== "") return { format: "go-template", argument: template };
  const format = split(given);
  if (format.format !== "" && !allowed.includes(format.format)) throw noPrinter(given, allowed);
  if (format.argument === "" && template !== "" && WITH_ARGUMENT.includes(format.format)) {
    return { format: format.format, argument: template };
  }
  return format;
}

function split(given: string): OutputFormat {
  const format = WITH_ARGUMENT.find((name) => given === name || given.startsWith(`${name}=`));
  return format === undefined ? { format: given, argument: "" } : { format, argument: given.slice(format.length + 1) };
}

function noPrinter(given: string, allowed: readonly string[]): CommandError {
  return new CommandError(
    `unable to match a printer suitable for the output format "${given}", allowed formats are: ${[...allowed].sort().join(",")}`,
  );
}
