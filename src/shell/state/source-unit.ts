/** Where a text came from: it decides how messages name it. */
export type SourceKind = "command-string" | "script" | "standard-input" | "prompt";

/** A text that commands were parsed from, to find line numbers in. */
export class SourceUnit {
  /** What error messages name: the script, or `bash`. */
  readonly name: string;
  readonly text: string;
  readonly firstLine: number;
  readonly kind: SourceKind;
  private lineStarts: number[] | undefined;

  constructor(name: string, text: string, firstLine: number, kind: SourceKind = "script") {
    this.name = name;
    this.text = text;
    this.firstLine = firstLine;
    this.kind = kind;
  }

  /** The unit as functions defined in it name it: `bash -c` and standard input have names of their own there. */
  forFunctions(): SourceUnit {
    const name = { "command-string": "environment", "standard-input": "main", script: this.name, prompt: "main" }[
      this.kind
    ];
    return name === this.name ? this : new SourceUnit(name, this.text, this.firstLine);
  }

  /** The number of the line that `position` is in. */
  lineAt(position: number): number {
    this.lineStarts ??= findLineStarts(this.text);
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return this.firstLine + low;
  }
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
