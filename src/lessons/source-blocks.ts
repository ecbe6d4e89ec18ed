import { type Attributes, NO_ATTRIBUTES, readAttributes } from "./attributes.ts";
import type { Problems } from "./problem.ts";

/**
 * A lesson's source cut along the lines that Markdown does not know:
 *
 *     ---                    front matter (YAML)
 *     ---
 *     A paragraph.           markdown
 *     ## Title {#id}         heading: a step begins
 *     ```console run         markdown, fences included
 *     :::check{id=x}         directive
 *     body
 *     :::
 */
export type SourceBlock =
  | { readonly kind: "markdown"; readonly text: string; readonly line: number }
  | { readonly kind: "heading"; readonly text: string; readonly attributes: Attributes; readonly line: number }
  | Directive;

/** `:::name{…}` with what stands before its closing `:::`. */
export interface Directive {
  readonly kind: "directive";
  readonly name: string;
  readonly attributes: Attributes;
  readonly body: string;
  readonly line: number;
}

export interface Source {
  /** YAML, without its rulers; undefined when the source has none. */
  readonly frontMatter: string | undefined;
  readonly blocks: readonly SourceBlock[];
}

const DIRECTIVE = /^:::([a-z-]+)(?:\{(.*)\})?\s*$/;
const HEADING = /^## +(.*?)(?:\s*\{([^{}]*)\})?\s*$/;

/** Cuts a source. Lines count from 1. */
export function cutSource(text: string, problems: Problems): Source {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const end = lines[0] === "---" ? lines.indexOf("---", 1) : -1;
  if (lines[0] === "---" && end < 0) problems.add(1, "the front matter has no end: close it with ---");
  const cutter = new Cutter(lines, end + 1, problems);
  return { frontMatter: end < 0 ? undefined : lines.slice(1, end).join("\n"), blocks: cutter.cut() };
}

class Cutter {
  private readonly lines: readonly string[];
  private at: number;
  private readonly problems: Problems;
  private readonly blocks: SourceBlock[] = [];
  private markdown: string[] = [];
  private markdownLine = 0;
  /** The fence that is open: its opening characters. */
  private fence: string | undefined;

  constructor(lines: readonly string[], from: number, problems: Problems) {
    this.lines = lines;
    this.at = from;
    this.problems = problems;
  }

  cut(): readonly SourceBlock[] {
    for (; this.at < this.lines.length; this.at++) this.take(this.lines[this.at] ?? "");
    this.flush();
    return this.blocks;
  }

  private take(line: string): void {
    const inside = this.fence !== undefined;
    this.followFence(line);
    const directive = DIRECTIVE.exec(line);
    const heading = HEADING.exec(line);
    if (inside || this.fence !== undefined) this.keep(line);
    else if (directive !== null) this.directive(directive[1] ?? "", directive[2]);
    else if (heading !== null) this.heading(heading[1] ?? "", heading[2]);
    else if (line.startsWith(":::")) this.problems.add(this.at + 1, `"${line}" closes nothing and opens nothing`);
    else this.keep(line);
  }

  private followFence(line: string): void {
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    if (mark === null) return;
    const [, ticks = "", info = ""] = mark;
    if (this.fence === undefined) this.fence = ticks;
    else if (ticks.startsWith(this.fence) && info.trim() === "") this.fence = undefined;
  }

  private keep(line: string): void {
    if (this.markdown.length === 0) this.markdownLine = this.at + 1;
    this.markdown.push(line);
  }

  private flush(): void {
    const text = this.markdown.join("\n");
    if (text.trim() !== "") this.blocks.push({ kind: "markdown", text, line: this.markdownLine });
    this.markdown = [];
  }

  private heading(text: string, attributes: string | undefined): void {
    this.flush();
    const line = this.at + 1;
    this.blocks.push({ kind: "heading", text, attributes: this.attributes(attributes), line });
  }

  private directive(name: string, attributes: string | undefined): void {
    this.flush();
    const line = this.at + 1;
    const body: string[] = [];
    for (this.at++; this.at < this.lines.length; this.at++) {
      const text = this.lines[this.at] ?? "";
      this.followFence(text);
      if (this.fence === undefined && /^\s*:::\s*$/.test(text)) break;
      body.push(text);
    }
    if (this.at >= this.lines.length) this.problems.add(line, `:::${name} has no end: close it with :::`);
    this.fence = undefined;
    this.blocks.push({ kind: "directive", name, attributes: this.attributes(attributes), body: body.join("\n"), line });
  }

  private attributes(text: string | undefined): Attributes {
    if (text === undefined) return NO_ATTRIBUTES;
    const read = readAttributes(text);
    if (read === undefined) this.problems.add(this.at + 1, `cannot read the attributes {${text}}`);
    return read ?? NO_ATTRIBUTES;
  }
}
