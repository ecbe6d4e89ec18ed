import { JsonPathError } from "../base/jsonpath/nodes.ts";
import { parseJsonPath } from "../base/jsonpath/parse.ts";
import type { Condition, KeyCondition, RanCondition, TextTest } from "./check.ts";
import { Fields } from "./fields.ts";
import { readPattern } from "./pattern.ts";
import type { Problems } from "./problem.ts";

/** The kinds of conditions, each named by the field that it is recognised by. */
const CONDITION_KINDS = ["key", "object", "file", "run", "ran", "shown", "all", "any", "not"] as const;
type Kind = (typeof CONDITION_KINDS)[number];

const READERS: Readonly<Record<Kind, (fields: Fields, problems: Problems) => Condition>> = {
  key: readKey,
  object: (fields) => ({
    kind: "object",
    get: fields.needed("object"),
    path: readPath(fields),
    test: readTest(fields),
  }),
  file: (fields) => ({ kind: "file", path: fields.needed("file"), host: fields.text("host"), test: readTest(fields) }),
  run: (fields) => ({
    kind: "run",
    command: fields.needed("run"),
    host: fields.text("host"),
    exit: fields.number("exit") ?? 0,
    prints: patternIn(fields, "prints"),
  }),
  ran: readRan,
  shown: (fields, problems) => ({
    kind: "shown",
    matches: patternIn(fields, "shown") ?? "",
    since: readSince(fields, problems),
  }),
  all: (fields, problems) => ({ kind: "all", of: readEach(fields, "all", problems) }),
  any: (fields, problems) => ({ kind: "any", of: readEach(fields, "any", problems) }),
  not: (fields, problems) => ({ kind: "not", of: readCondition(fields.raw("not"), "not", fields.line, problems) }),
};

/** Reads a condition out of YAML that holds nothing else. */
export function readCondition(value: unknown, what: string, line: number, problems: Problems): Condition {
  const fields = new Fields(value, what, line, problems);
  const condition = conditionIn(fields, problems);
  fields.end();
  return condition;
}

/** Reads a condition out of fields among which there are others. */
export function conditionIn(fields: Fields, problems: Problems): Condition {
  const kinds = CONDITION_KINDS.filter((kind) => fields.has(kind));
  const [kind] = kinds;
  if (kind === undefined) fields.complain(`no condition; expected one of ${CONDITION_KINDS.join(", ")}`);
  if (kinds.length > 1) fields.complain(`${kinds.join(" and ")} at once; join them by all: or any:`);
  return kind === undefined ? { kind: "all", of: [] } : READERS[kind](fields, problems);
}

export function readRan(fields: Fields): RanCondition {
  return {
    kind: "ran",
    program: fields.needed("ran"),
    args: fields.texts("args"),
    exit: fields.number("exit"),
    where: fields.oneOf("where", ["host", "container"]),
  };
}

function readKey(fields: Fields): KeyCondition {
  return { kind: "key", key: fields.needed("key"), prefix: fields.flag("prefix"), test: readTest(fields) };
}

/** What must have come to be before a line counts. */
function readSince(fields: Fields, problems: Problems): KeyCondition | undefined {
  const value = fields.raw("since");
  if (value === undefined) return undefined;
  const since = new Fields(value, "since", fields.line, problems);
  const condition = readKey(since);
  if (condition.prefix) since.complain("prefix: lines are counted since one key came to be so");
  since.end();
  return condition;
}

function readEach(fields: Fields, name: string, problems: Problems): Condition[] {
  const list = fields.list(name);
  if (list.length === 0) fields.complain(`${name} holds no condition`);
  return list.map((value, index) => readCondition(value, `${name}[${index}]`, fields.line, problems));
}

function readTest(fields: Fields): TextTest {
  const equals = fields.text("equals");
  const contains = fields.text("contains");
  const matches = patternIn(fields, "matches");
  const atLeast = fields.number("atLeast");
  const exists = fields.flag("exists");
  const absent = fields.flag("absent");
  if (exists && absent) fields.complain("exists and absent at once");
  return {
    ...(equals === undefined ? {} : { equals }),
    ...(contains === undefined ? {} : { contains }),
    ...(matches === undefined ? {} : { matches }),
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(absent ? { absent } : {}),
  };
}

function patternIn(fields: Fields, name: string): string | undefined {
  const pattern = fields.text(name);
  if (pattern === undefined) return undefined;
  const read = readPattern(pattern);
  if (typeof read !== "string") return pattern;
  fields.complain(`${name}: ${read}`);
  return undefined;
}

/** A JSONPath, with or without its braces. */
function readPath(fields: Fields): string | undefined {
  const written = fields.text("path");
  if (written === undefined) return undefined;
  const path = written.startsWith("{") ? written : `{${written.startsWith(".") ? "" : "."}${written}}`;
  try {
    parseJsonPath(path);
    return path;
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    fields.complain(`path: ${error.message}`);
    return undefined;
  }
}
