import { useEffect, useState } from "react";
import type { WorldDiff } from "../../worker/protocol.ts";
import { answerOf, currentWorld, worldStore } from "../world-store.ts";

/** So long after an answer it is looked whether the store has changed since, in milliseconds. */
const PAUSE_MS = 1000;

interface Answer {
  readonly from: string;
  readonly diff: WorldDiff | string | undefined;
}

/**
 * What differs between a place of the world's history and now; a text says why that can't be told, undefined is not yet
 * known. It follows the store as long as it is shown, however fast that changes.
 */
export function useDiff(from: string): WorldDiff | string | undefined {
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let compared: number | undefined;
    const look = async () => {
      const { storeVersion } = worldStore.getState();
      const world = currentWorld();
      if (storeVersion !== compared && world !== undefined) {
        compared = storeVersion;
        const diff = await answerOf(world, world.diff(from));
        if (left) return;
        setAnswer({ from, diff });
      }
      timer = setTimeout(() => void look(), PAUSE_MS);
    };
    void look();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [from]);
  return answer?.from === from ? answer.diff : undefined;
}
