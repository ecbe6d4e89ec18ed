import type { Check, Condition } from "./check.ts";
import type { ProseBlock } from "./prose.ts";

/** The world in which a lesson plays. */
export interface LessonCluster {
  readonly topology: "kubeadm" | "bare";
  readonly etcd: "3.6" | "3.5";
  readonly seed: number;
}

/** What the front matter says. */
export interface LessonHead {
  readonly id: string;
  readonly title: string;
  /** One sentence for the list of lessons. */
  readonly summary: string;
  /** For example `10m`. */
  readonly time: string;
  readonly level: string;
  readonly objectives: readonly string[];
  readonly cluster: LessonCluster;
  /** The lesson after this one. */
  readonly next: string | undefined;
}

export interface Lesson extends LessonHead {
  /** Before the first step. */
  readonly intro: readonly ProseBlock[];
  readonly steps: readonly LessonStep[];
}

/** What stands under one heading. */
export interface LessonStep {
  readonly id: string;
  readonly title: string;
  readonly line: number;
  readonly parts: readonly StepPart[];
  readonly checks: readonly Check[];
  readonly hints: readonly Hint[];
  /** The first is the one that is shown; the others are other ways to the same end, which the test walks too. */
  readonly solutions: readonly Solution[];
}

export type StepPart =
  | { readonly kind: "prose"; readonly blocks: readonly ProseBlock[] }
  | { readonly kind: "note"; readonly title: string; readonly blocks: readonly ProseBlock[] }
  | { readonly kind: "debrief"; readonly blocks: readonly ProseBlock[] }
  | Predict
  | PostMortemPart;

/** A question before the command is run. */
export interface Predict {
  readonly kind: "predict";
  readonly id: string;
  readonly line: number;
  readonly question: string;
  readonly options: readonly PredictOption[];
}

export interface PredictOption {
  readonly id: string;
  readonly line: number;
  readonly text: string;
  readonly right: boolean;
  /** What is said to whoever chose it. */
  readonly say: string;
  /** What must hold in the world after the step, if this was right; keeps the answer honest. */
  readonly came: Condition | undefined;
}

/** A table of what died, what returned and what is lost since a program last ran. */
export interface PostMortemPart {
  readonly kind: "post-mortem";
  readonly line: number;
  /** The program whose last end it begins at. */
  readonly program: string;
  readonly args: readonly string[];
}

/** Help on demand. With `when` it is offered only while that holds. */
export interface Hint {
  readonly line: number;
  readonly when: Condition | undefined;
  readonly blocks: readonly ProseBlock[];
}

/** Commands that solve a step from where the step before ended. */
export interface Solution {
  readonly line: number;
  readonly blocks: readonly ProseBlock[];
  readonly commands: readonly SolutionCommand[];
}

export interface SolutionCommand {
  readonly text: string;
  readonly line: number;
  /** False for a look or a wait (a fence marked `optional`): the step can be passed without it. */
  readonly needed: boolean;
}
