/** What a world may hold at its end, with the image that all begin with and what earlier seeds of the process left behind. */
export const MEMORY_MAX_MB = 150;

/** What is in use, in megabytes, after everything that can be was collected; undefined without `--expose-gc`. */
export function memoryInUse(): number | undefined {
  const { gc } = globalThis;
  if (gc === undefined) return undefined;
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}
