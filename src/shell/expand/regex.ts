import type { Word } from "unbash";
import type { RegexCompiler } from "../../base/regex/regex-library.ts";
import { type Task, waitFor } from "../../sim/task.ts";
import type { Shell } from "../state/shell.ts";
import { FieldBuilder } from "./fields.ts";
import { expandWord } from "./word.ts";

/** The right side of `=~` as a POSIX extended regular expression; what is quoted stands for itself. */
export function* expandRegex(shell: Shell, word: Word): Task<string> {
  const into = new FieldBuilder(shell.variables.get("IFS"), false, escapeRegex);
  yield* expandWord(word, { shell, into, quoted: false, regex: true });
  return into.finishPattern();
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

/** The compiler of expressions, which is loaded with the first `=~`; undefined when it cannot be. */
export function* regexCompiler(shell: Shell): Task<RegexCompiler | undefined> {
  const library = shell.start.regexes;
  if (library.compile !== undefined) return library.compile;
  return yield* waitFor<RegexCompiler | undefined>({
    begin(resume) {
      library.request((compile) => resume(compile));
      return undefined;
    },
  });
}
