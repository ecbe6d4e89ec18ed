/** What is wrong with a script, in bash's terms; `parse.y` and `y.tab.c` are where bash says it. */
export type SyntaxFault =
  | { readonly kind: "unexpected"; readonly token: string }
  | { readonly kind: "end-of-file" }
  | { readonly kind: "unmatched"; readonly wanted: string }
  | { readonly kind: "text"; readonly text: string };

/** A script that cannot be read. `line` counts from 1; `source` is the offending line, shown by non-interactive shells. */
export class SyntaxProblem extends Error {
  readonly fault: SyntaxFault;
  readonly line: number;
  readonly source: string;

  constructor(fault: SyntaxFault, line: number, source: string) {
    super(faultText(fault));
    this.fault = fault;
    this.line = line;
    this.source = source;
  }
}

function faultText(fault: SyntaxFault): string {
  switch (fault.kind) {
    case "unexpected":
      return `syntax error near unexpected token \`${fault.token}'`;
    case "end-of-file":
      return "syntax error: unexpected end of file";
    case "unmatched":
      return `unexpected EOF while looking for matching \`${fault.wanted}'`;
    case "text":
      return fault.text;
  }
}

/**
 * The lines that a shell prints. `where` is what stands before `line N:` (`bash: -c`, `x.sh`, `bash: eval`); an
 * interactive shell names only itself.
 */
export function syntaxMessages(problem: SyntaxProblem, where: string, interactive: boolean): string[] {
  if (interactive) return [`${where}: ${problem.message}`];
  const first = `${where}: line ${problem.line}: ${problem.message}`;
  if (problem.fault.kind !== "unexpected") return [first];
  return [first, `${where}: line ${problem.line}: \`${problem.source}'`];
}
