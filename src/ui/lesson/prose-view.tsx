import type { ReactNode } from "react";
import type { Inline, ProseBlock } from "../../lessons/prose.ts";
import { CodeFence } from "./code-fence.tsx";
import { findStep, lessonStore, showStep } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";
import { mayShow } from "./travel.ts";

/** A lesson's text as elements. Nothing in it becomes HTML. */
export function ProseView({ blocks }: { blocks: readonly ProseBlock[] }) {
  return (
    <div className="prose">
      {blocks.map((block, at) => (
        <Block key={keyOf(block, at)} block={block} />
      ))}
    </div>
  );
}

/** Blocks of a lesson never move: their place is their name. */
const keyOf = (block: ProseBlock | Inline, at: number): string => `${at} ${block.kind}`;

function Block({ block }: { block: ProseBlock }): ReactNode {
  switch (block.kind) {
    case "paragraph":
      return (
        <p>
          <Sentence content={block.content} />
        </p>
      );
    case "heading":
      return (
        <h4>
          <Sentence content={block.content} />
        </h4>
      );
    case "list":
      return <List block={block} />;
    case "quote":
      return (
        <blockquote>
          <ProseView blocks={block.blocks} />
        </blockquote>
      );
    case "table":
      return <Table block={block} />;
    case "code":
      return <CodeFence block={block} />;
    case "rule":
      return <hr />;
  }
}

function List({ block }: { block: ProseBlock & { kind: "list" } }) {
  const items = block.items.map((item, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a lesson's items never move
    <li key={at}>
      <ProseView blocks={item} />
    </li>
  ));
  return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
}

function Table({ block }: { block: ProseBlock & { kind: "table" } }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="prose-table" tabIndex={0} aria-label={TEXTS.table}>
      <table>
        <thead>
          <tr>
            {block.head.map((cell, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a lesson's cells never move
              <th key={at} scope="col">
                <Sentence content={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {block.rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a lesson's rows never move
            <tr key={at}>
              {row.map((cell, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a lesson's cells never move
                <td key={place}>
                  <Sentence content={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A sentence with its markup. */
export function Sentence({ content }: { content: readonly Inline[] }) {
  return content.map((part, at) => <Word key={keyOf(part, at)} part={part} />);
}

function Word({ part }: { part: Inline }): ReactNode {
  switch (part.kind) {
    case "text":
      return part.text;
    case "code":
      return <code>{part.text}</code>;
    case "strong":
      return (
        <strong>
          <Sentence content={part.content} />
        </strong>
      );
    case "emphasis":
      return (
        <em>
          <Sentence content={part.content} />
        </em>
      );
    case "deleted":
      return (
        <s>
          <Sentence content={part.content} />
        </s>
      );
    case "break":
      return <br />;
    case "link":
      return <Link href={part.href} content={part.content} />;
  }
}

/** A link to a step, or to a page that opens beside this one. */
function Link({ href, content }: { href: string; content: readonly Inline[] }) {
  if (!href.startsWith("#")) {
    return (
      <a href={href} target="_blank" rel="noopener noreferrer">
        <Sentence content={content} />
      </a>
    );
  }
  return (
    <a
      href={href}
      onClick={(event) => {
        event.preventDefault();
        const step = findStep(lessonStore.getState().lesson, href.slice(1));
        if (step !== undefined && mayShow(step)) showStep(step.id);
      }}
    >
      <Sentence content={content} />
    </a>
  );
}
