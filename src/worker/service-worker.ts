/**
 * Keeps the built files in the browser, so that the page opens without a network. Files whose names carry their content
 * come from the cache; all others (html, the made world) from the network while there is one, so that what a load begins
 * with is of one version: the network's or the cache's. A new version waits until a person, or a page that already is of
 * that version, lets it take over.
 *
 *     cache "etcd-sandbox <scope> <version>" ── one per version: address -> response, filled as a whole by `install`
 *     lock  "etcd-sandbox page <script>"     ── held by each open page; a cache that has its script is still needed
 */
import type { PageLock, PageWord, WorkerWord } from "./offline-protocol.ts";

declare const self: ServiceWorkerGlobalScope;
/** Put before this script by the build; see scripts/offline-files.ts. */
declare const BUILT: { readonly version: string; readonly files: readonly string[] };

const PAGE_LOCK: PageLock = "etcd-sandbox page ";
const SCOPE = self.registration.scope;
/** One origin may serve several sandboxes; each has caches of its own. */
const OURS = `etcd-sandbox ${SCOPE} `;
const CURRENT = `${OURS}${BUILT.version}`;
const HASHED = new URL("assets/", SCOPE).href;
const ADDRESSES = new Set(BUILT.files.map((file) => addressOf(new URL(file, SCOPE).href)));

self.addEventListener("install", (event) => event.waitUntil(keepFiles()));
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([self.clients.claim(), tidy()])));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const address = addressOf(request.url);
  if (address.startsWith(HASHED)) event.respondWith(cacheFirst(request, address));
  else if (ADDRESSES.has(address)) event.respondWith(networkFirst(request, address));
});

self.addEventListener("message", (event) => {
  const said: PageWord = event.data;
  if (said.word === "tidy") event.waitUntil(tidy());
  else if (said.word === "take over" || ADDRESSES.has(said.script)) event.waitUntil(self.skipWaiting());
  else event.source?.postMessage({ word: "new version" } satisfies WorkerWord);
});

/** Without query, and a folder for its index, which hosts redirect to one another. */
function addressOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/index\.html$/, "/");
}

/** One file after the other: somebody works in the page meanwhile. */
async function keepFiles(): Promise<void> {
  const cache = await caches.open(CURRENT);
  for (const address of ADDRESSES) {
    const hashed = address.startsWith(HASHED);
    const known = hashed ? await kept(address) : undefined;
    const response = known ?? (await fetch(address, { cache: hashed ? "default" : "no-cache" }));
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    await cache.put(address, response);
  }
}

/** A page of an older version, still open, finds its files in that version's cache. */
async function cacheFirst(request: Request, address: string): Promise<Response> {
  return (await kept(address)) ?? fetch(request);
}

async function networkFirst(request: Request, address: string): Promise<Response> {
  let failure: unknown;
  const response = await fetch(request).catch((error: unknown) => {
    failure = error;
    return undefined;
  });
  if (response !== undefined && response.status < 400) return response;
  const found = (await kept(address, CURRENT)) ?? response;
  if (found === undefined) throw failure;
  return found;
}

/** From one cache, or from any. Caches refused or emptied meanwhile are as good as none. */
async function kept(address: string, cacheName?: string): Promise<Response | undefined> {
  try {
    return await caches.match(address, { ignoreVary: true, ...(cacheName !== undefined && { cacheName }) });
  } catch (error) {
    console.info("the cache can't be read:", String(error));
    return undefined;
  }
}

/** Removes caches of other versions that no open page runs from; while a version is coming, nothing. */
async function tidy(): Promise<void> {
  const { installing, waiting } = self.registration;
  if (installing !== null || waiting !== null) return;
  const scripts = await openScripts();
  for (const name of await caches.keys()) {
    if (!name.startsWith(OURS) || name === CURRENT) continue;
    const has = await Promise.all(scripts.map((script) => kept(script, name)));
    if (has.every((found) => found === undefined)) await caches.delete(name);
  }
}

/** What pages of other versions run from. */
async function openScripts(): Promise<string[]> {
  const { held = [] } = await navigator.locks.query();
  const names = held.flatMap(({ name }) => (name?.startsWith(PAGE_LOCK) ? [name.slice(PAGE_LOCK.length)] : []));
  return names.filter((script) => !ADDRESSES.has(script));
}
