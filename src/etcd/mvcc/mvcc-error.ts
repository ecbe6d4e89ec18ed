/** Why the store refused; the texts are mvcc's own, without the `etcdserver: ` that the API puts before them. */
export type MvccErrorCode = "compacted" | "future" | "lease-not-found" | "key-not-found";

const TEXT: Record<MvccErrorCode, string> = {
  compacted: "mvcc: required revision has been compacted",
  future: "mvcc: required revision is a future revision",
  "lease-not-found": "lease not found",
  "key-not-found": "etcdserver: key not found",
};

export class MvccError extends Error {
  readonly code: MvccErrorCode;

  constructor(code: MvccErrorCode) {
    super(TEXT[code]);
    this.name = "MvccError";
    this.code = code;
  }
}
