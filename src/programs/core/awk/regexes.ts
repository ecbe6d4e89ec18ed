import { compileRegex, type Regex } from "../../../base/regex/regex.ts";
import { AwkRuntimeError } from "./value.ts";

const KEPT_MAX = 500;

/**
 * The expressions of one run, compiled once. No other run shares them, be it of another world: what matching costs depends
 * on what has been matched before, and with it the world's time.
 */
export class AwkRegexes {
  private readonly kept = new Map<string, Regex>();

  /** Throws `AwkRuntimeError` for what is no expression. */
  get(source: string): Regex {
    const known = this.kept.get(source);
    if (known !== undefined) return known;
    const regex = compileRegex(source, { syntax: "awk" });
    if (typeof regex === "string")
      throw new AwkRuntimeError(`regular expression compile failed (${MAWK_WORDS[regex] ?? regex})\n${source}`);
    if (this.kept.size > KEPT_MAX) this.kept.clear();
    this.kept.set(source, regex);
    return regex;
  }

  /** Of all of them, as `Regex.takeWork`. */
  takeWork(atLeast = 0): number {
    let done = 0;
    for (const regex of this.kept.values()) done += regex.takeWork(atLeast);
    return done;
  }
}

/** What mawk says where glibc says otherwise. */
const MAWK_WORDS: Readonly<{ [message: string]: string }> = {
  "Unmatched ( or \\(": "missing ')'",
  "Unmatched [, [^, [:, [., or [=": "bad class -- [], [^] or [",
};
