import type { Check, Condition, RanCondition, ShownCondition } from "./check.ts";

/** What a learner has done or seen in a step: it stays true, whatever the world comes to afterwards. */
export type Deed = RanCondition | ShownCondition;

/** The deeds that checks ask for. */
export function deedsOf(checks: readonly Check[]): readonly Deed[] {
  return checks.flatMap(({ condition }) => deedsIn(condition));
}

function deedsIn(condition: Condition): readonly Deed[] {
  switch (condition.kind) {
    case "ran":
    case "shown":
      return [condition];
    case "not":
      return deedsIn(condition.of);
    case "all":
    case "any":
      return condition.of.flatMap(deedsIn);
    default:
      return [];
  }
}

/** By which a deed is known again, as long as its lesson asks for it in the same words. */
export function deedName(deed: Deed): string {
  return deed.kind === "shown"
    ? JSON.stringify([deed.kind, deed.matches, ...(deed.since === undefined ? [] : [deed.since])])
    : JSON.stringify([deed.kind, deed.program, deed.args, deed.exit ?? null, deed.where ?? null]);
}
