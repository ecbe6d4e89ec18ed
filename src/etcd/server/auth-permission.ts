import type { ByteString } from "../../base/bytes.ts";
import type { Permission } from "../rpc/messages.ts";

/** The range end that stands for "no end" in permissions and requests. */
const OPEN_END = "\0";

/** What one wants to do with a range. */
export type Access = "READ" | "WRITE";

/**
 * Whether the permissions together cover a range (`end` empty: one key). Neighbouring and overlapping ranges count as
 * one, as in server/auth/range_perm_cache.go.
 */
export function permits(perms: readonly Permission[], access: Access, key: ByteString, end: ByteString): boolean {
  const ranges = perms
    .filter((perm) => perm.permType === "READWRITE" || perm.permType === access)
    .map((perm): readonly [ByteString, ByteString | undefined] => [perm.key, endOf(perm.key, perm.rangeEnd)])
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const wantedEnd = endOf(key, end);
  let reached: ByteString | undefined = key;
  for (const [from, to] of ranges) {
    if (reached === undefined) return true;
    if (from > reached) break;
    if (to === undefined || to > reached) reached = to;
  }
  return reached === undefined || (wantedEnd !== undefined && reached >= wantedEnd && reached > key);
}

/** The first key behind a range; undefined when it has no end. */
function endOf(key: ByteString, end: ByteString): ByteString | undefined {
  if (end === "") return `${key}\0`;
  return end === OPEN_END ? undefined : end;
}

/** Whether a permission's range makes sense (isValidPermissionRange). */
export function isValidRange(key: ByteString, end: ByteString): boolean {
  if (key === "") return false;
  return end === "" || end === OPEN_END || key < end;
}
