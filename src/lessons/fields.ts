import { isRecord } from "../base/record.ts";
import type { Problems } from "./problem.ts";

/** A YAML mapping that is read field by field; what nobody asked for is unknown and is told to the author. */
export class Fields {
  readonly line: number;
  private readonly values: ReadonlyMap<string, unknown>;
  private readonly problems: Problems;
  private readonly what: string;
  private readonly asked = new Set<string>();

  constructor(value: unknown, what: string, line: number, problems: Problems) {
    this.line = line;
    this.problems = problems;
    this.what = what;
    if (isRecord(value)) this.values = new Map(Object.entries(value));
    else {
      this.values = new Map();
      problems.add(line, `${what}: expected fields such as "name: value"`);
    }
  }

  has(name: string): boolean {
    return this.values.get(name) !== undefined;
  }

  raw(name: string): unknown {
    this.asked.add(name);
    return this.values.get(name);
  }

  /** A text, a number or a truth value, as text. */
  text(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    this.complain(`${name} must be a text`);
    return undefined;
  }

  needed(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === "") this.complain(`${name} is missing`);
    return value ?? "";
  }

  number(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === "number") return value;
    this.complain(`${name} must be a number`);
    return undefined;
  }

  flag(name: string): boolean {
    const value = this.raw(name);
    if (value === undefined || typeof value === "boolean") return value === true;
    this.complain(`${name} must be true or false`);
    return false;
  }

  list(name: string): readonly unknown[] {
    const value = this.raw(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    this.complain(`${name} must be a list`);
    return [];
  }

  texts(name: string): readonly string[] {
    return this.list(name).map((value) => String(value));
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    const found = allowed.find((each) => each === value);
    if (value !== undefined && found === undefined)
      this.complain(`${name} must be ${allowed.join(" or ")}, not "${value}"`);
    return found;
  }

  complain(message: string): void {
    this.problems.add(this.line, `${this.what}: ${message}`);
  }

  /** Tells of fields that nobody asked for. */
  end(): void {
    for (const name of this.values.keys()) if (!this.asked.has(name)) this.complain(`unknown field "${name}"`);
  }
}
