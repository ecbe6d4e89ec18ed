/** One measured number. Names and units are what the table prints; `side` tells ours from the yardstick's. */
export interface Measure {
  readonly name: string;
  readonly side: "ours" | "webernetes";
  readonly value: number;
  readonly unit: "ms CPU" | "ms" | "per s CPU" | "MB" | "kB" | "count" | "%";
}

/** Milliseconds of user CPU that this process has used so far, all threads: the compiler's and the collector's too. */
export function cpuMs(): number {
  return process.cpuUsage().user / 1000;
}

/** As `heapMb`, and with the octets of byte arrays, which live beside the heap. */
export function heldMb(): number {
  const heap = heapMb();
  return heap + process.memoryUsage().external / 1e6;
}

/** Bytes that live on the heap after a full collection, in MB. */
export function heapMb(): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  collect?.();
  return process.memoryUsage().heapUsed / 1e6;
}
