import type { FieldError } from "../status.ts";

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_1035_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const QUALIFIED_TEXT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** What is wrong with a DNS label; the texts are apimachinery's (util/validation). */
export function labelProblems(value: string): string[] {
  return problems(value, 63, LABEL, LABEL_TEXT);
}

export function label1035Problems(value: string): string[] {
  return problems(value, 63, LABEL_1035, LABEL_1035_TEXT);
}

export function subdomainProblems(value: string): string[] {
  return problems(value, 253, SUBDOMAIN, SUBDOMAIN_TEXT);
}

export function labelValueProblems(value: string): string[] {
  return problems(value, 63, LABEL_VALUE, LABEL_VALUE_TEXT);
}

/** Names that only have to fit into a URL path, as RBAC's do. */
export function pathProblems(value: string): string[] {
  if (value === "." || value === "..") return [`may not be '${value}'`];
  return ["/", "%"].filter((part) => value.includes(part)).map((part) => `may not contain '${part}'`);
}

/** What is wrong with a label key or the like: `prefix/name`. */
export function qualifiedNameProblems(value: string): string[] {
  const parts = value.split("/");
  if (parts.length > 2) {
    return [
      `a qualified name ${QUALIFIED_TEXT.replace("name part ", "")} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? "";
  const found: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0] ?? "";
    if (prefix === "") found.push("prefix part must be non-empty");
    else found.push(...subdomainProblems(prefix).map((problem) => `prefix part ${problem}`));
  }
  if (name === "") found.push("name part must be non-empty");
  else if (name.length > 63) found.push("name part must be no more than 63 bytes");
  if (!QUALIFIED.test(name)) found.push(QUALIFIED_TEXT);
  return found;
}

function problems(value: string, max: number, pattern: RegExp, text: string): string[] {
  const found: string[] = [];
  if (value.length > max) found.push(`must be no more than ${max} bytes`);
  if (!pattern.test(value)) found.push(text);
  return found;
}

/** The complaints of one check about one field. */
export function invalidField(field: string, value: unknown, texts: readonly string[]): FieldError[] {
  return texts.map((detail) => ({ type: "FieldValueInvalid", field, value, detail }));
}

export function required(field: string, detail = ""): FieldError {
  return { type: "FieldValueRequired", field, detail };
}

export function forbiddenField(field: string, detail: string): FieldError {
  return { type: "FieldValueForbidden", field, detail };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { type: "FieldValueDuplicate", field, value, detail: "" };
}

export function invalidValue(field: string, value: unknown, detail: string): FieldError {
  return { type: "FieldValueInvalid", field, value, detail };
}

/** A value outside its list; upstream sorts what would be allowed. */
export function notSupported(field: string, value: unknown, allowed: readonly string[]): FieldError {
  const list = [...allowed].sort().map((one) => JSON.stringify(one));
  return { type: "FieldValueNotSupported", field, value, detail: `supported values: ${list.join(", ")}` };
}
