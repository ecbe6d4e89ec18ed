/** What a page and the service worker that keeps its files say to each other. */

/**
 * To a worker. `look`: a page that runs from `script` is open, and the worker waits; `take over`: a person wants its
 * version now; `tidy`: a page is open and at rest, so what older versions left may go.
 */
export type PageWord =
  | { readonly word: "look"; readonly script: string }
  | { readonly word: "take over" }
  | { readonly word: "tidy" };

/** From a waiting worker to a page of another version. */
export interface WorkerWord {
  readonly word: "new version";
}

/**
 * What the lock's name begins with that a page holds while it is open; the script it runs from follows, which names its
 * version. A type, since the service worker is one file and can share no code.
 */
export type PageLock = "etcd-sandbox page ";
