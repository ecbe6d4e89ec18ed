import { goQuote } from "../go-quote.ts";
import type { ArgsRule } from "./command.ts";

/** cobra.NoArgs */
export const noArgs: ArgsRule = (args, path) =>
  args[0] === undefined ? undefined : `unknown command ${goQuote(args[0])} for ${goQuote(path)}`;

/** cobra.ArbitraryArgs */
export const anyArgs: ArgsRule = () => undefined;

/** cobra.ExactArgs */
export function exactArgs(count: number): ArgsRule {
  return (args) => (args.length === count ? undefined : `accepts ${count} arg(s), received ${args.length}`);
}

/** cobra.MinimumNArgs */
export function minimumArgs(count: number): ArgsRule {
  return (args) =>
    args.length >= count ? undefined : `requires at least ${count} arg(s), only received ${args.length}`;
}

/** cobra.MaximumNArgs */
export function maximumArgs(count: number): ArgsRule {
  return (args) => (args.length <= count ? undefined : `accepts at most ${count} arg(s), received ${args.length}`);
}

/** cobra.RangeArgs */
export function rangeArgs(least: number, most: number): ArgsRule {
  return (args) =>
    args.length >= least && args.length <= most
      ? undefined
      : `accepts between ${least} and ${most} arg(s), received ${args.length}`;
}

/** cobra.MatchAll */
export function matchAll(...rules: readonly ArgsRule[]): ArgsRule {
  return (args, path) => {
    for (const rule of rules) {
      const fault = rule(args, path);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}

/** cobra.OnlyValidArgs */
export function onlyValidArgs(valid: readonly string[]): ArgsRule {
  return (args, path) => {
    const wrong = args.find((arg) => !valid.includes(arg));
    return wrong === undefined ? undefined : `invalid argument ${goQuote(wrong)} for ${goQuote(path)}`;
  };
}
