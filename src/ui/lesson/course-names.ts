/** The lessons of the first course, in their order. */
export const COURSE: readonly string[] = [
  "find-etcd",
  "locked-door",
  "two-views",
  "dangerous-delete",
  "backup-restore",
];
