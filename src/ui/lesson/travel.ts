import type { Lesson, LessonStep } from "../../lessons/lesson.ts";
import { firstProgress, stepBegun } from "../../lessons/progress.ts";
import { notify } from "../parts/notice.tsx";
import { answerOf, goBack, lessonWorld, resetWorld, worldStore } from "../world-store.ts";
import { checkNow } from "./auto-check.ts";
import { announce, findStep, lessonStore, setProgress, showStep } from "./lesson-store.ts";
import { LESSON_TEXTS } from "./lesson-texts.ts";
import { terminalFor } from "./run-code.ts";

/** How often and how long the checks of a step that is walked through are waited for. */
const LOOKS_MAX = 100;
const LOOK_MS = 150;

/** The name of the checkpoint at a step's begin, as the history shows it. */
function checkpointOf(lesson: Lesson, step: LessonStep): string {
  return `${lesson.id.slice(0, 30)}/${step.id.slice(0, 29)}`;
}

/** The world is here: the active step begins, unless its reader still has to say where to go on. */
export async function attach(): Promise<void> {
  const { lesson, attached, resuming, travelling, progress } = lessonStore.getState();
  if (lesson === undefined || attached || travelling !== undefined) return;
  const step = findStep(lesson, progress.step);
  if (step === undefined) return;
  // A world that was kept has the step's checkpoint: its reader simply goes on.
  const goesOn = hasCheckpoint(lesson, step);
  if (resuming && !goesOn) return;
  lessonStore.setState({ resuming: false });
  if (!goesOn) setProgress(stepBegun(progress, step.id));
  await begin(lesson, step);
}

/** The world was thrown away or is another one. */
export function detach(): void {
  lessonStore.setState({ attached: false, results: [], postMortem: undefined, typing: undefined });
}

/** Goes on to a step from the end of the one before: the world stays as it is. */
export async function enterStep(step: LessonStep): Promise<void> {
  const { lesson, progress } = lessonStore.getState();
  if (lesson === undefined) return;
  setProgress(stepBegun(progress, step.id));
  await begin(lesson, step);
}

/** Begins the lesson anew in the world that is there. */
export async function beginAnew(): Promise<void> {
  const { lesson } = lessonStore.getState();
  const first = lesson?.steps[0];
  if (lesson === undefined || first === undefined) return;
  setProgress(firstProgress(lesson));
  lessonStore.setState({ resuming: false });
  await begin(lesson, first);
}

async function begin(lesson: Lesson, step: LessonStep): Promise<void> {
  const world = lessonWorld();
  if (world === undefined) return;
  lessonStore.setState({ shown: step.id, hints: [], results: [], ran: [], postMortem: undefined });
  await answerOf(world, world.lessonBegin(lessonStore.getState().progress.deeds));
  if (lessonWorld() === world && !hasCheckpoint(lesson, step))
    await goBack((world) => world.checkpoint(checkpointOf(lesson, step)));
  if (lessonWorld() !== world) return; // it was thrown away meanwhile: the step begins in the next one
  if (lessonStore.getState().lesson !== lesson) return; // its reader has gone to another one
  lessonStore.setState({ attached: true });
  void checkNow();
}

function hasCheckpoint(lesson: Lesson, step: LessonStep): boolean {
  const name = checkpointOf(lesson, step);
  return worldStore.getState().history.entries.some((entry) => entry.kind === "checkpoint" && entry.name === name);
}

/**
 * Brings the world to where a step begins: from the nearest step before it of which there is a checkpoint, by typing the
 * solutions in between.
 */
export async function travelTo(target: LessonStep): Promise<void> {
  const { lesson, travelling } = lessonStore.getState();
  if (lesson === undefined || travelling !== undefined) return;
  lessonStore.setState({ travelling: target.title, resuming: false, attached: false });
  announce(LESSON_TEXTS.travelling(target.title));
  try {
    const from = await nearest(lesson, target);
    const steps = lesson.steps.slice(from, lesson.steps.indexOf(target));
    for (const step of steps) {
      setProgress(stepBegun(lessonStore.getState().progress, step.id));
      await begin(lesson, step);
      if (!(await walkThrough(step))) return void notify(LESSON_TEXTS.travelFailed);
    }
    setProgress(stepBegun(lessonStore.getState().progress, target.id));
    await begin(lesson, target);
    announce(LESSON_TEXTS.travelled(target.title));
  } finally {
    lessonStore.setState({ travelling: undefined });
    void checkNow();
  }
}

/** Puts the world to the last step up to the target that has a checkpoint, else to its start; gives the step's index. */
async function nearest(lesson: Lesson, target: LessonStep): Promise<number> {
  for (let at = lesson.steps.indexOf(target); at >= 0; at--) {
    const step = lesson.steps[at];
    if (step === undefined || !hasCheckpoint(lesson, step)) continue;
    const answer = await goBack((world) => world.restore(checkpointOf(lesson, step)));
    if (answer?.done === true) return at;
  }
  await resetWorld();
  return 0;
}

/** Types a step's solution and waits until its checks pass; says whether they do. */
async function walkThrough(step: LessonStep): Promise<boolean> {
  const world = lessonWorld();
  const terminal = await terminalFor(undefined);
  const commands = step.solutions[0]?.commands.map(({ text }) => text) ?? [];
  if (world === undefined || terminal === undefined) return false;
  await answerOf(world, world.lessonType(terminal, commands, "done"));
  for (let look = 0; look < LOOKS_MAX && lessonWorld() === world; look++) {
    const results = (await answerOf(world, world.lessonCheck(step.checks))) ?? [];
    if (results.length > 0 && results.every(({ status }) => status === "pass")) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
}

/**
 * Follows those who go back by the page's own ways: to a step's checkpoint, then that step is the active one; to the
 * start, then the lesson asks where to go on. Gives how to stop.
 */
export function followHistory(): () => void {
  let heard = newestEntry();
  return worldStore.subscribe(() => {
    const newest = newestEntry();
    if (newest === heard) return;
    heard = newest;
    const { lesson, travelling, attached } = lessonStore.getState();
    const entry = worldStore.getState().history.entries.find(({ id }) => id === newest);
    if (lesson === undefined || travelling !== undefined || !attached || entry?.kind !== "restore") return;
    const step = lesson.steps.find((each) => entry.name === `restore ${checkpointOf(lesson, each)}`);
    if (step !== undefined) void enterStep(step);
    else if (entry.name === "reset") startsOver(lesson);
  });
}

function newestEntry(): number {
  return Math.max(0, ...worldStore.getState().history.entries.map(({ id }) => id));
}

function startsOver(lesson: Lesson): void {
  const [first] = lesson.steps;
  if (first?.id === lessonStore.getState().progress.step) void enterStep(first);
  else lessonStore.setState({ resuming: true, attached: false, results: [], postMortem: undefined });
}

/** Reads a step that is done or active; to any other the world has to travel first. */
export function mayShow(step: LessonStep): boolean {
  const { progress } = lessonStore.getState();
  return step.id === progress.step || progress.done.includes(step.id);
}

/** Shows the step before the shown one. */
export function showBefore(): void {
  const { lesson, shown } = lessonStore.getState();
  const at = lesson?.steps.findIndex(({ id }) => id === shown) ?? 0;
  const before = lesson?.steps[at - 1];
  if (before !== undefined) showStep(before.id);
}
