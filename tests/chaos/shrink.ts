import type { Step } from "./step.ts";

/**
 * The shortest sequence found that still fails: halves, quarters and at last single steps are left out as long as
 * `fails` says so (delta debugging), at most `budget` times.
 */
export function shrink(
  steps: readonly Step[],
  fails: (steps: readonly Step[]) => boolean,
  budget: number,
): readonly Step[] {
  let best = steps;
  let chunk = Math.ceil(best.length / 2);
  let left = budget;
  while (chunk >= 1 && left > 0) {
    let shorter = false;
    for (let from = 0; from < best.length && left > 0; from += chunk) {
      const fewer = [...best.slice(0, from), ...best.slice(from + chunk)];
      left--;
      if (!fails(fewer)) continue;
      best = fewer;
      shorter = true;
      from -= chunk;
    }
    if (!shorter || chunk > best.length) chunk = Math.floor(chunk / 2);
  }
  return best;
}
