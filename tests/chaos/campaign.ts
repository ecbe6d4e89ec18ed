import type { ProgramSource } from "../../src/sandbox/programs/program-group.ts";
import type { SandboxImage } from "../../src/sandbox/sandbox.ts";
import { ChaosWorld } from "./chaos-world.ts";
import { type ClusterLook, change, changedKeys, look } from "./cluster-look.ts";
import { heal, originals, scarsOf } from "./heal.ts";
import { CONTROL_PLANE } from "./hosts.ts";
import { broken } from "./invariants.ts";
import { MEMORY_MAX_MB, memoryInUse } from "./memory.ts";
import type { Step } from "./step.ts";

/** What came of a sequence: no faults, or those of the first step that showed any. */
export interface Verdict {
  readonly faults: readonly string[];
  /** Steps played when they showed; all of them when it was after healing. */
  readonly steps: number;
  readonly log: readonly string[];
  /** The trace's tail. */
  readonly trace: readonly string[];
  /** Of the world's time, from the end of healing to rest. */
  readonly restedAfterMs: number;
  /** What is in use at the end, while the world still lives; undefined where that was not measured. */
  readonly memoryMb: number | undefined;
}

export interface JudgeOptions {
  /** A line that is typed on the control plane at the end, for whoever looks for a defect; its output is logged. */
  readonly ask?: string;
  /** Whether it is measured what is in use at the end: a whole collection of garbage costs as much as some steps. */
  readonly weigh?: boolean;
}

const LOOK_EVERY_MS = 30_000;
/** So many looks in a row must be the same. */
const EQUAL_LOOKS = 3;
const REST_LIMIT_MS = 20 * 60_000;
const WARM_UP_MS = 12_000;
const TRACE_LINES = 40;
const STORE_READINGS = 10;

/**
 * Plays a sequence in a world of its own, heals it, waits for rest and judges. The same sequence gives the same verdict.
 */
export function judge(
  image: SandboxImage,
  source: ProgramSource,
  steps: readonly Step[],
  { ask = "", weigh = false }: JudgeOptions = {},
): Verdict {
  const world = new ChaosWorld(image, source);
  const files = originals(world);
  world.sandbox.run(WARM_UP_MS);
  let played = 0;
  for (; played < steps.length && world.faults.length === 0; played++) {
    const step = steps[played];
    if (step !== undefined) world.play(step);
  }
  const rest: string[] = [];
  let restedAfterMs = 0;
  if (world.faults.length === 0) {
    heal(world, files, scarsOf(steps));
    const healedAt = world.sandbox.clock.uptime;
    rest.push(...waitForRest(world, steps));
    restedAfterMs = world.sandbox.clock.uptime - healedAt;
  }
  if (ask !== "") world.note(world.ask(CONTROL_PLANE, ask, 60_000));
  const memoryMb = weigh ? memoryInUse() : undefined;
  if (memoryMb !== undefined && memoryMb > MEMORY_MAX_MB)
    rest.push(`memory: ${Math.round(memoryMb)} MB in use, more than ${MEMORY_MAX_MB}`);
  const trace = world.sandbox.kernel.trace.since(0).slice(-TRACE_LINES);
  world.dispose();
  return {
    faults: [...new Set([...world.faults, ...rest])],
    steps: played,
    log: world.log,
    trace: trace.map((event) => `${event.source} ${event.kind} ${JSON.stringify(event.data)}`),
    restedAfterMs,
    memoryMb,
  };
}

/** Looks again and again until nothing changes any more; says what is wrong then, or what will not come to rest. */
function waitForRest(world: ChaosWorld, steps: readonly Step[]): string[] {
  const until = world.sandbox.clock.uptime + REST_LIMIT_MS;
  let before: ClusterLook | undefined;
  let changed: string[] = [];
  let equal = 0;
  while (world.sandbox.clock.uptime < until && world.faults.length === 0) {
    const now = look(world);
    changed =
      now === undefined ? ["etcd does not answer"] : before === undefined ? ["first look"] : changes(before, now);
    equal = changed.length === 0 ? equal + 1 : 0;
    if (now !== undefined && equal >= EQUAL_LOOKS - 1) return judgeRest(world, now, steps);
    before = now;
    world.sandbox.run(LOOK_EVERY_MS);
  }
  return world.faults.length > 0
    ? []
    : [`no rest within ${REST_LIMIT_MS / 60_000} minutes: ${changed.slice(0, 8).join(", ")} still change`];
}

function changes(before: ClusterLook, now: ClusterLook): string[] {
  return changedKeys(before, now).map((key) => change(key, before, now));
}

function judgeRest(world: ChaosWorld, rest: ClusterLook, steps: readonly Step[]): string[] {
  const faults = broken(rest, world, scarsOf(steps));
  world.clients.stopWriting();
  world.sandbox.run(3000);
  return [...faults, ...judgeStore(world)];
}

/** Compares the store with the model of its events, as soon as both stand at one revision. */
function judgeStore(world: ChaosWorld): string[] {
  for (let attempt = 0; attempt < STORE_READINGS; attempt++) {
    const { revision } = world.history;
    const all = world.clients.readAll("\0");
    if (all === undefined) return ["etcd does not answer at the end"];
    if (all.header.revision === world.history.revision) {
      world.history.compare(all.kvs, all.header.revision);
      return [];
    }
    if (all.header.revision < revision) return [`the store stands at ${all.header.revision}, its watch at ${revision}`];
    world.sandbox.run(700);
  }
  return [`the watch stands at ${world.history.revision} and does not catch up with the store`];
}
