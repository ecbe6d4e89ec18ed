/**
 * Writes src/kube/api/types.generated.ts: TypeScript interfaces for every type of the field tables in
 * src/kube/api/data. Run after a change of the tables:
 *
 *     node -e "import('vite').then((vite) => vite.runnerImport('./scripts/generate-kube-types.ts'))"
 */
import { readFileSync, writeFileSync } from "node:fs";

type FieldRow = readonly [goType: string, number: number, omitEmpty: number, ...patch: string[]];
type Table = Record<string, Record<string, FieldRow>>;

const DATA = "src/kube/api/data";
const table: Table = { ...read("types.json"), ...read("types-more.json") };

/** Types whose JSON form is no object with the table's fields. */
const SPECIAL: Record<string, string> = {
  "meta/v1.Time": "string",
  "meta/v1.MicroTime": "string",
  "api/resource.Quantity": "string",
  "util/intstr.IntOrString": "number | string",
  "meta/v1.FieldsV1": "FieldsV1",
  "pkg/runtime.RawExtension": "unknown",
  "apiextensions/v1.JSON": "unknown",
  "apiextensions/v1.JSONSchemaPropsOrArray": "unknown",
  "apiextensions/v1.JSONSchemaPropsOrBool": "unknown",
};
const NUMBERS = new Set(["int32", "int64", "float64"]);

const HEADER = `// Written by scripts/generate-kube-types.ts from the field tables in data/; do not edit.
// Objects are immutable wherever they travel, hence readonly. Times are RFC 3339 strings, quantities strings,
// bytes base64 strings. A field is required when upstream always writes it.

/** A set of field paths in its JSON form (meta/v1 FieldsV1). */
export type FieldsV1 = { readonly [key: string]: FieldsV1 };
`;

writeFileSync("src/kube/api/types.generated.ts", HEADER + Object.keys(table).sort().map(declaration).join(""));

function read(name: string): Table {
  return JSON.parse(readFileSync(`${DATA}/${name}`, "utf8"));
}

function declaration(key: string): string {
  if (SPECIAL[key] !== undefined) return "";
  const lines = fieldLines(key, "...TypeMeta" in (table[key] ?? {}));
  return `\n/** ${key} */\nexport interface ${exportedName(key)} {\n${lines.join("\n")}\n}\n`;
}

function fieldLines(key: string, isKind: boolean): string[] {
  const lines: string[] = [];
  for (const [name, row] of Object.entries(table[key] ?? {})) {
    if (name.startsWith("...")) {
      const inlined = resolve(key, row[0]);
      if (inlined !== undefined) lines.push(...fieldLines(inlined, false));
      continue;
    }
    const plainStruct = /^v\d\w*\.|^runtime\./.test(row[0]) && resolve(key, row[0]) !== undefined;
    const always = plainStruct && (name === "metadata" || name === "spec") && isKind;
    const required = always || (name === "spec" && plainStruct) || (row[2] === 0 && !plainStruct);
    const type = tsType(key, row[0]);
    lines.push(`  readonly ${quoted(name)}${required ? `: ${type}` : `?: ${type} | undefined`};`);
  }
  return lines;
}

function tsType(owner: string, goType: string): string {
  if (goType.startsWith("*")) return tsType(owner, goType.slice(1));
  if (goType === "[]uint8") return "string";
  if (goType.startsWith("[]")) return `readonly ${wrapped(tsType(owner, goType.slice(2)))}[]`;
  const map = /^map\[[\w.]+\](.*)$/.exec(goType);
  if (map?.[1] !== undefined) return `Readonly<Record<string, ${tsType(owner, map[1])}>>`;
  if (goType === "v1.ResourceList") return "Readonly<Record<string, string>>";
  if (goType === "v1.ExtraValue") return "readonly string[]";
  if (NUMBERS.has(goType)) return "number";
  if (goType === "bool") return "boolean";
  const key = resolve(owner, goType);
  if (key !== undefined) return SPECIAL[key] ?? exportedName(key);
  return /JSONSchemaDe|ValidationRules|SubresourceStatus/.test(goType) ? "unknown" : "string";
}

function wrapped(type: string): string {
  return type.includes(" ") ? `(${type})` : type;
}

/** Finds `v1.Thing` in the owner's group first, then in meta and core, as Go's imports do here. */
function resolve(owner: string, goType: string): string | undefined {
  const name = goType.replace(/^\*/, "").split(".").at(-1);
  const group = owner.slice(0, owner.lastIndexOf("."));
  const packages = [group, "meta/v1", "core/v1", "api/resource", "util/intstr", "pkg/runtime"];
  return packages.map((pkg) => `${pkg}.${name}`).find((key) => key in table);
}

/** Core and meta types have their plain name; a name taken by them or by an earlier group gets its group in front. */
function exportedName(key: string): string {
  const name = key.slice(key.lastIndexOf(".") + 1);
  const owners = Object.keys(table).filter((other) => other.endsWith(`.${name}`));
  const rank = (owner: string) => (/^(core|meta)\//.test(owner) ? 0 : 1);
  const first = owners.sort((a, b) => rank(a) - rank(b) || (a < b ? 1 : -1))[0];
  if (first === key) return name;
  const [group, version] = key.split("/");
  const prefix = `${group?.charAt(0).toUpperCase()}${group?.slice(1)}`;
  const sameGroup = owners.some((other) => other !== key && other.startsWith(`${group}/`));
  return `${prefix}${sameGroup ? (version?.split(".")[0] ?? "").toUpperCase() : ""}${name}`;
}

function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}
