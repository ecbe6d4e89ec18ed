import { CommandFailure, EXIT, GoPanic } from "../../base/cli/exit.ts";
import { Backend } from "../../etcd/server/backend.ts";
import { CodecError } from "../../etcd/snapshot/codec.ts";
import { type DbContents, DbCutError, DbFileError } from "../../etcd/snapshot/db-file.ts";
import { type OpenedSnapshot, openSnapshot, SnapshotError } from "../../etcd/snapshot/snapshot.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { FsError, goFsError } from "../../vfs/file-system.ts";
import type { EtcdutlContext } from "./context.ts";

const LOCK_RETRY_MS = 500;

/** Runs what reads files; turns its errors into exit code 1 with Go's texts. */
export function orFail<T>(operation: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FsError) throw new CommandFailure(EXIT.error, goFsError(operation, error));
    if (error instanceof DbCutError) throw error;
    if (error instanceof DbFileError || error instanceof CodecError || error instanceof SnapshotError) {
      throw new CommandFailure(EXIT.error, error.message);
    }
    throw error;
  }
}

/** Reads a snapshot or a copied db for status and hashkv; waits while a server holds it. */
export function* readDb(context: EtcdutlContext, path: string): Task<OpenedSnapshot> {
  const { fs, clock } = context.process;
  orFail("stat", () => fs.stat(path));
  const file = orFail("open", () => fs.open(path, { read: true }));
  try {
    // bbolt writes the first page of an empty file, and this one is open for reading
    if (file.size === 0) throw new CommandFailure(EXIT.error, `write ${path}: bad file descriptor`);
    while (!file.tryLock()) yield* sleep(clock, LOCK_RETRY_MS);
    return orFail("read", () => openSnapshot(file.read(0, file.size), false));
  } finally {
    file.close();
  }
}

/** Like `readDb`, for hashkv, whose code panics where the file is no db. */
export function* readDbOrPanic(context: EtcdutlContext, path: string): Task<OpenedSnapshot> {
  orFail("stat", () => context.process.fs.stat(path));
  try {
    return yield* readDb(context, path);
  } catch (error) {
    if (error instanceof CommandFailure) throw new GoPanic("failed to open database");
    throw error;
  }
}

/** Opens a db for writing; `onWait` is called once when a server holds it for a second. */
export function* openBackend(
  context: EtcdutlContext,
  path: string,
  onWait: () => Task<void>,
): Task<{ readonly backend: Backend; readonly contents: DbContents }> {
  const { fs, clock } = context.process;
  for (let tries = 1; ; tries++) {
    const opened = orFail("open", () => Backend.open(fs, path));
    if (opened !== undefined) return opened;
    if (tries === 3) yield* onWait();
    yield* sleep(clock, LOCK_RETRY_MS);
  }
}
