import type { JqEngine, JqLoader } from "../programs/jq/jq-engine.ts";
import { type JqFactory, jqEngine, STEPS } from "./jq-host.ts";
import { lateCode } from "./late-code.ts";
import { meterLoops } from "./wasm-meter.ts";

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
  return jqEngine(factory, await WebAssembly.compile(meterLoops(octets, STEPS)));
}

/** A loader over `load`; `onBusy` as in `lateCode`. */
export function jqLoader(load: () => Promise<JqEngine> = loadJq, onBusy?: (busy: boolean) => void): JqLoader {
  const late = lateCode(load, onBusy);
  return {
    get engine() {
      return late.code;
    },
    request: late.request,
  };
}
