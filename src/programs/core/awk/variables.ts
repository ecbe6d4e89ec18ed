import { AwkRuntimeError, type AwkValue } from "./value.ts";

export type AwkArray = Map<string, AwkValue>;
/** A variable's place; passed by reference when it is an array or was never set. */
export type Cell = { value: AwkValue | AwkArray };

/** Global variables and those of the function that runs. */
export class Variables {
  readonly globals = new Map<string, Cell>();
  /** The running function's parameters. */
  locals: Map<string, Cell> | undefined;

  cell(name: string): Cell {
    const found = this.locals?.get(name) ?? this.globals.get(name);
    if (found !== undefined) return found;
    const cell: Cell = { value: undefined };
    this.globals.set(name, cell);
    return cell;
  }

  scalar(name: string): AwkValue {
    const { value } = this.cell(name);
    if (value instanceof Map) throw new AwkRuntimeError(`attempt to use array \`${name}' in a scalar context`);
    return value;
  }

  array(name: string): AwkArray {
    const cell = this.cell(name);
    if (cell.value === undefined) cell.value = new Map();
    if (!(cell.value instanceof Map)) throw new AwkRuntimeError(`attempt to use scalar \`${name}' as array`);
    return cell.value;
  }

  element(name: string, key: string): AwkValue {
    const array = this.array(name);
    if (!array.has(key)) array.set(key, undefined);
    return array.get(key);
  }
}
