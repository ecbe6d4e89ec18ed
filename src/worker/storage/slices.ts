/** How long such work may hold the thread in one go. */
const SLICE_MS = 4;

/** Does work that pauses now and then; after each slice of it the world, and what people type, have their turn. */
export async function inSlices<T>(work: Generator<void, T>): Promise<T> {
  for (let began = performance.now(); ; ) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() - began < SLICE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    began = performance.now();
  }
}
