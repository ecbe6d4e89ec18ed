import type { Regex, RegexOptions } from "./regex.ts";

/** As `compileRegex`. */
export type RegexCompiler = (pattern: string | readonly string[], options: RegexOptions) => Regex | string;

/** The code of regular expressions for who must not wait for it: a shell is there before it is loaded. */
export interface RegexLibrary {
  readonly compile: RegexCompiler | undefined;
  /** Begins loading if need be; calls back when it is there, or with what went wrong. */
  request(onReady: (compile: RegexCompiler | undefined, problem: string) => void): void;
}
