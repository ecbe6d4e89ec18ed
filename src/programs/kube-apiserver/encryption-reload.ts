import type { AssembledServer } from "../../kube/apiserver/assembly.ts";
import type { Klog } from "../../kube/client/klog.ts";
import type { Process } from "../../machine/process.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { loadTransformers, SettingsError } from "./settings.ts";

/** encryptionconfig/controller EncryptionConfigFileChangePollDuration. */
const POLL_MS = 60_000;

/**
 * Looks at the encryption configuration every minute and goes by it when it has changed. One that can't be used is
 * complained of, and the last good one stays.
 */
export function* followEncryption(process: Process, path: string, server: AssembledServer, log: Klog): Task<never> {
  let loaded = contentOf(process, path);
  for (;;) {
    yield* sleep(process.clock, POLL_MS);
    const content = contentOf(process, path);
    if (content === loaded && content !== undefined) continue;
    try {
      server.reloadEncryption(loadTransformers(process, path));
      loaded = content;
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      const why = `error processing encryption config file ${path}: ${error.message}`;
      log.error("controller.go:173", "Unhandled Error", new Error(why), { logger: "UnhandledError" });
    }
  }
}

function contentOf(process: Process, path: string): string | undefined {
  try {
    return process.fs.readText(path);
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}
