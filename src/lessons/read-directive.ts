import { own } from "../base/own.ts";
import type { Check } from "./check.ts";
import { commandsOf } from "./commands.ts";
import { Fields } from "./fields.ts";
import type { Hint, Predict, PredictOption, Solution, StepPart } from "./lesson.ts";
import { readMarkdown } from "./markdown.ts";
import type { Problems } from "./problem.ts";
import { type CodeBlock, codeBlocks } from "./prose.ts";
import { conditionIn, readCondition, readRan } from "./read-condition.ts";
import { readYaml } from "./read-head.ts";
import type { Directive } from "./source-blocks.ts";

/** What a step gathers while its source is read. */
export interface StepDraft {
  readonly id: string;
  readonly title: string;
  readonly line: number;
  readonly parts: StepPart[];
  readonly checks: Check[];
  readonly hints: Hint[];
  readonly solutions: Solution[];
}

type Reader = (directive: Directive, step: StepDraft, problems: Problems) => void;

/** Every directive that there is. */
const READERS: Readonly<Record<string, Reader>> = {
  check: (directive, step, problems) => step.checks.push(readCheck(directive, problems)),
  hint: (directive, step, problems) => step.hints.push(readHint(directive, problems)),
  solution: (directive, step, problems) => {
    if (step.solutions.length > 0)
      problems.add(directive.line, "a step has one :::solution, and before any :::alternative");
    step.solutions.push(readSolution(directive, problems));
  },
  alternative: (directive, step, problems) => {
    if (step.solutions.length === 0) problems.add(directive.line, "an :::alternative stands after the :::solution");
    step.solutions.push(readSolution(directive, problems));
  },
  predict: (directive, step, problems) => step.parts.push(readPredict(directive, problems)),
  note: (directive, step, problems) =>
    step.parts.push({
      kind: "note",
      title: directive.attributes.values.get("title") ?? "",
      blocks: markdown(directive, problems),
    }),
  debrief: (directive, step, problems) => step.parts.push({ kind: "debrief", blocks: markdown(directive, problems) }),
  "post-mortem": (directive, step, problems) => {
    const fields = yamlFields(directive, problems);
    step.parts.push({
      kind: "post-mortem",
      line: directive.line,
      program: fields.needed("ran"),
      args: fields.texts("args"),
    });
    fields.end();
  },
};

/** Reads a directive into the step in which it stands. */
export function readDirective(directive: Directive, step: StepDraft, problems: Problems): void {
  const reader = own(READERS, directive.name);
  const known = Object.keys(READERS).join(", ");
  if (reader === undefined)
    problems.add(directive.line, `unknown directive ":::${directive.name}"; there are ${known}`);
  else reader(directive, step, problems);
}

function markdown(directive: Directive, problems: Problems) {
  return readMarkdown(directive.body, directive.line + 1, problems);
}

/** A directive's YAML, in a fence (which formatters of Markdown leave alone) or bare. */
function yamlFields(directive: Directive, problems: Problems): Fields {
  const { yaml = directive.body, firstLine } = leadingYaml(directive);
  return new Fields(readYaml(yaml, firstLine, problems) ?? {}, `:::${directive.name}`, directive.line, problems);
}

/** The YAML fence that a directive begins with, and what follows it. */
function leadingYaml(directive: Directive): { yaml: string | undefined; firstLine: number; rest: string } {
  const lines = directive.body.split("\n");
  const begin = lines.findIndex((line) => line.trim() !== "");
  const end = lines.indexOf("```", begin + 1);
  if (!/^```ya?ml\s*$/.test(lines[begin] ?? "") || end < 0)
    return { yaml: undefined, firstLine: directive.line + 1, rest: directive.body };
  const blank = "\n".repeat(end + 1);
  return {
    yaml: lines.slice(begin + 1, end).join("\n"),
    firstLine: directive.line + begin + 2,
    rest: blank + lines.slice(end + 1).join("\n"),
  };
}

function readCheck(directive: Directive, problems: Problems): Check {
  const fields = yamlFields(directive, problems);
  const condition = conditionIn(fields, problems);
  const check: Check = {
    id: directive.attributes.id ?? "",
    line: directive.line,
    condition,
    say: fields.needed("say"),
    tell: fields.needed("tell"),
    within: readWithin(fields, problems),
  };
  fields.end();
  if (check.id === "") problems.add(directive.line, ":::check needs an id: :::check{id=name}");
  return check;
}

function readWithin(fields: Fields, problems: Problems): Check["within"] {
  const written = fields.text("within");
  if (written === undefined) return undefined;
  const parts = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(written);
  if (parts === null || written === "") fields.complain(`within: a time such as 5m or 90s, not "${written}"`);
  const after = new Fields(fields.raw("after") ?? {}, "after", fields.line, problems);
  const ran = readRan(after);
  after.end();
  return {
    ms: (Number(parts?.[1] ?? 0) * 60 + Number(parts?.[2] ?? 0)) * 1000,
    after: ran,
    late: fields.needed("late"),
  };
}

/** A hint may begin with YAML that says when it is of use. */
function readHint(directive: Directive, problems: Problems): Hint {
  const { yaml, firstLine, rest } = leadingYaml(directive);
  const blocks = readMarkdown(rest, directive.line + 1, problems);
  if (yaml === undefined) return { line: directive.line, when: undefined, blocks };
  const fields = new Fields(readYaml(yaml, firstLine, problems) ?? {}, ":::hint", directive.line, problems);
  const when = readCondition(fields.raw("when") ?? {}, "when", directive.line, problems);
  fields.end();
  return { line: directive.line, when, blocks };
}

function readSolution(directive: Directive, problems: Problems): Solution {
  const blocks = markdown(directive, problems);
  const commands = codeBlocks(blocks).flatMap((block) => solutionCommands(block, directive));
  if (commands.length === 0) problems.add(directive.line, `:::${directive.name} holds no \`\`\`console block`);
  return { line: directive.line, blocks, commands };
}

function solutionCommands(block: CodeBlock, directive: Directive) {
  if (block.language !== "console") return [];
  const info = directive.body.split("\n")[block.line - directive.line - 1] ?? "";
  const needed = !/\boptional\b/.test(info);
  return commandsOf(block.text).map((text) => ({ text, line: block.line, needed }));
}

function readPredict(directive: Directive, problems: Problems): Predict {
  const fields = yamlFields(directive, problems);
  const options = fields.list("options").map((value, index) => readOption(value, index, directive.line, problems));
  const predict: Predict = {
    kind: "predict",
    id: directive.attributes.id ?? "",
    line: directive.line,
    question: fields.needed("question"),
    options,
  };
  fields.end();
  if (predict.id === "") problems.add(directive.line, ":::predict needs an id");
  if (options.length < 2) problems.add(directive.line, ":::predict needs two options at least");
  if (options.filter(({ right }) => right).length !== 1) problems.add(directive.line, "one option must be right");
  return predict;
}

function readOption(value: unknown, index: number, line: number, problems: Problems): PredictOption {
  const fields = new Fields(value, `options[${index}]`, line, problems);
  const came = fields.raw("came");
  const option: PredictOption = {
    id: String(index),
    line,
    text: fields.needed("text"),
    right: fields.flag("right"),
    say: fields.needed("say"),
    came: came === undefined ? undefined : readCondition(came, "came", line, problems),
  };
  fields.end();
  return option;
}
