import { Random, type RandomStream } from "../../src/sim/random.ts";
import { OPERATIONS, type Operation } from "./operations.ts";
import type { Step } from "./step.ts";

/** Pauses between two steps: most often short, so that steps meet in the middle of what the ones before began. */
const PAUSES_MS: readonly number[] = [0, 0, 50, 120, 300, 700, 1500, 4000, 9000, 20_000];

/** What a seed does to a world. The sequence does not depend on what the world answers, so that it can be shortened. */
export function stepsOfSeed(seed: number, length: number): Step[] {
  const random = new Random(seed).fork("chaos");
  const steps: Step[] = [];
  for (let i = 0; i < length; i++) {
    steps.push(...pick(random).make(random));
    const pause = random.pick(PAUSES_MS) ?? 0;
    if (pause > 0) steps.push({ do: "wait", ms: pause + random.below(100) });
  }
  return steps;
}

/** One row of the table, by weight. */
function pick(random: RandomStream): Operation {
  const lots = OPERATIONS.flatMap((operation) => Array.from({ length: operation.weight }, () => operation));
  const chosen = random.pick(lots);
  if (chosen === undefined) throw new Error("there are no operations");
  return chosen;
}
