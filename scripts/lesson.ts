/**
 * For authors of lessons. `lint` reads lessons and tells what is wrong with their source; `test` also walks them in fresh
 * worlds: nothing may pass before a step's solution, all must after it, and with any needed command left out some check
 * must fail. Without files: the lessons of the sandbox. Ends with 1 when something is to be mended.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lintLesson } from "../src/lessons/lint-lesson.ts";
import { parseLesson } from "../src/lessons/parse-lesson.ts";
import { tryLesson } from "../src/sandbox/lesson/lesson-trial.ts";
import { supportedBySandbox } from "../src/sandbox/lesson/supported.ts";
import { allPrograms } from "../src/sandbox/programs/all-programs.ts";
import { Sandbox, type SandboxImage } from "../src/sandbox/sandbox.ts";
import { WORLD_BEGINS } from "../src/sandbox/versions.ts";
import { jqLoader } from "../src/worker/jq-loader.ts";

const USAGE = "usage: npm run -s lesson -- lint|test [--step ID] [FILE...]";
const CONTENT = "src/lessons/content";

function lint(file: string): boolean {
  const problems = lintLesson(readFileSync(file, "utf8"), supportedBySandbox());
  for (const { line, message } of problems) console.log(`${file}:${line}: ${message}`);
  if (problems.length === 0) console.log(`${file}: nothing to mend`);
  return problems.length === 0;
}

async function walk(file: string, step: string | undefined): Promise<boolean> {
  const { lesson } = parseLesson(readFileSync(file, "utf8"));
  const jq = jqLoader();
  await new Promise<void>((loaded) => jq.request(() => loaded()));
  const programs = allPrograms({ jq });
  let image: SandboxImage | undefined;
  const open = () => {
    image ??= Sandbox.make({ ...lesson.cluster, now: WORLD_BEGINS }, programs);
    return Sandbox.wake(image, programs);
  };
  const trial = tryLesson(lesson, open, (each) => step === undefined || each.id === step);
  for (;;) {
    const next = trial.next();
    if (!next.done) {
      console.log(`  ${next.value}`);
      continue;
    }
    for (const finding of next.value) console.log(`${file}:${finding.line}: ${finding.step}: ${finding.message}`);
    if (next.value.length === 0) console.log(`${file}: every step holds`);
    return next.value.length === 0;
  }
}

const [task, ...rest] = process.argv.slice(2);
const at = rest.indexOf("--step");
const step = at < 0 ? undefined : rest.splice(at, 2)[1];
const files =
  rest.length > 0
    ? rest
    : readdirSync(CONTENT)
        .sort()
        .map((name) => join(CONTENT, name));
if (task !== "lint" && task !== "test") {
  console.error(USAGE);
  process.exit(2);
}
let good = true;
for (const file of files) {
  const holds = lint(file) && (task === "lint" || (await walk(file, step)));
  good = good && holds;
}
process.exitCode = good ? 0 : 1;
