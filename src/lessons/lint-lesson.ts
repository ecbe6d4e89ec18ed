import { commandsOf, programsOf } from "./commands.ts";
import type { Lesson, LessonStep } from "./lesson.ts";
import { parseLesson } from "./parse-lesson.ts";
import { type Problem, Problems } from "./problem.ts";
import { codeBlocks, linksOf, type ProseBlock } from "./prose.ts";

/** What the linter must know of the sandbox. */
export interface Supported {
  /** Programs that are installed, the shell's own words among them. */
  readonly programs: ReadonlySet<string>;
  /** Programs that only say that they are not simulated, with what they would be. */
  readonly refusedPrograms: ReadonlyMap<string, string>;
  /** Commands of other programs that are not simulated, for example `kubeadm upgrade; there is one release here`. */
  readonly refusedCommands: readonly string[];
}

/** Reads a lesson and tells everything that an author should mend, each with its line. */
export function lintLesson(source: string, supported: Supported): readonly Problem[] {
  const { lesson, problems } = parseLesson(source);
  const found = new Problems();
  for (const problem of problems) found.add(problem.line, problem.message);
  if (lesson.steps.length > 8) found.add(1, `${lesson.steps.length} steps are many; eight at most hold a learner`);
  for (const step of lesson.steps) lintStep(step, lesson, supported, found);
  return found.sorted();
}

function lintStep(step: LessonStep, lesson: Lesson, supported: Supported, problems: Problems): void {
  if (step.checks.length === 0) problems.add(step.line, `the step "${step.title}" has no :::check`);
  if (step.solutions.length === 0) problems.add(step.line, `the step "${step.title}" has no :::solution`);
  const ids = new Set<string>();
  for (const check of step.checks) {
    if (ids.has(check.id)) problems.add(check.line, `a second check with the id "${check.id}"`);
    ids.add(check.id);
  }
  const anchors = new Set(lesson.steps.map(({ id }) => `#${id}`));
  for (const blocks of proseOf(step)) {
    for (const href of linksOf(blocks))
      if (href.startsWith("#") && !anchors.has(href)) problems.add(step.line, `no step has the anchor ${href}`);
    for (const block of codeBlocks(blocks)) {
      if (block.language !== "console") continue;
      for (const command of commandsOf(block.text)) lintCommand(command, block.line, supported, problems);
    }
  }
}

/** Every piece of prose in a step. */
function proseOf(step: LessonStep): (readonly ProseBlock[])[] {
  const parts = step.parts.flatMap((part) => ("blocks" in part ? [part.blocks] : []));
  return [...parts, ...step.hints.map(({ blocks }) => blocks), ...step.solutions.map(({ blocks }) => blocks)];
}

function lintCommand(command: string, line: number, supported: Supported, problems: Problems): void {
  const names = programsOf(command).filter((word) => !/[$/]/.test(word));
  for (const name of names) {
    const what = supported.refusedPrograms.get(name);
    if (what !== undefined) problems.add(line, `${name} is not simulated in this sandbox: ${what}`);
    else if (!supported.programs.has(name)) problems.add(line, `no program "${name}" is installed in the sandbox`);
  }
  const flat = ` ${command.replace(/\s+/g, " ")} `;
  for (const refused of supported.refusedCommands)
    if (flat.includes(` ${refused.split(";")[0]} `)) problems.add(line, `not simulated in this sandbox: ${refused}`);
}
