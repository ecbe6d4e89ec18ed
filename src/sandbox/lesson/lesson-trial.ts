import type { CheckResult, Condition } from "../../lessons/check.ts";
import type { Lesson, LessonStep, Predict, Solution } from "../../lessons/lesson.ts";
import type { Task } from "../../sim/task.ts";
import { KeyObserver } from "../key-observer.ts";
import type { Sandbox } from "../sandbox.ts";
import type { TerminalSession } from "../terminal-session.ts";
import type { Verdict } from "./evaluate.ts";
import { LessonWorld } from "./lesson-world.ts";
import { typeScript } from "./script-typist.ts";

/** What a lesson's author should mend, found by walking the lesson. */
export interface TrialFinding {
  readonly line: number;
  readonly step: string;
  readonly message: string;
}

const STILL_PASSES = (id: string): string =>
  `the check "${id}" still passes when all of the step has been undone: let it look at what the commands change`;

/** How long a walked step may take until its checks hold, in the world's time: a kubelet brings the API server back. */
const SETTLE_MS = 150_000;
/** After so long without a passing check a solution with a command left out is taken to have failed. */
const WEAK_MS = 60_000;
const LOOK_EVERY_MS = 1000;
/** The name of the checkpoint at a step's begin. */
const BEGIN = "step-begin";
/** A cluster that goes on from an image wakes. */
const REST_MS = 15_000;
const SCRIPT_LIMIT_MS = 1_800_000;

/**
 * Walks a lesson from its begin to its end on fresh worlds, by its solutions, and tells what does not hold:
 *
 * - a step none of whose checks fails before its solution,
 * - a check that does not pass after the solution or an alternative,
 * - a check of the cluster's state that still passes when the learner has gone back to before the solution,
 * - a prediction whose right option did not come true, or a wrong one that did,
 * - a needed command without which all checks pass.
 *
 * Yields after each piece of work, so that a caller can show how far it is.
 */
export function* tryLesson(
  lesson: Lesson,
  openWorld: () => Sandbox,
  only: (step: LessonStep) => boolean = () => true,
): Generator<string, readonly TrialFinding[]> {
  const findings: TrialFinding[] = [];
  for (const [index, step] of lesson.steps.entries()) {
    if (!only(step)) continue;
    for (const [number, solution] of step.solutions.entries()) {
      yield `${step.id}: ${number === 0 ? "solution" : `alternative ${number}`}`;
      const walk = new Walk(openWorld(), lesson.steps.slice(0, index));
      findings.push(...walk.trySolution(step, solution, number > 0));
      walk.dispose();
    }
    yield* tryWithout(step, lesson.steps.slice(0, index), openWorld, findings);
  }
  return findings;
}

/** Leaves out each needed command of the solution in turn: a check must notice. */
function* tryWithout(
  step: LessonStep,
  before: readonly LessonStep[],
  openWorld: () => Sandbox,
  findings: TrialFinding[],
): Generator<string, void> {
  const [solution] = step.solutions;
  for (const [number, command] of (solution?.commands ?? []).entries()) {
    if (!command.needed || solution === undefined) continue;
    yield `${step.id}: without "${firstLine(command.text)}"`;
    const walk = new Walk(openWorld(), before);
    walk.begin();
    const others = solution.commands.filter((_, index) => index !== number);
    walk.type(others.map(({ text }) => text));
    if (walk.settle(step, WEAK_MS) === undefined) {
      const message = `all checks pass without "${firstLine(command.text)}": check more, or mark its fence optional`;
      findings.push({ line: command.line, step: step.id, message });
    }
    walk.dispose();
  }
}

/** One learner in one world, at the begin of a step. */
class Walk {
  private readonly sandbox: Sandbox;
  private observer: KeyObserver;
  private readonly world: LessonWorld;
  private readonly session: TerminalSession;

  /** Solves the steps before, so that the next one begins as it does for a learner. */
  constructor(sandbox: Sandbox, before: readonly LessonStep[]) {
    this.sandbox = sandbox;
    this.observer = new KeyObserver(sandbox);
    this.world = new LessonWorld(sandbox, this.observer);
    this.session = sandbox.openTerminal();
    for (const step of before) {
      this.begin();
      this.type(step.solutions[0]?.commands.map(({ text }) => text) ?? []);
      this.settle(step, SETTLE_MS);
    }
  }

