import { goQuote } from "../go-quote.ts";
import type { GoResult } from "./go-number.ts";

const UNIT_NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const MAXIMUM = (1n << 63n) - 1n;

/** time.ParseDuration: nanoseconds, or Go's error text. */
export function parseGoDuration(input: string): GoResult<bigint> {
  const invalid = { error: `time: invalid duration ${goQuote(input)}` };
  const negative = input.startsWith("-");
  let rest = negative || input.startsWith("+") ? input.slice(1) : input;
  if (rest === "0") return { value: 0n };
  if (rest === "" || rest.length > 256) return invalid;
  let total = 0n;
  while (rest !== "") {
    const part = /^(\d*)(?:\.(\d*))?([^\d.]*)/.exec(rest);
    const whole = part?.[1] ?? "";
    const fraction = part?.[2] ?? "";
    if (part === null || whole + fraction === "") return invalid;
    const unit = part[3] ?? "";
    if (unit === "") return { error: `time: missing unit in duration ${goQuote(input)}` };
    const scale = Object.hasOwn(UNIT_NANOSECONDS, unit) ? UNIT_NANOSECONDS[unit] : undefined;
    if (scale === undefined) return { error: `time: unknown unit ${goQuote(unit)} in duration ${goQuote(input)}` };
    total += BigInt(whole === "" ? 0 : whole) * scale;
    if (fraction !== "") total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    if (total > MAXIMUM + (negative ? 1n : 0n)) return invalid;
    rest = rest.slice(part[0].length);
  }
  return { value: negative ? -total : total };
}

/** Milliseconds of a Go duration; undefined when it is none. */
export function goDurationMs(input: string): number | undefined {
  const parsed = parseGoDuration(input);
  return "value" in parsed ? Number(parsed.value) / 1e6 : undefined;
}

/** time.Duration.String of a number of milliseconds: `1.5s`, `2h0m0s`, `203.4ms`, `15µs`. */
export function formatGoDuration(ms: number): string {
  return formatGoNanoseconds(BigInt(Math.round(ms * 1e6)));
}

/** time.Duration.String of nanoseconds. */
export function formatGoNanoseconds(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const ns = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (ns < 1_000n) return `${sign}${ns}ns`;
  if (ns < 1_000_000n) return `${sign}${decimal(ns, 3)}µs`;
  if (ns < 1_000_000_000n) return `${sign}${decimal(ns, 6)}ms`;
  const minutes = ns / 60_000_000_000n;
  const seconds = `${decimal(ns % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`;
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  const whole = digits.slice(0, -places);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
