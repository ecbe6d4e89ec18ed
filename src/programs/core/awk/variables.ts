import { demandMemory, MEMORY_MAX } from "../../../machine/memory.ts";
import { AwkRuntimeError, type AwkValue } from "./value.ts";

/** What mawk needs for an element, its texts aside. */
const CELL_BYTES = 32;

export type AwkArray = Map<string, AwkValue>;
/** A variable's place; passed by reference when it is an array or was never set. */
export type Cell = { value: AwkValue | AwkArray };

/** Global variables and those of the function that runs. */
export class Variables {
  readonly globals = new Map<string, Cell>();
  /** The running function's parameters. */
  locals: Map<string, Cell> | undefined;
  /** Bytes put into arrays since one was counted. */
  private assigned = 0;

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
    if (!array.has(key)) this.setElement(name, key, undefined);
    return array.get(key);
  }

  /** Throws `OutOfMemory` when the array becomes too large. */
  setElement(name: string, key: string, value: AwkValue): void {
    const array = this.array(name);
    array.set(key, value);
    this.assigned += CELL_BYTES + (typeof value === "string" ? value.length : 0);
    if (this.assigned < MEMORY_MAX / 4) return;
    this.assigned = 0;
    let held = array.size * CELL_BYTES;
    for (const each of array.values()) if (typeof each === "string") held += each.length;
    demandMemory(held);
  }
}
