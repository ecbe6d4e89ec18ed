import type { Lesson } from "./lesson.ts";
import { readMarkdown } from "./markdown.ts";
import { type Problem, Problems } from "./problem.ts";
import type { ProseBlock } from "./prose.ts";
import { readDirective, type StepDraft } from "./read-directive.ts";
import { readHead } from "./read-head.ts";
import { cutSource, type SourceBlock } from "./source-blocks.ts";

/** A lesson as far as it could be read, and what is wrong with its source. */
export interface ReadLesson {
  readonly lesson: Lesson;
  readonly problems: readonly Problem[];
}

/** Reads a lesson's Markdown. Never throws: what cannot be read is a problem with a line. */
export function parseLesson(source: string): ReadLesson {
  const problems = new Problems();
  const { frontMatter, blocks } = cutSource(source, problems);
  const head = readHead(frontMatter, problems);
  const intro: ProseBlock[] = [];
  const steps: StepDraft[] = [];
  for (const block of blocks) place(block, intro, steps, problems);
  if (steps.length === 0) problems.add(1, "a lesson needs a step: ## Title {#id}");
  return { lesson: { ...head, intro, steps }, problems: problems.sorted() };
}

function place(block: SourceBlock, intro: ProseBlock[], steps: StepDraft[], problems: Problems): void {
  const step = steps.at(-1);
  if (block.kind === "heading") {
    if (block.attributes.id === undefined) problems.add(block.line, `the step "${block.text}" needs an id: ## … {#id}`);
    const id = block.attributes.id ?? `step-${steps.length + 1}`;
    if (steps.some((other) => other.id === id)) problems.add(block.line, `a second step with the id "${id}"`);
    steps.push({ id, title: block.text, line: block.line, parts: [], checks: [], hints: [], solutions: [] });
  } else if (block.kind === "directive") {
    if (step === undefined) problems.add(block.line, `:::${block.name} stands before the first step`);
    else readDirective(block, step, problems);
  } else {
    const prose = readMarkdown(block.text, block.line, problems);
    if (step === undefined) intro.push(...prose);
    else step.parts.push({ kind: "prose", blocks: prose });
  }
}
