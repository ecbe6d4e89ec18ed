import { transcript } from "../terminal/transcript.ts";
import { currentWorld } from "../world-store.ts";

/**
 * What was entered at a terminal, oldest first: its shell's own history. While that shell runs something, a shell in a
 * container for instance, whose history nobody outside knows: what the page saw being entered there.
 */
export async function enteredLines(terminal: number): Promise<readonly string[]> {
  const own = await currentWorld()?.shellHistory(terminal);
  if (own !== undefined) return own;
  return transcript
    .getState()
    .entries.filter((entry) => entry.terminal === terminal)
    .map(({ line }) => line);
}
