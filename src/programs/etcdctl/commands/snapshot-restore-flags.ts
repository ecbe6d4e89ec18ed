import type { FlagSpec } from "../../../base/cli/flag.ts";

/** The flags of `snapshot restore` as etcdctl 3.5 has them; etcdutl has more. */
export const RESTORE_FLAGS: readonly FlagSpec[] = [
  { name: "data-dir", type: "string", usage: "path to the data directory", files: [] },
  { name: "wal-dir", type: "string", usage: "path to the WAL directory (default: in the data directory)", files: [] },
  {
    name: "initial-cluster",
    type: "string",
    default: "default=http://localhost:2380",
    usage: "members of the restored cluster",
  },
  {
    name: "initial-cluster-token",
    type: "string",
    default: "etcd-cluster",
    usage: "token of the restored cluster",
  },
  {
    name: "initial-advertise-peer-urls",
    type: "string",
    default: "http://localhost:2380",
    usage: "this member's peer URLs to advertise",
  },
  { name: "name", type: "string", default: "default", usage: "name of this member" },
  { name: "skip-hash-check", type: "bool", usage: "ignore the hash of the snapshot (needed for a copied database)" },
];
