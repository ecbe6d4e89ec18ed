import { Grammar } from "./grammar.ts";
import type { AliasLookup } from "./lexer.ts";
import { type NeedLine, type Reading, SourceLines } from "./source-lines.ts";
import { SyntaxProblem } from "./syntax-error.ts";

/** A here-document that the end of input closed. */
export interface HereDocumentWarning {
  readonly line: number;
  readonly startLine: number;
  readonly delimiter: string;
}

/** What stood in front of the reader: the text of a whole command (aliases put in), nothing, the end, or a fault. */
export type ReadCommand =
  | {
      readonly kind: "command";
      readonly text: string;
      readonly line: number;
      readonly warnings: readonly HereDocumentWarning[];
    }
  | { readonly kind: "blank" }
  | { readonly kind: "end" }
  | { readonly kind: "error"; readonly problem: SyntaxProblem };

/**
 * Reads a script a complete command at a time, as bash does: a command runs before the next line is looked at, so it may
 * define aliases for it, and a fault further down comes after what precedes it has run.
 */
export class CommandReader {
  private readonly source = new SourceLines();
  private readonly alias: AliasLookup;

  constructor(alias: AliasLookup) {
    this.alias = alias;
  }

  get lineNumber(): number {
    return this.source.firstLine;
  }

  set lineNumber(line: number) {
    this.source.firstLine = line;
  }

  /** Forgets lines that were begun, as Ctrl-C does. */
  reset(): void {
    this.source.discardAll();
  }

  *read(): Reading<ReadCommand> {
    const grammar = new Grammar(this.source, this.alias);
    const start = this.source.mark();
    const line = this.source.firstLine;
    try {
      const kind = yield* grammar.completeCommand();
      const text = this.source.since(start);
      this.source.discardRead();
      return kind === "command" ? { kind, text, line, warnings: grammar.lexer.warnings } : { kind };
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      this.source.discardAll();
      return { kind: "error", problem: error };
    }
  }

  /** Reads with lines that are there already. */
  readNow(nextLine: () => string | undefined): ReadCommand {
    const reading = this.read();
    let step: IteratorResult<NeedLine, ReadCommand> = reading.next(undefined);
    while (!step.done) step = reading.next(nextLine());
    return step.value;
  }
}

/** Gives the lines of a text one by one, each with its newline; the last gets one unless a backslash would take it. */
export function linesOf(text: string): () => string | undefined {
  let at = 0;
  return () => {
    if (at >= text.length) return undefined;
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline + 1;
    const line = text.slice(at, end);
    at = end;
    return newline < 0 && !line.endsWith("\\") ? `${line}\n` : line;
  };
}
