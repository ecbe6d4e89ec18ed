import type { Task } from "../../sim/task.ts";
import type { FileSystem } from "../../vfs/file-system.ts";
import { type Plain, Writer } from "../snapshot/codec.ts";
import type { Membership } from "./membership.ts";

/** Snapshot files kept beside the db. */
const SNAPS_KEPT = 5;

/** The name of a raft snapshot: term and index in hex. */
function snapName(place: { readonly term: number; readonly index: number }): string {
  const part = (value: number) => value.toString(16).padStart(16, "0");
  return `${part(place.term)}-${part(place.index)}.snap`;
}

/** Writes `member/snap/<term>-<index>.snap`: who was in the cluster at that place of the log. The keys are in the db. */
export function* saveSnapshot(
  fs: FileSystem,
  folder: string,
  place: { readonly term: number; readonly index: number },
  membership: Pick<Membership, "list">,
): Task<void> {
  const writer = new Writer();
  writer.value({ ...place, members: membership.list().map((member) => ({ ...member })) } as unknown as Plain);
  const path = `${folder}/${snapName(place)}`;
  const file = fs.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
  file.write(0, writer.take());
  yield* file.fsync();
  file.close();
  const old = fs
    .readdir(folder)
    .filter((name) => name.endsWith(".snap"))
    .slice(0, -SNAPS_KEPT);
  for (const name of old) fs.unlink(`${folder}/${name}`);
}

/** The name of a db that a leader sent. */
export function receivedName(index: number): string {
  return `${index.toString(16).padStart(16, "0")}.snap.db`;
}
