import { utf8 } from "../../../base/bytes.ts";
import { CommandFailure, EXIT, GoPanic } from "../../../base/cli/exit.ts";
import { parseGoInt } from "../../../base/cli/go-number.ts";
import { goQuote } from "../../../base/go-quote.ts";
import type { Compare, CompareResult } from "../../../etcd/rpc/messages.ts";
import { unquoteGo } from "../argify.ts";
import { argumentBytes } from "../context.ts";

const RESULTS: Readonly<Record<string, CompareResult>> = {
  "=": "EQUAL",
  "!=": "NOT_EQUAL",
  ">": "GREATER",
  "<": "LESS",
};
const NUMBERS: Readonly<Record<string, "VERSION" | "CREATE" | "MOD">> = {
  ver: "VERSION",
  version: "VERSION",
  c: "CREATE",
  create: "CREATE",
  m: "MOD",
  mod: "MOD",
};

/** Reads a line like `mod("key") > "0"`. Fails with exit code 3; panics where clientv3 does. */
export function parseCompare(line: string): Compare {
  const fault = (what: string) => new CommandFailure(EXIT.invalidInput, what);
  const paren = line.indexOf("(");
  if (paren < 0) throw fault(`malformed comparison: ${line}`);
  const target = line.slice(0, paren);
  const { key, operator, value } = scan(line.slice(paren + 1));
  if (key === undefined || operator === undefined || value === undefined) {
    const got = `got ${target}(${goQuote(key ?? "")}) ${operator ?? ""} ${goQuote("")}`;
    throw fault(`malformed comparison: ${line}; ${got}`);
  }
  const number = Object.hasOwn(NUMBERS, target) ? NUMBERS[target] : undefined;
  if (number !== undefined) {
    const parsed = parseGoInt(value, 10, 64);
    if ("error" in parsed) throw fault(`invalid txn compare request: ${line}`);
    return { key: argumentBytes(key), result: resultOf(operator), target: number, value: Number(parsed.value) };
  }
  if (target === "val" || target === "value") {
    return { key: argumentBytes(key), result: resultOf(operator), target: "VALUE", bytes: utf8(value) };
  }
  if (target !== "lease") throw fault(`malformed comparison: ${line} (unknown target ${target})`);
  resultOf(operator);
  throw new GoPanic("bad value"); // clientv3 wants a number here and etcdctl gives it the text
}

function resultOf(operator: string): CompareResult {
  const result = Object.hasOwn(RESULTS, operator) ? RESULTS[operator] : undefined;
  if (result === undefined) throw new GoPanic("Unknown result op");
  return result;
}

/** Go's Sscanf with `%q) %s %q`. */
function scan(text: string): { key?: string; operator?: string; value?: string } {
  const head = /^\s*("(?:[^"\\]|\\.)*")\)/.exec(text);
  const key = head === null ? undefined : unquoteGo(head[1] ?? "");
  if (head === null || key === undefined) return {};
  const middle = /^\s+(\S+)/.exec(text.slice(head[0].length));
  if (middle === null) return { key };
  const operator = middle[1] ?? "";
  const tail = /^\s+("(?:[^"\\]|\\.)*")/.exec(text.slice(head[0].length + middle[0].length));
  const value = tail === null ? undefined : unquoteGo(tail[1] ?? "");
  return value === undefined ? { key, operator } : { key, operator, value };
}