  begin(): void {
    this.sandbox.run(LOOK_EVERY_MS);
    this.world.beginStep();
    this.sandbox.history.checkpoint(BEGIN);
  }

  /**
   * The checks that pass after going back to the step's begin. What was seen and run stays so; a check that asks for nothing
   * else is none of these.
   */
  private passingAfterReturn({ checks }: LessonStep): readonly string[] {
    const ofState = checks.filter(({ condition }) => looksAtState(condition));
    if (ofState.length === 0) return [];
    this.sandbox.history.restore(BEGIN);
    this.observer.dispose();
    this.observer = new KeyObserver(this.sandbox);
    this.world.follow(this.observer);
    this.sandbox.run(REST_MS);
    return this.run(this.world.check(ofState)).flatMap(({ id, status }) => (status === "pass" ? [id] : []));
  }

  type(commands: readonly string[]): void {
    this.run(typeScript(this.sandbox, this.session, commands));
  }

  /** Looks until all checks pass; gives what still fails at the end, or undefined. */
  settle(step: LessonStep, limitMs: number): readonly CheckResult[] | undefined {
    const until = this.sandbox.clock.uptime + limitMs;
    for (;;) {
      const open = this.run(this.world.check(step.checks)).filter(({ status }) => status !== "pass");
      if (open.length === 0) return undefined;
      if (this.sandbox.clock.uptime >= until) return open;
      this.sandbox.run(LOOK_EVERY_MS);
    }
  }

  trySolution(step: LessonStep, solution: Solution, alternative: boolean): TrialFinding[] {
    this.begin();
    const findings: TrialFinding[] = [];
    const tell = (line: number, message: string) => findings.push({ line, step: step.id, message });
    if (!alternative) {
      for (const { id, status } of this.run(this.world.check(step.checks)))
        if (status === "pass") tell(lineOf(step, id), `the check "${id}" passes before anything was done`);
    }
    this.type(solution.commands.map(({ text }) => text));
    for (const { id, status, message } of this.settle(step, SETTLE_MS) ?? [])
      tell(
        lineOf(step, id),
        `the check "${id}" does not pass after the ${nameOf(alternative)} (${status}): ${message}`,
      );
    for (const part of step.parts) if (part.kind === "predict") findings.push(...this.tryPrediction(step, part));
    if (!alternative) for (const id of this.passingAfterReturn(step)) tell(lineOf(step, id), STILL_PASSES(id));
    for (const fault of this.sandbox.kernel.faults) tell(step.line, `a defect of the sandbox: ${String(fault)}`);
    return findings;
  }

  dispose(): void {
    this.world.dispose();
    this.observer.dispose();
    this.sandbox.dispose();
  }

  private tryPrediction(step: LessonStep, { options }: Predict): TrialFinding[] {
    return options.flatMap(({ came, right, text, line }) => {
      if (came === undefined) return [];
      const [verdict] = this.run(this.world.evaluate([came]));
      if (holds(verdict) === right) return [];
      return [{ line, step: step.id, message: `the option "${text}" ${right ? "did not come true" : "came true"}` }];
    });
  }

  private run<T>(task: Task<T>): T {
    const running = this.sandbox.kernel.tasks.spawn("trial", task);
    this.sandbox.runUntil(() => running.outcome !== undefined, SCRIPT_LIMIT_MS);
    const { outcome } = running;
    if (outcome?.status === "done") return outcome.value;
    throw outcome?.status === "failed" ? outcome.error : new Error("the world came to no end of it");
  }
}

function holds(verdict: Verdict | undefined): boolean | undefined {
  return verdict !== undefined && "holds" in verdict ? verdict.holds : undefined;
}

/** Whether a condition asks for more than what somebody has seen or run. */
function looksAtState(condition: Condition): boolean {
  switch (condition.kind) {
    case "ran":
    case "shown":
      return false;
    case "not":
      return looksAtState(condition.of);
    case "all":
    case "any":
      return condition.of.some(looksAtState);
    default:
      return true;
  }
}

function lineOf(step: LessonStep, id: string): number {
  return step.checks.find((check) => check.id === id)?.line ?? step.line;
}

const nameOf = (alternative: boolean): string => (alternative ? "alternative" : "solution");
const firstLine = (command: string): string => command.split("\n")[0] ?? "";
