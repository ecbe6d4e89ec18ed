import type { LabelSelector } from "./types.generated.ts";

/** One demand of a label selector. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: "=" | "!=" | "in" | "notin" | "exists" | "!" | "gt" | "lt";
  readonly values: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

/** A selector text that can't be read; `message` is apimachinery's. */
export class SelectorError extends Error {}

/** Whether labels meet all demands. */
export function matchesLabels(requirements: readonly LabelRequirement[], labels: Labels | undefined): boolean {
  return requirements.every((requirement) => meets(requirement, labels ?? {}));
}

function meets(requirement: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case "=":
    case "in":
      return value !== undefined && requirement.values.includes(value);
    case "!=":
    case "notin":
      return value === undefined || !requirement.values.includes(value);
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case "gt":
      return value !== undefined && Number(value) > Number(requirement.values[0]);
    case "lt":
      return value !== undefined && Number(value) < Number(requirement.values[0]);
  }
}

/** The demands of a LabelSelector object. Undefined selects nothing, as upstream's LabelSelectorAsSelector(nil). */
export function fromLabelSelector(selector: LabelSelector | undefined | null): readonly LabelRequirement[] | "nothing" {
  if (selector === undefined || selector === null) return "nothing";
  const requirements: LabelRequirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    requirements.push({ key, operator: "=", values: [value] });
  }
  const operators = { In: "in", NotIn: "notin", Exists: "exists", DoesNotExist: "!" } as const;
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = operators[operator as keyof typeof operators];
    if (known === undefined) return "nothing";
    requirements.push({ key, operator: known, values: values ?? [] });
  }
  return requirements;
}

/** Whether a LabelSelector object selects labels. */
export function selects(selector: LabelSelector | undefined | null, labels: Labels | undefined): boolean {
  const requirements = fromLabelSelector(selector);
  return requirements !== "nothing" && matchesLabels(requirements, labels);
}

/** The text of a LabelSelector (metav1.FormatLabelSelector): `a=b,c in (d,e)`; `<none>` for an empty one. */
export function formatLabelSelector(selector: LabelSelector | undefined | null): string {
  const requirements = fromLabelSelector(selector);
  if (requirements === "nothing") return "<none>";
  const text = formatRequirements(requirements);
  return text === "" ? "<none>" : text;
}

/** The canonical text of demands, ordered by key. */
export function formatRequirements(requirements: readonly LabelRequirement[]): string {
  const sorted = [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return sorted.map(formatRequirement).join(",");
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  if (operator === "exists") return key;
  if (operator === "!") return `!${key}`;
  if (operator === "in" || operator === "notin") return `${key} ${operator} (${[...values].sort().join(",")})`;
  return `${key}${operator === "gt" ? ">" : operator === "lt" ? "<" : operator}${values[0] ?? ""}`;
}

/** Reads `a=b,c!=d,e in (f,g),h,!i` (apimachinery labels.Parse). Throws `SelectorError`. */
export function parseLabelSelector(text: string): readonly LabelRequirement[] {
  const requirements: LabelRequirement[] = [];
  const lexer = new Lexer(text);
  if (lexer.atEnd()) return requirements;
  for (;;) {
    requirements.push(parseRequirement(lexer));
    if (lexer.atEnd()) return requirements;
    const comma = lexer.take();
    if (comma !== ",")
      throw new SelectorError(`unable to parse requirement: found '${comma}', expected: ',' or 'end of string'`);
    if (lexer.atEnd()) throw new SelectorError("unable to parse requirement: found '', expected: identifier after ','");
  }
}

const SYMBOLS = [",", "(", ")", "==", "=", "!=", "!", ">", "<"];

function parseRequirement(lexer: Lexer): LabelRequirement {
  const first = lexer.take();
  if (first === "!") return { key: keyOf(lexer.take()), operator: "!", values: [] };
  const key = keyOf(first);
  const next = lexer.peek();
  if (next === "" || next === ",") return { key, operator: "exists", values: [] };
  lexer.take();
  if (next === "=" || next === "==") return { key, operator: "=", values: [readValue(lexer)] };
  if (next === "!=") return { key, operator: "!=", values: [readValue(lexer)] };
  if (next === ">" || next === "<") return { key, operator: next === ">" ? "gt" : "lt", values: [readValue(lexer)] };
  if (next === "in" || next === "notin") return { key, operator: next, values: valueList(lexer) };
  throw new SelectorError(`unable to parse requirement: found '${next}', expected: in, notin, =, ==, !=, gt, lt`);
}

function readValue(lexer: Lexer): string {
  const next = lexer.peek();
  if (next === "," || next === "") return "";
  return checkedValue(lexer.take());
}

function valueList(lexer: Lexer): string[] {
  const open = lexer.take();
  if (open !== "(") throw new SelectorError(`unable to parse requirement: found '${open}' expected: '('`);
  const values: string[] = [];
  for (let token = lexer.take(); token !== ")"; token = lexer.take()) {
    if (token === "") throw new SelectorError("unable to parse requirement: found '', expected: ',' or ')'");
    if (token === ",") {
      if (lexer.peek() === "," || lexer.peek() === ")") values.push("");
    } else values.push(checkedValue(token));
  }
  return values;
}

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

function keyOf(token: string): string {
  if (token === "" || SYMBOLS.includes(token)) {
    throw new SelectorError(`unable to parse requirement: found '${token}', expected: identifier`);
  }
  const name = token.slice(token.lastIndexOf("/") + 1);
  if (!NAME.test(name) || name.length > 63) {
    throw new SelectorError(
      `unable to parse requirement: <nil>: Invalid value: "${token}": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    );
  }
  return token;
}

function checkedValue(token: string): string {
  if (token !== "" && (!NAME.test(token) || token.length > 63)) {
    throw new SelectorError(
      `unable to parse requirement: values[0][]: Invalid value: "${token}": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    );
  }
  return token;
}

class Lexer {
  private readonly tokens: string[];
  private at = 0;

  constructor(text: string) {
    this.tokens = text.match(/==|!=|[,()=!<>]|[^\s,()=!<>]+/g) ?? [];
  }

  atEnd(): boolean {
    return this.at >= this.tokens.length;
  }

  peek(): string {
    return this.tokens[this.at] ?? "";
  }

  take(): string {
    return this.tokens[this.at++] ?? "";
  }
}
