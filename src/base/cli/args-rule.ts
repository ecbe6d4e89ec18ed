import { goQuote } from "../go-quote.ts";
import type { ArgsRule } from "./command.ts";

/** cobra.NoArgs */
export const noArgs: ArgsRule = (args, path) =>
  args[0] === undefined ? undefined : `unknown command ${goQuote(args[0])} for ${goQuote(path)}`;

/** cobra.ExactArgs */
export function exactArgs(count: number): ArgsRule {
  return (args) => (args.length === count ? undefined : `accepts ${count} arg(s), received ${args.length}`);
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
