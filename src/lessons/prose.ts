/**
 * A lesson's text as plain data, from which an interface draws elements. There is no HTML in it: what an author writes
 * in angle brackets is text, and a link leads to a web page or a step or nowhere.
 */
export type ProseBlock =
  | { readonly kind: "paragraph"; readonly content: readonly Inline[] }
  | { readonly kind: "heading"; readonly depth: number; readonly content: readonly Inline[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly ProseBlock[])[] }
  | { readonly kind: "quote"; readonly blocks: readonly ProseBlock[] }
  | {
      readonly kind: "table";
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | CodeBlock
  | { readonly kind: "rule" };

export interface CodeBlock {
  readonly kind: "code";
  readonly text: string;
  readonly language: string;
  readonly line: number;
  /** Present when it can be run by a click. */
  readonly run: RunnableCode | undefined;
}

/** Commands to be typed into a terminal, each a logical line: one or several physical ones. */
export interface RunnableCode {
  readonly commands: readonly string[];
  /** The host whose terminal it belongs into; undefined: the one that is shown. */
  readonly host: string | undefined;
  /** True: Ctrl-C first. */
  readonly interrupt: boolean;
}

export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "strong" | "emphasis" | "deleted"; readonly content: readonly Inline[] }
  /** `href` begins with `https://`, `http://` or `#`. */
  | { readonly kind: "link"; readonly href: string; readonly content: readonly Inline[] }
  | { readonly kind: "break" };

/** All code blocks of a text, in its order. */
export function codeBlocks(blocks: readonly ProseBlock[]): CodeBlock[] {
  return blocks.flatMap((block): CodeBlock[] => {
    if (block.kind === "code") return [block];
    if (block.kind === "quote") return codeBlocks(block.blocks);
    if (block.kind === "list") return block.items.flatMap((item) => codeBlocks(item));
    return [];
  });
}

/** All links of a text. */
export function linksOf(blocks: readonly ProseBlock[]): string[] {
  return blocks.flatMap((block): string[] => {
    if (block.kind === "paragraph" || block.kind === "heading") return inlineLinks(block.content);
    if (block.kind === "quote") return linksOf(block.blocks);
    if (block.kind === "list") return block.items.flatMap((item) => linksOf(item));
    if (block.kind === "table") return [...block.head, ...block.rows.flat()].flatMap((cell) => inlineLinks(cell));
    return [];
  });
}

function inlineLinks(content: readonly Inline[]): string[] {
  return content.flatMap((part): string[] => {
    if (part.kind === "link") return [part.href, ...inlineLinks(part.content)];
    return "content" in part ? inlineLinks(part.content) : [];
  });
}
