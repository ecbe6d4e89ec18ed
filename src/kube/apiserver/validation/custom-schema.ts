import { compileRegex } from "../../../base/regex/regex.ts";
import type { CustomResourceDefinition } from "../../api/types.generated.ts";
import type { FieldError } from "../status.ts";
import { invalidValue } from "./names.ts";

type Schema = Readonly<Record<string, unknown>>;

/** What is wrong with the schemas of a kind's versions (apiextensions schema validateValueValidation, as far as patterns). */
export function validateCustomSchemas(spec: CustomResourceDefinition["spec"]): FieldError[] {
  const schemas = (spec.versions ?? []).map(({ schema }) => schema?.openAPIV3Schema as Schema | null | undefined);
  const [first] = schemas;
  // A schema that all versions share is held once, outside of them, and is called so.
  if (schemas.every((schema) => JSON.stringify(schema) === JSON.stringify(first)))
    return first == null ? [] : patternErrors(first, "spec.validation.openAPIV3Schema");
  return schemas.flatMap((schema, index) =>
    schema == null ? [] : patternErrors(schema, `spec.versions[${index}].schema.openAPIV3Schema`),
  );
}

function patternErrors(schema: Schema, path: string): FieldError[] {
  const { pattern } = schema;
  const fault = typeof pattern === "string" && pattern !== "" ? compileRegex(pattern, { syntax: "re2" }) : undefined;
  const own =
    typeof fault === "string"
      ? [
          invalidValue(
            `${path}.pattern`,
            pattern,
            `must be a valid regular expression, but isn't: error parsing regexp: ${fault}`,
          ),
        ]
      : [];
  return [...below(schema, path).flatMap(([inner, where]) => patternErrors(inner, where)), ...own];
}

/** The schemas within one, and where they stand. */
function below(schema: Schema, path: string): [Schema, string][] {
  const found: [Schema, string][] = [];
  const add = (value: unknown, where: string) => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) found.push([value as Schema, where]);
  };
  for (const [name, one] of Object.entries((schema["properties"] ?? {}) as Schema))
    add(one, `${path}.properties[${name}]`);
  for (const key of ["items", "additionalProperties", "not"]) add(schema[key], `${path}.${key}`);
  for (const key of ["allOf", "anyOf", "oneOf"])
    for (const [index, one] of ((schema[key] ?? []) as readonly unknown[]).entries())
      add(one, `${path}.${key}[${index}]`);
  return found;
}
