import { type ArraySlice, JsonPathError, type Node } from "./nodes.ts";

export interface JsonPathOptions {
  /** Missing fields give nothing instead of an error (`--allow-missing-template-keys`). */
  readonly allowMissing: boolean;
}

/** The results of each `{…}` and text of a template, in order. Throws `JsonPathError`. */
export function findJsonPath(nodes: readonly Node[], data: unknown, options: JsonPathOptions): unknown[][] {
  return new Evaluator(options).template(nodes, data).results;
}

/** The values of one path without `range`, for sorting, columns and waits. */
export function jsonPathValues(nodes: readonly Node[], data: unknown, options: JsonPathOptions): unknown[] {
  return findJsonPath(nodes, data, options).flat();
}

class Evaluator {
  private readonly options: JsonPathOptions;

  constructor(options: JsonPathOptions) {
    this.options = options;
  }

  /** Runs nodes up to an `{end}`; `used` counts what was consumed of `nodes`. */
  template(nodes: readonly Node[], data: unknown): { results: unknown[][]; used: number } {
    const results: unknown[][] = [];
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at];
      if (node === undefined) break;
      if (node.kind !== "list") {
        results.push(this.walk([data], node));
        continue;
      }
      const head = node.nodes[0];
      if (head?.kind === "identifier" && head.name === "end") return { results, used: at + 1 };
      if (head?.kind === "identifier" && head.name === "range") {
        at += this.range(node.nodes.slice(1), nodes.slice(at + 1), data, results);
        continue;
      }
      if (head?.kind === "identifier") throw new JsonPathError(`unrecognized identifier ${head.name}`);
      results.push(this.path(node.nodes, [data]));
    }
    return { results, used: nodes.length };
  }

  private range(path: readonly Node[], body: readonly Node[], data: unknown, results: unknown[][]): number {
    let used = endOf(body);
    const items = this.path(path, [data]);
    const elements = items.length === 1 && Array.isArray(items[0]) ? (items[0] as unknown[]) : items;
    for (const element of elements) {
      const inner = this.template(body, element);
      results.push(...inner.results);
      used = inner.used;
    }
    return used;
  }

  path(nodes: readonly Node[], data: readonly unknown[]): unknown[] {
    let current: unknown[] = [...data];
    for (const node of nodes) current = this.walk(current, node);
    return current;
  }

  private walk(data: readonly unknown[], node: Node): unknown[] {
    switch (node.kind) {
      case "text":
        return [node.text];
      case "literal":
        return [node.value];
      case "field":
        return this.field(data, node.name);
      case "array":
        return data.flatMap((value) => this.slice(value, node.slice));
      case "wildcard":
        return data.flatMap(children);
      case "recursive":
        return data.flatMap((value) => descend(value, []));
      case "union":
        return node.paths.flatMap((path) => this.path(path, data));
      case "filter":
        return data.flatMap((value) => this.filter(value, node));
      case "list":
        return this.path(node.nodes, data);
      case "identifier":
        throw new JsonPathError(`unrecognized identifier ${node.name}`);
    }
  }

  private field(data: readonly unknown[], name: string): unknown[] {
    if (data.length === 0) return [];
    const found: unknown[] = [];
    for (const value of data) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
      if (Object.hasOwn(value, name)) found.push((value as Record<string, unknown>)[name]);
    }
    if (found.length === 0 && !this.options.allowMissing) throw new JsonPathError(`${name} is not found`);
    return found;
  }

  private slice(value: unknown, slice: ArraySlice): unknown[] {
    if (value === null || value === undefined) return [];
    if (!Array.isArray(value)) throw new JsonPathError(`${goType(value)} is not array or slice`);
    const length = value.length;
    const count = (index: number) => (index < 0 ? index + length : index);
    if (slice.single && slice.from !== undefined) {
      const index = count(slice.from);
      if (index >= length || index < 0) {
        throw new JsonPathError(`array index out of bounds: index ${slice.from}, length ${length}`);
      }
      return [value[index]];
    }
    const from = Math.max(0, count(slice.from ?? 0));
    const to = Math.min(length, slice.to === undefined ? length : count(slice.to));
    const step = slice.step ?? 1;
    if (step < 1) throw new JsonPathError("step must be > 0");
    const items: unknown[] = [];
    for (let i = from; i < to; i += step) items.push(value[i]);
    return items;
  }

  private filter(value: unknown, node: Node & { kind: "filter" }): unknown[] {
    if (!Array.isArray(value)) {
      if (value === null || value === undefined) return [];
      throw new JsonPathError(`${goValue(value)} is not array or slice and cannot be filtered`);
    }
    return value.filter((item) => this.matches(item, node));
  }

  private matches(item: unknown, node: Node & { kind: "filter" }): boolean {
    const lenient = new Evaluator({ allowMissing: true });
    const left = lenient.path(node.left, [item]);
    if (node.operator === "exists") return left.length > 0;
    if (left.length === 0) return false;
    if (left.length > 1) throw new JsonPathError("can only compare one element at a time");
    const right = lenient.path(node.right, [item]);
    if (right.length === 0) return false;
    return compare(left[0], right[0], node.operator);
  }
}

/** How many nodes belong to a range's body, its `{end}` included. */
function endOf(body: readonly Node[]): number {
  let depth = 0;
  for (let at = 0; at < body.length; at++) {
    const node = body[at];
    const head = node?.kind === "list" ? node.nodes[0] : undefined;
    if (head?.kind !== "identifier") continue;
    if (head.name === "range") depth++;
    if (head.name === "end" && depth-- === 0) return at + 1;
  }
  return body.length;
}

function compare(left: unknown, right: unknown, operator: string): boolean {
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (typeof left === "number" && typeof right === "number") return ordered(left - right, operator);
  if (typeof left === "string" && typeof right === "string") {
    return ordered(left < right ? -1 : left > right ? 1 : 0, operator);
  }
  throw new JsonPathError("incompatible types for comparison");
}

function ordered(difference: number, operator: string): boolean {
  if (operator === "<") return difference < 0;
  if (operator === ">") return difference > 0;
  if (operator === "<=") return difference <= 0;
  if (operator === ">=") return difference >= 0;
  throw new JsonPathError(`unrecognized filter operator ${operator}`);
}

function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === "object" && value !== null ? sortedValues(value) : [];
}

function sortedValues(value: object): unknown[] {
  return Object.keys(value)
    .sort()
    .map((key) => (value as Record<string, unknown>)[key]);
}

/** All containers below and including `value`, as `..` visits them. */
function descend(value: unknown, found: unknown[]): unknown[] {
  if (typeof value !== "object" || value === null) return found;
  found.push(value);
  for (const child of children(value)) descend(child, found);
  return found;
}

function goType(value: unknown): string {
  return typeof value === "object" ? "map[string]interface {}" : typeof value;
}

function goValue(value: unknown): string {
  return typeof value === "object" ? "map" : String(value);
}
