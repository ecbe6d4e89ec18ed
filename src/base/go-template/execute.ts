import { TEMPLATE_FUNCTIONS, truth } from "./functions.ts";
import { goPrint } from "./go-print.ts";
import { type Nodes, type Operand, type Pipe, type Template, TemplateError, type TemplateNode } from "./nodes.ts";

export interface TemplateOptions {
  /** False: a missing key of a map is an error (`missingkey=error`). */
  readonly allowMissing: boolean;
  /** The template's name in error texts. */
  readonly name?: string;
}

const MAX_CALLS = 500;
const MAX_OUTPUT = 16 * 1024 * 1024;

/** Runs a template over JSON data. Throws `TemplateError` with Go's text. */
export function executeTemplate(template: Template, data: unknown, options: TemplateOptions): string {
  const run = new Execution(template, options);
  run.nodes(template.root, data, new Scope(undefined, data));
  return run.output.join("");
}

class Scope {
  private readonly values = new Map<string, unknown>();
  private readonly outer: Scope | undefined;

  constructor(outer: Scope | undefined, root?: unknown) {
    this.outer = outer;
    if (outer === undefined) this.values.set("$", root);
  }

  declare(name: string, value: unknown): void {
    this.values.set(name, value);
  }

  assign(name: string, value: unknown): void {
    if (this.values.has(name) || this.outer === undefined) this.values.set(name, value);
    else this.outer.assign(name, value);
  }

  get(name: string): unknown {
    if (this.values.has(name)) return this.values.get(name);
    if (this.outer === undefined) throw new TemplateError(`undefined variable "${name}"`);
    return this.outer.get(name);
  }
}

type Flow = "next" | "break" | "continue";

class Execution {
  readonly output: string[] = [];
  private size = 0;
  private calls = 0;
  private readonly template: Template;
  private readonly options: TemplateOptions;

  constructor(template: Template, options: TemplateOptions) {
    this.template = template;
    this.options = options;
  }

  nodes(nodes: Nodes, dot: unknown, scope: Scope): Flow {
    for (const node of nodes) {
      const flow = this.node(node, dot, scope);
      if (flow !== "next") return flow;
    }
    return "next";
  }

  private node(node: TemplateNode, dot: unknown, scope: Scope): Flow {
    switch (node.kind) {
      case "text":
        this.write(node.text);
        return "next";
      case "action": {
        const value = this.pipe(node.pipe, dot, scope);
        if (node.pipe.variables.length === 0) this.write(printed(value));
        return "next";
      }
      case "if":
      case "with":
        return this.condition(node, dot, new Scope(scope));
      case "range":
        return this.range(node, dot, new Scope(scope));
      case "template":
        return this.call(node, dot, scope);
      default:
        return node.kind;
    }
  }

  private condition(node: TemplateNode & { kind: "if" | "with" }, dot: unknown, scope: Scope): Flow {
    const value = this.pipe(node.pipe, dot, scope);
    if (truth(value)) return this.nodes(node.body, node.kind === "with" ? value : dot, scope);
    return this.nodes(node.otherwise, dot, scope);
  }

  private range(node: TemplateNode & { kind: "range" }, dot: unknown, outer: Scope): Flow {
    const value = this.pipe({ ...node.pipe, variables: [] }, dot, outer);
    const entries = rangeEntries(value);
    if (entries.length === 0) return this.nodes(node.otherwise, dot, outer);
    for (const [key, item] of entries) {
      const scope = new Scope(outer);
      const [first, second] = node.pipe.variables;
      if (first !== undefined) scope.declare(first, second === undefined ? item : key);
      if (second !== undefined) scope.declare(second, item);
      if (this.nodes(node.body, item, scope) === "break") break;
    }
    return "next";
  }

  private call(node: TemplateNode & { kind: "template" }, dot: unknown, scope: Scope): Flow {
    const body = this.template.defined.get(node.name);
    if (body === undefined) throw new TemplateError(`template "${node.name}" not defined`);
    if (++this.calls > MAX_CALLS) throw new TemplateError("exceeded maximum template depth (100000)");
    const data = node.pipe === undefined ? undefined : this.pipe(node.pipe, dot, scope);
    this.nodes(body, data, new Scope(undefined, data));
    this.calls--;
    return "next";
  }

