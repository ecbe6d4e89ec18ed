import type { Field, FieldType, StructSchema } from "../../../kube/api/schema.ts";
import type { Task } from "../../../sim/task.ts";
import { completeTypes } from "../completion/resources.ts";
import { type ApiResource, apiVersionOf } from "../core/discovery.ts";
import { CommandError, PlainError } from "../core/failure.ts";
import { type Fields, fields, fieldsAt, listAt, textAt } from "../core/fields.ts";
import { flagsFor } from "../core/flag-table.ts";
import type { Kubectl, KubectlCommand } from "../core/kubectl.ts";
import { schemaFor } from "../patch/apply-patch.ts";

/** kubectl explain */
export const explain: KubectlCommand = {
  name: "explain",
  use: "TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]",
  short: "Get documentation for a resource",
  group: "intermediate",
  flags: flagsFor("explain"),
  run: runExplain,
  complete: (kubectl, _parsed, word) => completeTypes(kubectl, word),
};

/** A field as explain shows it, whether it comes from the field tables or from a custom resource's schema. */
interface Shown {
  readonly type: string;
  readonly required: boolean;
  readonly enumValues: readonly string[];
  readonly description: string;
  readonly below: ReadonlyMap<string, Shown> | (() => ReadonlyMap<string, Shown>);
}

function* runExplain(kubectl: Kubectl): Task<number> {
  const [target, ...more] = kubectl.parsed.args;
  if (target === undefined) {
    throw new CommandError(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
    );
  }
  if (more.length > 0) throw new CommandError("We accept only this format: explain RESOURCE");
  const format = kubectl.flag("output");
  const { resource, path } = yield* split(kubectl, target);
  if (format !== "plaintext" && format !== "plaintext-openapiv2")
    throw new CommandError(`unrecognized format: ${format}`);
  yield* kubectl.out(headText(resource));
  let shown = yield* rootField(kubectl, resource);
  for (const name of path) {
    const next = belowOf(shown).get(name);
    if (next === undefined) {
      yield* kubectl.out("\n");
      throw new CommandError(`field "${name}" does not exist`);
    }
    shown = next;
  }
  const last = path[path.length - 1];
  yield* kubectl.out(
    `${last === undefined ? "" : `\nFIELD: ${last} <${shown.type}>\n${shown.enumValues.length > 0 ? "" : "\n"}`}${bodyText(shown, kubectl.isSet("recursive"))}\n`,
  );
  return 0;
}

function* split(kubectl: Kubectl, target: string): Task<{ resource: ApiResource; path: string[] }> {
  const [type = "", ...path] = target.split(".").filter((part) => part !== "");
  const version = kubectl.flag("api-version");
  const wanted = version.includes("/") ? `${type}.${version.split("/").reverse().join(".")}` : type;
  const resource = yield* kubectl.discovery.find(wanted);
  if (resource === undefined) throw new PlainError(`the server doesn't have a resource type "${type}"`);
  if (version !== "" && version !== apiVersionOf(resource)) {
    throw new CommandError(
      `couldn't find resource for "${version.includes("/") ? version : `/${version}`}, Resource=${resource.resource}"`,
    );
  }
  return { resource, path };
}

function headText(resource: ApiResource): string {
  const group = resource.group === "" ? "" : `GROUP:      ${resource.group}\n`;
  return `${group}KIND:       ${resource.kind}\nVERSION:    ${resource.version}\n`;
}

function belowOf(shown: Shown): ReadonlyMap<string, Shown> {
  return typeof shown.below === "function" ? shown.below() : shown.below;
}

function bodyText(shown: Shown, recursive: boolean): string {
  const below = belowOf(shown);
  // Upstream's line breaks after a text and indents what follows, which is nothing.
  const description = `\nDESCRIPTION:\n    ${shown.description === "" ? "<empty>" : `${wrapped(shown.description)}\n    `}\n`;
  const values = shown.enumValues.map((value) => `    ${enumValue(value)}\n`).join("");
  if (below.size === 0) return `${values === "" ? "" : `ENUM:\n${values}`}${description}`;
  return `${description}FIELDS:\n${recursive ? `${recursiveText(below, 1, new Set())}` : fieldTexts(below)}`;
}

