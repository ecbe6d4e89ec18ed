import type { HistoryAnswer, WorldCalls } from "../../worker/protocol.ts";
import { notify } from "../parts/notice.tsx";
import { printable } from "../printable.ts";
import { TEXTS } from "../texts.ts";
import { goBack } from "../world-store.ts";

/** Goes back or forth in the world's history and says what came of it. */
async function travel(wish: (world: WorldCalls) => Promise<HistoryAnswer>): Promise<void> {
  const answer = await goBack(wish);
  notify(answer === undefined ? TEXTS.history.noAnswer : printable(answer.text));
}

export const undo = (): Promise<void> => travel((world) => world.undo());
export const redo = (): Promise<void> => travel((world) => world.redo());
export const restore = (name: string): Promise<void> => travel((world) => world.restore(name));
export const makeCheckpoint = (name: string): Promise<void> => travel((world) => world.checkpoint(name));
