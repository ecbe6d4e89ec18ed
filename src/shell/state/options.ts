/** The options of `set -o` with their letters, in the order in which bash lists them. */
export const SET_OPTIONS = [
  { name: "allexport", letter: "a" },
  { name: "braceexpand", letter: "B" },
  { name: "emacs", letter: undefined },
  { name: "errexit", letter: "e" },
  { name: "errtrace", letter: "E" },
  { name: "functrace", letter: "T" },
  { name: "hashall", letter: "h" },
  { name: "histexpand", letter: "H" },
  { name: "history", letter: undefined },
  { name: "ignoreeof", letter: undefined },
  { name: "interactive-comments", letter: undefined },
  { name: "keyword", letter: "k" },
  { name: "monitor", letter: "m" },
  { name: "noclobber", letter: "C" },
  { name: "noexec", letter: "n" },
  { name: "noglob", letter: "f" },
  { name: "nolog", letter: undefined },
  { name: "notify", letter: "b" },
  { name: "nounset", letter: "u" },
  { name: "onecmd", letter: "t" },
  { name: "physical", letter: "P" },
  { name: "pipefail", letter: undefined },
  { name: "posix", letter: undefined },
  { name: "privileged", letter: "p" },
  { name: "verbose", letter: "v" },
  { name: "vi", letter: undefined },
  { name: "xtrace", letter: "x" },
] as const;

export type SetOption = (typeof SET_OPTIONS)[number]["name"];

/** The options of `shopt` that are known, with what they are in a script. */
export const SHOPT_DEFAULTS: Readonly<Record<string, boolean>> = {
  autocd: false,
  cdspell: false,
  checkwinsize: true,
  cmdhist: true,
  complete_fullquote: true,
  dotglob: false,
  expand_aliases: false,
  extglob: true,
  extquote: true,
  failglob: false,
  force_fignore: true,
  globasciiranges: true,
  globskipdots: true,
  globstar: false,
  histappend: false,
  histverify: false,
  hostcomplete: true,
  huponexit: false,
  inherit_errexit: false,
  interactive_comments: true,
  lastpipe: false,
  login_shell: false,
  nocaseglob: false,
  nocasematch: false,
  nullglob: false,
  patsub_replacement: true,
  progcomp: true,
  promptvars: true,
  sourcepath: true,
  xpg_echo: false,
};

const ON_AT_START: readonly SetOption[] = ["braceexpand", "hashall", "interactive-comments"];
const ON_AT_PROMPT: readonly SetOption[] = ["emacs", "histexpand", "history", "monitor"];

/** A shell's switches as plain data. */
export interface OptionsImage {
  /** Of `set -o`. */
  readonly on: readonly string[];
  /** Of `shopt`. */
  readonly shopts: readonly (readonly [name: string, on: boolean])[];
}

/** The switches of one shell. */
export class ShellOptions {
  private readonly on: Set<string>;
  private readonly shopts: Map<string, boolean>;

  private constructor(on: Set<string>, shopts: Map<string, boolean>) {
    this.on = on;
    this.shopts = shopts;
  }

  static start(interactive: boolean, posix: boolean): ShellOptions {
    const on = new Set<string>(interactive ? [...ON_AT_START, ...ON_AT_PROMPT] : ON_AT_START);
    if (posix) on.add("posix");
    const shopts = new Map(Object.entries(SHOPT_DEFAULTS));
    if (interactive || posix) shopts.set("expand_aliases", true);
    return new ShellOptions(on, shopts);
  }

  static of(image: OptionsImage): ShellOptions {
    return new ShellOptions(new Set(image.on), new Map(image.shopts));
  }

  image(): OptionsImage {
    return { on: [...this.on], shopts: [...this.shopts] };
  }

  copy(): ShellOptions {
    return new ShellOptions(new Set(this.on), new Map(this.shopts));
  }

  has(option: SetOption): boolean {
    return this.on.has(option);
  }

  set(option: SetOption, value: boolean): void {
    if (value) this.on.add(option);
    else this.on.delete(option);
    if (option === "emacs" && value) this.on.delete("vi");
    if (option === "vi" && value) this.on.delete("emacs");
  }

  shopt(name: string): boolean {
    return this.shopts.get(name) ?? false;
  }

  setShopt(name: string, value: boolean): void {
    this.shopts.set(name, value);
  }

  /** `SHELLOPTS`. */
  list(): string {
    return [...this.on].sort().join(":");
  }

  /** `$-`. */
  letters(interactive: boolean, commandString: boolean): string {
    const letters: string[] = SET_OPTIONS.filter((option) => this.on.has(option.name)).map(
      (option) => option.letter ?? "",
    );
    if (interactive) letters.push("i");
    const lower = letters.filter((letter) => letter >= "a").sort();
    const upper = letters.filter((letter) => letter !== "" && letter < "a").sort();
    return [...lower, ...upper, commandString ? "c" : interactive ? "s" : ""].join("");
  }
}