function fieldTexts(below: ReadonlyMap<string, Shown>): string {
  return [...below]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, one]) =>
        `  ${name}\t<${one.type}>${one.required ? " -required-" : ""}\n${enumText(one)}    ${one.description === "" ? "<no description>" : wrapped(one.description)}\n\n`,
    )
    .join("");
}

function enumValue(value: string): string {
  return value === "" ? '""' : value;
}

/** A text in lines of at most so many characters. */
const WRAP_AT = 76;

/** Breaks a description's lines between words, and indents all but the first. */
function wrapped(description: string): string {
  const lines: string[] = [];
  for (const paragraph of description.split("\n")) {
    let line = "";
    for (const word of paragraph.split(/\s+/)) {
      if (line !== "" && line.length + 1 + word.length > WRAP_AT) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.join("\n    ");
}

/** How many values of an enum stand in a list of fields. */
const ENUM_SHOWN = 4;

function enumText(one: Shown): string {
  if (one.enumValues.length === 0) return "";
  const more = one.enumValues.length > ENUM_SHOWN ? ", ...." : "";
  return `  enum: ${one.enumValues.slice(0, ENUM_SHOWN).map(enumValue).join(", ")}${more}\n`;
}

const DEPTH_MAX = 30;

function recursiveText(below: ReadonlyMap<string, Shown>, level: number, seen: Set<string>): string {
  if (level > DEPTH_MAX) return "";
  const pad = "  ".repeat(level);
  return [...below]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => {
      const inner = seen.has(one.type) ? "" : recursiveText(belowOf(one), level + 1, new Set([...seen, one.type]));
      return `${pad}${name}\t<${one.type}>${one.required ? " -required-" : ""}\n${enumText(one).replace(/^ {2}/, pad)}${inner}`;
    })
    .join("");
}

function* rootField(kubectl: Kubectl, resource: ApiResource): Task<Shown> {
  const schema = schemaFor({ apiVersion: apiVersionOf(resource), kind: resource.kind });
  const root = { required: false, enumValues: [], description: "" };
  if (schema !== undefined) return { ...root, type: resource.kind, below: () => structFields(schema) };
  const name = `${resource.resource}.${resource.group}`;
  const crd = yield* kubectl.request("GET", `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`);
  const version = listAt(crd, "spec", "versions").find((one) => textAt(one, "name") === resource.version);
  return customField(fieldsAt(version, "schema", "openAPIV3Schema"), false);
}

function structFields(schema: StructSchema): ReadonlyMap<string, Shown> {
  return new Map(schema.fieldList.map((field) => [field.name, structField(field)]));
}

function structField(field: Field): Shown {
  const struct = innerStruct(field.type);
  return {
    type: typeText(field.type),
    required: field.required,
    enumValues: field.enumValues ?? [],
    description: "",
    below: struct === undefined ? new Map() : () => structFields(struct),
  };
}

function innerStruct(type: FieldType): StructSchema | undefined {
  if (type.kind === "struct") return type.schema;
  return type.kind === "list" || type.kind === "map" ? innerStruct(type.of) : undefined;
}

const SCALARS: Readonly<Record<string, string>> = {
  int32: "integer",
  int64: "integer",
  float: "number",
  bool: "boolean",
  time: "string",
  microTime: "string",
  bytes: "string",
  quantity: "Quantity",
  intOrString: "IntOrString",
  any: "Object",
  raw: "Object",
};

function typeText(type: FieldType): string {
  if (type.kind === "struct") return type.schema.name;
  if (type.kind === "list") return `[]${typeText(type.of)}`;
  if (type.kind === "map") return `map[string]${typeText(type.of)}`;
  return SCALARS[type.kind] ?? type.kind;
}

function customField(schema: Fields, required: boolean): Shown {
  const properties = fieldsAt(schema, "properties");
  const needed = listAt(schema, "required");
  const items = fieldsAt(schema, "items");
  const inner = Object.keys(items).length > 0 ? customField(items, false) : undefined;
  return {
    type: inner === undefined ? customType(schema) : `[]${inner.type}`,
    required,
    enumValues: listAt(schema, "enum").map(String),
    description: textAt(schema, "description"),
    below:
      inner?.below ??
      new Map(Object.entries(properties).map(([name, one]) => [name, customField(fields(one), needed.includes(name))])),
  };
}

function customType(schema: Fields): string {
  const type = textAt(schema, "type");
  return type === "object" || type === "" ? "Object" : type;
}
