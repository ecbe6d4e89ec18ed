/**
 * The kinds of flag values, named as pflag's Type() names them. Values are read with the matching getter of
 * `ParsedFlags`: bool(), string(), number() (all number kinds; durations in milliseconds), list().
 */
export type FlagType =
  | "bool"
  | "string"
  | "int"
  | "int32"
  | "int64"
  | "uint"
  | "uint32"
  | "uint64"
  | "float64"
  | "count"
  | "duration"
  | "stringSlice"
  | "stringArray";

/** What a flag holds once parsed. */
export type FlagValue = boolean | string | number | readonly string[];

/**
 * One flag. From this entry come parsing, `--help` and completion (mirrors pflag.Flag).
 */
export interface FlagSpec {
  /** Long name without dashes. */
  readonly name: string;
  readonly type: FlagType;
  /** One letter, without dash. */
  readonly shorthand?: string;
  /** Default value; durations as Go text (`5m0s`). Absent: the type's zero value. */
  readonly default?: FlagValue;
  /** Help text; a word in backquotes names the value, as in pflag. */
  readonly usage: string;
  /** What a bare `--flag` without `=value` means; bool and count flags have theirs built in. */
  readonly noOptDefVal?: string;
  /** Also a flag of all commands below. */
  readonly persistent?: boolean;
  readonly hidden?: boolean;
  /** Hint for `Flag --x has been deprecated, <hint>`; also hides the flag. */
  readonly deprecated?: string;
  /** Hint for `Flag shorthand -x has been deprecated, <hint>`. */
  readonly shorthandDeprecated?: string;
  /** `required flag(s) "x" not set` without it. */
  readonly required?: boolean;
  /** The value's type as help shows it, when it is not `type` (pflag.Value.Type of a custom value). */
  readonly typeName?: string;
  /** Values that completion offers. `value\tdescription` is allowed. */
  readonly values?: readonly string[];
  /** Completion offers file names (with one of these extensions if not empty). */
  readonly files?: readonly string[];
  /** Further check of a custom pflag.Value: the error text, or undefined when the input is fine. */
  readonly validate?: (input: string) => string | undefined;
}

/** The meaning of a bare `--flag`, or undefined when the flag needs a value. */
export function bareValue(flag: FlagSpec): string | undefined {
  if (flag.noOptDefVal !== undefined) return flag.noOptDefVal === "" ? undefined : flag.noOptDefVal;
  if (flag.type === "bool") return "true";
  return flag.type === "count" ? "+1" : undefined;
}