  private pipe(pipe: Pipe, dot: unknown, scope: Scope): unknown {
    let value: unknown;
    pipe.commands.forEach((command, index) => {
      value = this.command(command, dot, scope, index === 0 ? [] : [value], pipe);
    });
    for (const name of pipe.variables) {
      if (pipe.declares) scope.declare(name, value);
      else scope.assign(name, value);
    }
    return value;
  }

  private command(
    operands: readonly Operand[],
    dot: unknown,
    scope: Scope,
    piped: readonly unknown[],
    pipe: Pipe,
  ): unknown {
    const [first, ...rest] = operands;
    if (first === undefined) return undefined;
    if (first.kind !== "function") {
      if (rest.length > 0 || piped.length > 0)
        throw this.fault(pipe, `can't give argument to non-function ${operandText(first)}`);
      return this.operand(first, dot, scope, pipe);
    }
    return this.invoke(
      first.name,
      () => [...rest.map((one) => this.operand(one, dot, scope, pipe)), ...piped],
      rest,
      dot,
      scope,
      pipe,
    );
  }

  private invoke(
    name: string,
    args: () => unknown[],
    rest: readonly Operand[],
    dot: unknown,
    scope: Scope,
    pipe: Pipe,
  ): unknown {
    if (name === "and" || name === "or") {
      let value: unknown;
      for (const operand of rest) {
        value = this.operand(operand, dot, scope, pipe);
        if (truth(value) === (name === "or")) return value;
      }
      return value;
    }
    const body = TEMPLATE_FUNCTIONS.get(name);
    if (body === undefined) throw new TemplateError(`function "${name}" not defined`);
    try {
      return body(args());
    } catch (error) {
      if (error instanceof TemplateError && !error.message.startsWith("template: ")) {
        throw this.fault(pipe, `error calling ${name}: ${error.message}`);
      }
      throw error;
    }
  }

  private operand(operand: Operand, dot: unknown, scope: Scope, pipe: Pipe): unknown {
    switch (operand.kind) {
      case "dot":
        return dot;
      case "nil":
        return undefined;
      case "literal":
        return operand.value;
      case "field":
        return this.fields(dot, operand.path, pipe);
      case "variable":
        return this.fields(scope.get(operand.name), operand.path, pipe);
      case "function":
        return this.invoke(operand.name, () => [], [], dot, scope, pipe);
      case "pipe":
        return this.fields(this.pipe(operand.pipe, dot, scope), operand.path, pipe);
    }
  }

  private fields(start: unknown, path: readonly string[], pipe: Pipe): unknown {
    let value = start;
    for (const name of path) {
      if (value === undefined || value === null) {
        if (this.options.allowMissing) return undefined;
        throw this.fault(pipe, `nil data; no entry for key "${name}"`);
      }
      if (typeof value !== "object" || Array.isArray(value)) {
        throw this.fault(pipe, `can't evaluate field ${name} in type interface {}`);
      }
      if (!Object.hasOwn(value, name)) {
        if (!this.options.allowMissing) throw this.fault(pipe, `map has no entry for key "${name}"`);
        value = undefined;
      } else value = (value as Record<string, unknown>)[name];
    }
    return value;
  }

  private fault(pipe: Pipe, message: string): TemplateError {
    const name = this.options.name ?? "output";
    return new TemplateError(`template: ${name}:1:${0}: executing "${name}" at <${pipe.text}>: ${message}`);
  }

  private write(text: string): void {
    this.size += text.length;
    if (this.size > MAX_OUTPUT) throw new TemplateError("output too long");
    this.output.push(text);
  }
}

function printed(value: unknown): string {
  return value === undefined ? "<no value>" : goPrint(value);
}

function operandText(operand: Operand): string {
  if (operand.kind === "field") return `.${operand.path.join(".")}`;
  return operand.kind === "dot" ? "." : operand.kind === "literal" ? String(operand.value) : operand.kind;
}

function rangeEntries(value: unknown): (readonly [unknown, unknown])[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((item, index) => [index, item] as const);
  if (typeof value === "number")
    return Array.from({ length: Math.max(0, value) }, (_, index) => [index, index] as const);
  if (typeof value !== "object") throw new TemplateError(`range can't iterate over ${String(value)}`);
  const source = value as Record<string, unknown>;
  return Object.keys(source)
    .sort()
    .map((key) => [key, source[key]] as const);
}
