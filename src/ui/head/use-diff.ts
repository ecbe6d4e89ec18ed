import { useEffect, useState } from "react";
import type { WorldDiff } from "../../worker/protocol.ts";
import { useWorld } from "../use-world.ts";
import { answerOf, currentWorld } from "../world-store.ts";

/** While the store goes on changing, the worlds are compared no more often. */
const PAUSE_MS = 1000;

interface Answer {
  readonly from: string;
  readonly diff: WorldDiff | string | undefined;
}

/**
 * What differs between a place of the world's history and now; a text says why that can't be told, undefined is not yet
 * known. It follows the store as long as it is shown.
 */
export function useDiff(from: string): WorldDiff | string | undefined {
  const version = useWorld((state) => state.storeVersion);
  const [answer, setAnswer] = useState<Answer>();
  const known = answer?.from === from ? answer.diff : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is known decides only how soon it is asked again
  useEffect(() => {
    let stale = false;
    const ask = async () => {
      const world = currentWorld();
      const diff = world === undefined ? undefined : await answerOf(world, world.diff(from));
      if (!stale) setAnswer({ from, diff });
    };
    const timer = setTimeout(() => void ask(), known === undefined ? 0 : PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [from, version]);
  return known;
}
