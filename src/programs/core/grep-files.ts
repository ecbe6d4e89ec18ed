import type { GivenOptions } from "../../base/getopt.ts";
import { Pattern } from "../../shell/expand/pattern.ts";

interface Rule {
  readonly pattern: Pattern;
  readonly excludes: boolean;
}

/** Which files grep looks into, by `--include`, `--exclude` and `--exclude-dir`. */
export class FileChoice {
  private readonly files: readonly Rule[];
  private readonly directories: readonly Rule[];

  constructor(options: GivenOptions) {
    const rules = (names: readonly string[], textOf: (value: string) => string): Rule[] =>
      options.inOrder
        .filter(({ name }) => names.includes(name))
        .map(({ name, value = "" }) => ({
          pattern: new Pattern(textOf(value), false, false),
          excludes: name !== "include",
        }));
    this.files = rules(["include", "exclude"], (value) => value);
    this.directories = rules(["exclude-dir"], (value) => value.replace(/(?<=.)\/+$/, ""));
  }

  /** Of a file that was found: by its own name. */
  takes(name: string): boolean {
    return isTaken(this.files, [name]);
  }

  entersDirectory(name: string): boolean {
    return isTaken(this.directories, [name]);
  }

  /** Of what the command line names: by the whole of it, or by what stands behind one of its slashes. */
  takesNamed(path: string, isDirectory: boolean): boolean {
    const plain = isDirectory ? path.replace(/(?<=.)\/+$/, "") : path;
    const ends = plain.split("/").map((_, at, names) => names.slice(at).join("/"));
    return isTaken(isDirectory ? this.directories : this.files, ends);
  }
}

/** The last rule that matches decides; where none does, one that begins by including has left it out. */
function isTaken(rules: readonly Rule[], names: readonly string[]): boolean {
  const last = rules.findLast(({ pattern }) => names.some((name) => pattern.matches(name)));
  return last === undefined ? rules[0]?.excludes !== false : !last.excludes;
}
