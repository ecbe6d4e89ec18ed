import { Lexer, type MarkedToken, type Token, type Tokens } from "marked";
import { readAttributes } from "./attributes.ts";
import { commandsOf } from "./commands.ts";
import type { Problems } from "./problem.ts";
import type { CodeBlock, Inline, ProseBlock, RunnableCode } from "./prose.ts";

/** Reads Markdown into prose. `line` is the number of the text's first line. */
export function readMarkdown(text: string, line: number, problems: Problems): readonly ProseBlock[] {
  try {
    return new Reader(problems).blocks(Lexer.lex(text, { gfm: true }), line);
  } catch (error) {
    // The lexer calls itself for each quote and list within another.
    if (!(error instanceof RangeError)) throw error;
    problems.add(line, "quotes and lists are nested too deeply");
    return [];
  }
}

/** Reads a sentence's markup: emphasis, code, links. */
export function readSentence(text: string): readonly Inline[] {
  const reader = new Reader(undefined);
  return reader.inlines(Lexer.lexInline(text, { gfm: true }), 0);
}

const FENCE_FLAGS = new Set(["run", "interrupt", "optional"]);
const FENCE_VALUES = new Set(["host", "id"]);

class Reader {
  private readonly problems: Problems | undefined;

  constructor(problems: Problems | undefined) {
    this.problems = problems;
  }

  blocks(tokens: readonly Token[], firstLine: number): ProseBlock[] {
    const blocks: ProseBlock[] = [];
    let line = firstLine;
    for (const token of tokens) {
      const block = this.block(token as MarkedToken, line);
      if (block !== undefined) blocks.push(block);
      line += token.raw.split("\n").length - 1;
    }
    return blocks;
  }

  private block(token: MarkedToken, line: number): ProseBlock | undefined {
    switch (token.type) {
      case "paragraph":
        return { kind: "paragraph", content: this.inlines(token.tokens, line) };
      case "text":
        return { kind: "paragraph", content: this.inlines(token.tokens ?? [token], line) };
      case "heading":
        return { kind: "heading", depth: token.depth, content: this.inlines(token.tokens, line) };
      case "list":
        return this.list(token, line);
      case "blockquote":
        return { kind: "quote", blocks: this.blocks(token.tokens, line) };
      case "table":
        return this.table(token, line);
      case "code":
        return this.code(token, line);
      case "hr":
        return { kind: "rule" };
      case "html":
        return this.html(token.text, line);
      default:
        return undefined;
    }
  }

  private list(token: Tokens.List, firstLine: number): ProseBlock {
    let line = firstLine;
    const items = token.items.map((item) => {
      const blocks = this.blocks(item.tokens, line);
      line += item.raw.split("\n").length - 1;
      return blocks;
    });
    return { kind: "list", ordered: token.ordered, items };
  }

  private table(token: Tokens.Table, line: number): ProseBlock {
    return {
      kind: "table",
      head: token.header.map((cell) => this.inlines(cell.tokens, line)),
      rows: token.rows.map((row) => row.map((cell) => this.inlines(cell.tokens, line))),
    };
  }

  private code(token: Tokens.Code, line: number): CodeBlock {
    const [language = "", ...rest] = (token.lang ?? "").trim().split(/\s+/);
    return { kind: "code", text: token.text, language, line, run: this.runnable(token.text, rest.join(" "), line) };
  }

  private runnable(text: string, info: string, line: number): RunnableCode | undefined {
    const attributes = readAttributes(info.replace(/^\{(.*)\}$/, "$1"));
    if (attributes === undefined) {
      this.problems?.add(line, `cannot read the fence's attributes "${info}"`);
      return undefined;
    }
    for (const name of attributes.flags)
      if (!FENCE_FLAGS.has(name)) this.problems?.add(line, `unknown fence attribute "${name}"`);
    for (const name of attributes.values.keys())
      if (!FENCE_VALUES.has(name)) this.problems?.add(line, `unknown fence attribute "${name}="`);
    if (!attributes.flags.has("run")) return undefined;
    const commands = commandsOf(text);
    if (commands.length === 0) this.problems?.add(line, "a fence to run needs a command");
    return { commands, host: attributes.values.get("host"), interrupt: attributes.flags.has("interrupt") };
  }

  /** HTML is text here; a comment is nothing. */
  private html(text: string, line: number): ProseBlock | undefined {
    if (/^\s*<!--[\s\S]*-->\s*$/.test(text)) return undefined;
    this.problems?.add(line, "HTML is shown as it is written; use Markdown");
    return { kind: "paragraph", content: [{ kind: "text", text: text.trim() }] };
  }

  inlines(tokens: readonly Token[], line: number): Inline[] {
    return tokens.flatMap((token) => this.inline(token as MarkedToken, line));
  }

  private inline(token: MarkedToken, line: number): Inline[] {
    switch (token.type) {
      case "text":
        return token.tokens === undefined ? [{ kind: "text", text: token.text }] : this.inlines(token.tokens, line);
      case "escape":
        return [{ kind: "text", text: token.text }];
      case "codespan":
        return [{ kind: "code", text: token.text }];
      case "strong":
        return [{ kind: "strong", content: this.inlines(token.tokens, line) }];
      case "em":
        return [{ kind: "emphasis", content: this.inlines(token.tokens, line) }];
      case "del":
        return [{ kind: "deleted", content: this.inlines(token.tokens, line) }];
      case "br":
        return [{ kind: "break" }];
      case "link":
        return this.link(token, line);
      case "image":
        this.problems?.add(line, "images are not shown; say it in words");
        return [{ kind: "text", text: token.text }];
      default:
        this.problems?.add(line, "HTML is shown as it is written; use Markdown");
        return [{ kind: "text", text: token.raw }];
    }
  }

  private link(token: Tokens.Link, line: number): Inline[] {
    const content = this.inlines(token.tokens, line);
    if (/^(https?:\/\/|#[\w-]+$)/i.test(token.href)) return [{ kind: "link", href: token.href, content }];
    this.problems?.add(line, `a link leads to https://… or to #step, not to "${token.href.slice(0, 60)}"`);
    return content;
  }
}
