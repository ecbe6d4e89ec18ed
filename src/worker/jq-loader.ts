import type { JqEngine, JqLoader } from "../programs/jq/jq-engine.ts";
import { type JqFactory, jqEngine } from "./jq-host.ts";

/**
 * Loads jq (a megabyte, a chunk of its own) in a worker, on the main thread or in Node. The package keeps its
 * WebAssembly as text inside the factory function, which is where we read it: then runs can be synchronous, each with
 * a fresh instance.
 */
export async function loadJq(): Promise<JqEngine> {
  const loaded = (await import("jq-wasm/dist/build/jq.js")) as { default: JqFactory | { default: JqFactory } };
  const factory = typeof loaded.default === "function" ? loaded.default : loaded.default.default;
  const encoded = /data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)/.exec(String(factory))?.[1];
  if (encoded === undefined) throw new Error("jq's package does not hold its WebAssembly");
  const octets = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
  return jqEngine(factory, await WebAssembly.compile(octets));
}

/**
 * A loader over `load`. `onBusy` tells when loading begins and ends, so that the pump can hold the world's time
 * meanwhile: how long the host takes must not show in the world.
 */
export function jqLoader(load: () => Promise<JqEngine> = loadJq, onBusy: (busy: boolean) => void = () => {}): JqLoader {
  let engine: JqEngine | undefined;
  let waiting: ((engine: JqEngine | undefined, problem: string) => void)[] = [];
  const finish = (result: JqEngine | undefined, problem: string) => {
    engine = result;
    const callbacks = waiting;
    waiting = [];
    onBusy(false);
    for (const callback of callbacks) callback(result, problem);
  };
  return {
    get engine() {
      return engine;
    },
    request(onReady) {
      if (engine !== undefined) return onReady(engine, "");
      waiting.push(onReady);
      if (waiting.length > 1) return;
      onBusy(true);
      load().then(
        (loaded) => finish(loaded, ""),
        (error: unknown) => finish(undefined, error instanceof Error ? error.message : String(error)),
      );
    },
  };
}
