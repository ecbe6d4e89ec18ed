import type { RegexLibrary } from "../base/regex/regex-library.ts";
import { lateCode } from "./late-code.ts";

/** Loads regular expressions for shells, as a chunk that other programs share. */
export function regexLoader(onBusy: (busy: boolean) => void): RegexLibrary {
  const late = lateCode(async () => (await import("../base/regex/regex.ts")).compileRegex, onBusy);
  return {
    get compile() {
      return late.code;
    },
    request: late.request,
  };
}
