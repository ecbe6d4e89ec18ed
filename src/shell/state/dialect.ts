/**
 * What tells one `sh` from another where a person sees it. All of them are our bash underneath, so what only bash can
 * (arrays, `[[`) works in each; Debian's `sh` is dash, busybox's is ash, and the etcd image's is bash.
 */
export interface Dialect {
  /** The prompt where nobody has set PS1, in bash's escapes. */
  readonly prompt: string;
  /** Said of a command that is not there, after its name. */
  readonly notFound: string;
  /** Said by `exit` at a prompt. */
  readonly farewell: string;
  /** What stands before an error message. */
  place(at: ErrorPlace): string;
}

/** Where an error happened. */
export interface ErrorPlace {
  /** The shell's or the script's name. */
  readonly name: string;
  readonly line: number;
  readonly kind: "prompt" | "command-string" | "script";
}

export const BASH: Dialect = {
  prompt: "\\s-\\v\\$ ",
  notFound: "command not found",
  farewell: "exit\n",
  place: ({ name, line, kind }) => (kind === "prompt" ? name : `${name}: line ${line}`),
};

export const DASH: Dialect = {
  prompt: "\\$ ",
  notFound: "not found",
  farewell: "",
  place: ({ name, line }) => `${name}: ${line}`,
};

export const ASH: Dialect = {
  prompt: "\\w \\$ ",
  notFound: "not found",
  farewell: "",
  place: ({ name, line, kind }) => (kind === "script" ? `${name}: line ${line}` : name),
};
