import type { CheckResult } from "../../lessons/check.ts";
import { deedName, deedsOf } from "../../lessons/deeds.ts";
import type { LessonStep } from "../../lessons/lesson.ts";
import { deedsDone, stepDone } from "../../lessons/progress.ts";
import { answerOf, lessonWorld, worldStore } from "../world-store.ts";
import { activeStep, announce, lessonStore, setProgress } from "./lesson-store.ts";
import { LESSON_TEXTS } from "./lesson-texts.ts";

/** After something stirred, checks that do not pass are looked at again so often, since clusters take their time. */
const LOOKS_AGAIN = 40;
const LOOK_AGAIN_MS = 1500;

let again = false;
let looksLeft = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Looks at the active step's checks now, and again as long as something may still be on its way. */
export async function checkNow(): Promise<void> {
  looksLeft = LOOKS_AGAIN;
  await look();
}

/** Checks whenever something stirs in the world; gives how to stop. */
export function checkAlways(): () => void {
  let { stirs } = worldStore.getState();
  const stop = worldStore.subscribe((state) => {
    if (state.stirs === stirs) return;
    stirs = state.stirs;
    void checkNow();
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}

async function look(): Promise<void> {
  const { attached, travelling, checking } = lessonStore.getState();
  const world = lessonWorld();
  const step = activeStep();
  if (!attached || travelling !== undefined || world === undefined || step === undefined) return;
  if (checking) {
    again = true;
    return;
  }
  clearTimeout(timer);
  lessonStore.setState({ checking: true });
  try {
    const results = (await answerOf(world, world.lessonCheck(step.checks))) ?? [];
    if (activeStep() === step && lessonWorld() === world && results.length > 0) {
      take(results);
      await noteDeeds(step);
    }
    await refreshPostMortem();
  } finally {
    lessonStore.setState({ checking: false });
  }
  lookLater();
}

function lookLater(): void {
  if (again) {
    again = false;
    void look();
    return;
  }
  const open = lessonStore.getState().results.some(({ status }) => status !== "pass");
  if (looksLeft-- > 0 && (open || lessonStore.getState().postMortem !== undefined))
    timer = setTimeout(() => void look(), LOOK_AGAIN_MS);
}

/** Takes results, tells of what has newly passed, and remembers a step all of whose checks pass. */
function take(results: readonly CheckResult[]): void {
  const { results: before, progress } = lessonStore.getState();
  const news = results.filter(
    ({ id, status }) => status === "pass" && before.find((other) => other.id === id)?.status !== "pass",
  );
  lessonStore.setState({ results });
  const all = results.every(({ status }) => status === "pass");
  if (all && !progress.done.includes(progress.step)) setProgress(stepDone(progress, progress.step));
  if (news.length > 0)
    announce([...news.map(({ message }) => message), ...(all ? [LESSON_TEXTS.stepPassed] : [])].join(" "));
}

/** Remembers what the step asks to be run and seen, and was: a page that is opened anew asks for it no more. */
async function noteDeeds(step: LessonStep): Promise<void> {
  const world = lessonWorld();
  const { deeds: known } = lessonStore.getState().progress;
  const open = deedsOf(step.checks).filter((deed) => !known.includes(deedName(deed)));
  if (world === undefined || open.length === 0) return;
  const holds = (await answerOf(world, world.lessonHolds(open))) ?? [];
  const done = open.filter((_, at) => holds[at] === true).map(deedName);
  const { attached, progress } = lessonStore.getState();
  if (done.length > 0 && attached && activeStep() === step) setProgress(deedsDone(progress, done));
}

/** Reads again what a dangerous command has led to, if the step asks for it. */
async function refreshPostMortem(): Promise<void> {
  const part = activeStep()?.parts.find(({ kind }) => kind === "post-mortem");
  if (part?.kind !== "post-mortem") return;
  const world = lessonWorld();
  const postMortem = world && (await answerOf(world, world.lessonPostMortem(part.program, part.args)));
  if (postMortem !== undefined) lessonStore.setState({ postMortem });
}
