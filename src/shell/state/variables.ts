import { demandMemory, MEMORY_MAX } from "../../machine/memory.ts";
import { IndexedArray } from "./indexed-array.ts";
import { copyVariable, elementsOf, newVariable, scalarOf, type Variable, type VariableValue } from "./variable.ts";

/** An assignment that bash refuses; the message lacks the shell's name. */
export class VariableError extends Error {}

/** Gives a variable that changes by itself: `RANDOM`, `SECONDS`, `LINENO`. */
export type DynamicVariable = {
  readonly read: () => VariableValue;
  /** What an assignment does; without it the assignment makes an ordinary variable of it. */
  readonly write?: (value: string) => void;
};

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function isName(text: string): boolean {
  return NAME.test(text);
}

/**
 * The shell's variables: the globals, and above them one layer for each function that runs. Names are looked up from the
 * innermost outwards (dynamic scope).
 *
 *     globals { PATH x }  <-  f's locals { x }  <-  g's locals { y }
 */
export class Variables {
  private layers: Map<string, Variable>[];
  private readonly dynamic: Map<string, DynamicVariable>;
  private exportedOrNone: Map<string, string> | undefined;
  /** Characters assigned since they were counted last. */
  private assigned = 0;

  constructor(layers: Map<string, Variable>[] = [new Map()], dynamic = new Map<string, DynamicVariable>()) {
    this.layers = layers;
    this.dynamic = dynamic;
  }

  /** Copies all for a subshell. Dynamic variables must be defined again, since they read their shell. */
  copy(): Variables {
    const layers = this.layers.map((layer) => {
      const copy = new Map<string, Variable>();
      for (const [name, variable] of layer) copy.set(name, copyVariable(variable));
      return copy;
    });
    return new Variables(layers);
  }

  /** The outermost layer. */
  get globals(): ReadonlyMap<string, Variable> {
    return this.layers[0] ?? new Map();
  }

  /** Puts other globals in place of all; no function may be running. */
  replaceGlobals(globals: Iterable<readonly [name: string, variable: Variable]>): void {
    this.layers = [new Map(globals)];
    this.exportedOrNone = undefined;
  }

  define(name: string, dynamic: DynamicVariable): void {
    this.dynamic.set(name, dynamic);
  }

  pushLayer(): void {
    this.layers.push(new Map());
  }

  popLayer(): void {
    this.layers.pop();
    this.exportedOrNone = undefined;
  }

  /** How many layers there are. */
  get depth(): number {
    return this.layers.length;
  }

  /** Takes layers away until there are `depth`. */
  unwind(depth: number): void {
    while (this.layers.length > depth) this.popLayer();
  }

  /** The variable that a name means, references followed. */
  find(name: string): Variable | undefined {
    const dynamic = this.dynamic.get(name);
    if (dynamic !== undefined) return newVariable(dynamic.read());
    const variable = this.findPlain(name);
    if (variable?.reference !== true || typeof variable.value !== "string") return variable;
    return this.findPlain(this.resolve(name));
  }

  /** The name that a chain of references ends at. */
  resolve(name: string): string {
    for (let hops = 0; hops < 8; hops++) {
      const variable = this.findPlain(name);
      if (variable?.reference !== true || typeof variable.value !== "string" || variable.value === "") return name;
      name = variable.value;
    }
    return name;
  }

  get(name: string): string | undefined {
    const variable = this.find(name);
    return variable === undefined ? undefined : scalarOf(variable);
  }

  /** Assigns to the variable where it is found, else makes a global. Throws `VariableError` when it is read-only. */
  set(name: string, value: string): void {
    const target = this.resolve(name);
    const dynamic = this.dynamic.get(target);
    if (dynamic !== undefined) {
      dynamic.write?.(value);
      return;
    }
    const variable = this.writable(target);
    const cased = applyCase(variable, value);
    this.note(value);
    if (variable.value instanceof IndexedArray) variable.value.set(0, cased);
    else if (variable.value instanceof Map) variable.value.set("0", cased);
    else variable.value = cased;
  }

  /** Replaces the whole value. */
  setWhole(name: string, value: VariableValue): void {
    this.writable(this.resolve(name)).value = value;
  }

  /** Sets one element, making an indexed array if need be. A negative index counts from the end. */
  setElement(name: string, index: number | string, text: string): void {
    const variable = this.writable(this.resolve(name));
    const value = applyCase(variable, text);
    this.note(value);
    if (variable.value instanceof Map) {
      variable.value.set(String(index), value);
      return;
    }
    const array = toArray(variable);
    const at = Number(index) < 0 ? array.end + Number(index) : Number(index);
    if (at < 0) throw new VariableError(`${name}[${index}]: bad array subscript`);
    array.set(at, value);
  }

