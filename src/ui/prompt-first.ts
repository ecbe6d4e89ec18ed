import { worldStore } from "./world-store.ts";

/** In which the shell of a terminal that has just been opened prints its prompt and the page draws it, in milliseconds. */
const PROMPT_MS = 150;

/** Settles when the first prompt is there, or none will be: until then nothing is loaded that it does not need. */
export const promptShown = new Promise<void>((resolve) => {
  const settled = () => {
    const { status, tabs } = worldStore.getState();
    if (status !== "failed" && tabs.length === 0) return;
    stop();
    setTimeout(resolve, PROMPT_MS);
  };
  const stop = worldStore.subscribe(settled);
  settled();
});
