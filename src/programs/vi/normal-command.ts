import type { Key } from "../../base/terminal-keys.ts";

/** A complete command of normal mode. */
export interface NormalCommand {
  readonly register: string | undefined;
  readonly count: number | undefined;
  /** d, c, y, >, <, g~, gu, gU. */
  readonly operator: string | undefined;
  /** The motion or command; two letters after g, z or Z, and for objects (`iw`). */
  readonly key: Key;
  /** The character that f, t, r, m, ' and ` wait for. */
  readonly char: string | undefined;
}

const OPERATORS = new Set(["d", "c", "y", ">", "<"]);
const CASE_OPERATORS = new Set(["g~", "gu", "gU"]);
const PREFIXES = new Set(["g", "z", "Z"]);
const WAIT_FOR_CHAR = new Set(["f", "F", "t", "T", "r", "m", "'", "`"]);

/**
 * Reads keys as a command: `"a3d2w`. Undefined while more keys are needed.
 *
 *     ["x register] [count] [operator [count]] motion-or-command [character]
 */
export function readCommand(keys: readonly Key[]): NormalCommand | undefined {
  const reader = new KeyReader(keys);
  const register = reader.register();
  const before = reader.count();
  let key = reader.key(false);
  if (key === undefined) return undefined;
  let operator: string | undefined;
  let within: number | undefined;
  if (OPERATORS.has(key) || CASE_OPERATORS.has(key)) {
    operator = key;
    within = reader.count();
    key = reader.key(true);
    if (key === undefined) return undefined;
  }
  const char = WAIT_FOR_CHAR.has(key) ? reader.char() : undefined;
  if (WAIT_FOR_CHAR.has(key) && char === undefined) return undefined;
  const count = before === undefined && within === undefined ? undefined : (before ?? 1) * (within ?? 1);
  return { register, count, operator, key, char };
}

class KeyReader {
  private readonly keys: readonly Key[];
  private at = 0;

  constructor(keys: readonly Key[]) {
    this.keys = keys;
  }

  register(): string | undefined {
    if (this.keys[this.at] !== '"') return undefined;
    this.at += 2;
    return this.keys[this.at - 1];
  }

  count(): number | undefined {
    let digits = "";
    for (let key = this.keys[this.at]; key !== undefined; key = this.keys[this.at]) {
      if (!/^[0-9]$/.test(key) || (key === "0" && digits === "")) break;
      digits += key;
      this.at++;
    }
    return digits === "" ? undefined : Math.min(Number(digits), 99_999);
  }

  key(afterOperator: boolean): Key | undefined {
    const key = this.keys[this.at++];
    const twoLetters = key !== undefined && (PREFIXES.has(key) || (afterOperator && (key === "i" || key === "a")));
    if (!twoLetters) return key;
    const second = this.keys[this.at++];
    return second === undefined ? undefined : key + second;
  }

  char(): string | undefined {
    const key = this.keys[this.at++];
    return key === "<Enter>" ? "\n" : key === "<Tab>" ? "\t" : key;
  }
}