  /** The variable to assign to, made when it is new. */
  writable(name: string): Variable {
    const variable = this.findPlain(name) ?? this.create(name, 0);
    if (variable.readonly) throw new VariableError(`${name}: readonly variable`);
    if (variable.exported || this.exportedOrNone?.has(name)) this.exportedOrNone = undefined;
    return variable;
  }

  /** The innermost layer's own variable, made when it is new: `local`, `declare`. */
  local(name: string): Variable {
    const layer = this.layers.length - 1;
    return this.layers[layer]?.get(name) ?? this.create(name, layer);
  }

  /** The global of this name, made when it is new: `declare -g`. */
  global(name: string): Variable {
    return this.layers[0]?.get(name) ?? this.create(name, 0);
  }

  /** The variable where it is found, else a new global; for changes of attributes. */
  owner(name: string): Variable {
    return this.findPlain(name) ?? this.create(name, 0);
  }

  hasLocal(name: string): boolean {
    return this.layers[this.layers.length - 1]?.has(name) ?? false;
  }

  export(name: string): void {
    const target = this.resolve(name);
    (this.findPlain(target) ?? this.create(target, 0)).exported = true;
    this.exportedOrNone = undefined;
  }

  /** Something about attributes changed. */
  touch(): void {
    this.exportedOrNone = undefined;
  }

  unset(name: string): void {
    this.exportedOrNone = undefined;
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const variable = this.layers[i]?.get(name);
      if (variable === undefined) continue;
      if (variable.readonly) throw new VariableError(`${name}: cannot unset: readonly variable`);
      // A function's own local stays its local, without a value.
      if (i > 0 && i === this.layers.length - 1) this.layers[i]?.set(name, newVariable(undefined));
      else this.layers[i]?.delete(name);
      return;
    }
    this.dynamic.delete(name);
  }

  /** All names that mean a variable, in byte order. */
  names(): string[] {
    const names = new Set<string>(this.dynamic.keys());
    for (const layer of this.layers) for (const name of layer.keys()) names.add(name);
    return [...names].sort();
  }

  /** The environment of programs. The same map until something changes. */
  exported(): ReadonlyMap<string, string> {
    if (this.exportedOrNone !== undefined) return this.exportedOrNone;
    const result = new Map<string, string>();
    for (const layer of this.layers) {
      for (const [name, variable] of layer) {
        const value = scalarOf(variable);
        if (variable.exported && value !== undefined && typeof variable.value === "string") result.set(name, value);
        else result.delete(name);
      }
    }
    this.exportedOrNone = result;
    return result;
  }

  /** Adds a variable of `A=1 command` to the layer that was pushed for the command. */
  setTemporary(name: string, value: string, append: boolean): void {
    const text = append ? (this.get(name) ?? "") + value : value;
    this.layers[this.layers.length - 1]?.set(name, { ...newVariable(text), exported: true });
    this.exportedOrNone = undefined;
  }

  /** Notes what is assigned; when that is much, counts what all variables hold. Throws `OutOfMemory`. */
  private note(text: string): void {
    this.assigned += text.length;
    if (this.assigned < MEMORY_MAX / 4) return;
    this.assigned = 0;
    let held = text.length;
    for (const layer of this.layers)
      for (const variable of layer.values()) for (const element of elementsOf(variable)) held += element.length;
    demandMemory(held);
  }

  private findPlain(name: string): Variable | undefined {
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const variable = this.layers[i]?.get(name);
      if (variable !== undefined) return variable;
    }
    return undefined;
  }

  private create(name: string, layer: number): Variable {
    const variable = newVariable(undefined);
    this.layers[layer]?.set(name, variable);
    return variable;
  }
}

/** Makes an indexed array of what the variable holds; a text becomes element 0. */
export function toArray(variable: Variable): IndexedArray {
  if (variable.value instanceof IndexedArray) return variable.value;
  const array = new IndexedArray();
  if (typeof variable.value === "string") array.set(0, variable.value);
  variable.value = array;
  return array;
}

function applyCase(variable: Variable, value: string): string {
  if (variable.letterCase === "lower") return value.toLowerCase();
  return variable.letterCase === "upper" ? value.toUpperCase() : value;
}
