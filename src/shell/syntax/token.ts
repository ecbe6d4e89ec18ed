/** A piece of a script: a word with its quotes, an operator, a line's end, the input's end. */
export interface Token {
  readonly kind: "word" | "operator" | "newline" | "end";
  /** As written; `newline` for a line's end. */
  readonly text: string;
  /** A word without any quote or expansion: may be a keyword or an alias. */
  readonly plain: boolean;
  /** The row among the lines being read. */
  readonly row: number;
  /** A word that is only digits and touches a redirection, or `{name}` that does: the descriptor. */
  readonly descriptor: boolean;
}

/** Longest first. */
export const OPERATORS = [
  "&>>",
  ";;&",
  "<<<",
  "<<-",
  "&&",
  "&>",
  "||",
  "|&",
  ";;",
  ";&",
  "<<",
  "<&",
  "<>",
  ">>",
  ">&",
  ">|",
  "&",
  "|",
  ";",
  "<",
  ">",
  "(",
  ")",
] as const;

export const REDIRECTIONS: ReadonlySet<string> = new Set([
  "<",
  ">",
  ">>",
  ">|",
  "<>",
  "<&",
  ">&",
  "&>",
  "&>>",
  "<<",
  "<<-",
  "<<<",
]);

/** Words with a meaning where a command may begin. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  "if",
  "then",
  "elif",
  "else",
  "fi",
  "for",
  "while",
  "until",
  "do",
  "done",
  "case",
  "esac",
  "select",
  "function",
  "{",
  "}",
  "!",
  "[[",
  "time",
  "coproc",
]);
