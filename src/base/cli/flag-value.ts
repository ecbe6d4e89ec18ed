import { parseCsvLine } from "./csv-line.ts";
import type { FlagSpec, FlagType, FlagValue } from "./flag.ts";
import { parseGoDuration } from "./go-duration.ts";
import { type GoResult, parseGoBool, parseGoFloat, parseGoInt, parseGoUint } from "./go-number.ts";

/**
 * The flag's value after `input` was given to it: pflag's Value.Set. Lists replace their default at the first setting
 * and grow with each further one; counts grow by one.
 */
export function setFlagValue(flag: FlagSpec, input: string, before: FlagValue | undefined): GoResult<FlagValue> {
  const fault = flag.validate?.(input);
  if (fault !== undefined) return { error: fault };
  const list = Array.isArray(before) ? (before as readonly string[]) : [];
  switch (flag.type) {
    case "bool":
      return parseGoBool(input);
    case "string":
      return { value: input };
    case "duration":
      return asNumber(parseGoDuration(input), 1e6);
    case "float64":
      return parseGoFloat(input);
    case "count":
      return input === "+1"
        ? { value: typeof before === "number" ? before + 1 : 1 }
        : asNumber(parseGoInt(input, 0, 64), 1);
    case "stringArray":
      return { value: [...list, input] };
    case "stringSlice": {
      const fields = parseCsvLine(input);
      return "error" in fields ? fields : { value: [...list, ...fields.value] };
    }
    default:
      return parseInteger(flag.type, input);
  }
}

type IntegerType = Extract<FlagType, `int${string}` | `uint${string}`>;

function parseInteger(type: IntegerType, input: string): GoResult<number> {
  const bits = type.endsWith("32") ? 32 : 64;
  return asNumber(type.startsWith("u") ? parseGoUint(input, 0, bits) : parseGoInt(input, 0, bits), 1);
}

function asNumber(result: GoResult<bigint>, divisor: number): GoResult<number> {
  return "error" in result ? result : { value: Number(result.value) / divisor };
}

/** The value of a flag that was not given. */
export function defaultFlagValue(flag: FlagSpec): FlagValue {
  if (flag.type === "duration") {
    const parsed = parseGoDuration(typeof flag.default === "string" ? flag.default : "0");
    return "value" in parsed ? Number(parsed.value) / 1e6 : 0;
  }
  return flag.default ?? zeroValue(flag.type);
}

function zeroValue(type: FlagType): FlagValue {
  if (type === "bool") return false;
  if (type === "string") return "";
  return type === "stringSlice" || type === "stringArray" ? [] : 0;
}

/** pflag's DefValue: the default as text. */
export function defaultFlagText(flag: FlagSpec): string {
  if (flag.type === "duration") return typeof flag.default === "string" ? flag.default : "0s";
  const value = flag.default ?? zeroValue(flag.type);
  return Array.isArray(value) ? `[${value.join(",")}]` : String(value);
}

/** Whether help leaves the default out (pflag's defaultIsZeroValue). */
export function isZeroDefault(flag: FlagSpec): boolean {
  const text = defaultFlagText(flag);
  return text === "" || text === "false" || text === "0" || text === "0s" || text === "[]";
}
