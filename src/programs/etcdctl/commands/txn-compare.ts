import { utf8 } from "../../../base/bytes.ts";
import { CommandFailure, EXIT, GoPanic } from "../../../base/cli/exit.ts";
import { parseGoInt } from "../../../base/cli/go-number.ts";
import { goQuote } from "../../../base/go-quote.ts";
import type { Compare, CompareResult } from "../../../etcd/rpc/messages.ts";
import { quotedEnd, unquoteGo } from "../argify.ts";
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
  const key = scanQuoted(text);
  if (key === undefined || text[key.end] !== ")") return {};
  const middle = /^\s+(\S+)/.exec(text.slice(key.end + 1));
  if (middle === null) return { key: key.text };
  const operator = middle[1] ?? "";
  const tail = text.slice(key.end + 1 + middle[0].length);
  const value = /^\s/.test(tail) ? scanQuoted(tail) : undefined;
  return value === undefined ? { key: key.text, operator } : { key: key.text, operator, value: value.text };
}

function scanQuoted(text: string): { readonly text: string; readonly end: number } | undefined {
  const start = text.length - text.trimStart().length;
  const end = quotedEnd(text, start);
  const unquoted = end < 0 ? undefined : unquoteGo(text.slice(start, end));
  return unquoted === undefined ? undefined : { text: unquoted, end };
}
