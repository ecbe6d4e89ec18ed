import type { PageLock, PageWord, WorkerWord } from "../../worker/offline-protocol.ts";
import { lockManager } from "../keeping/tenancy.ts";
import { currentWorld, type WorldState, worldStore } from "../world-store.ts";
import { updateStore } from "./update-store.ts";

const PAGE_LOCK: PageLock = "etcd-sandbox page ";
/** A world without etcd, or with a dead one, is at rest after this time too. */
const REST_MS_MAX = 15_000;

/**
 * Lets the browser keep the page's files, so that it opens without a network; not in frames, which are somebody else's
 * page. Begins only when the world has come up: the files it needs first are not to wait for those that are kept.
 */
export async function keepOffline(): Promise<void> {
  if (window.parent !== window || !window.isSecureContext || !("serviceWorker" in navigator)) return;
  holdVersion();
  await worldAtRest();
  try {
    const address = new URL("sw.js", document.baseURI);
    attendTo(await navigator.serviceWorker.register(address, { updateViaCache: "none" }));
  } catch (error) {
    console.info("the page is not kept for use offline:", String(error));
  }
}

/** While this page is open its version's files are not removed; where there are no locks nobody can hold them. */
function holdVersion(): void {
  lockManager()
    ?.request(`${PAGE_LOCK}${ownScript()}`, { mode: "shared" }, () => new Promise<never>(() => undefined))
    .catch((error: unknown) => console.info("the page's version can't be held:", String(error)));
}

/** The hashed script that the page began with: another version has another one. */
function ownScript(): string {
  return document.querySelector<HTMLScriptElement>("script[type=module][src]")?.src ?? "";
}

function worldAtRest(): Promise<void> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const rest = () => {
      clearTimeout(timer);
      stop();
      if ("requestIdleCallback" in window) requestIdleCallback(() => resolve(), { timeout: REST_MS_MAX });
      else resolve();
    };
    const look = ({ status, reachable }: WorldState) => {
      if (status !== "running") return;
      if (reachable) rest();
      else timer ??= setTimeout(rest, REST_MS_MAX);
    };
    const stop = worldStore.subscribe(look);
    look(worldStore.getState());
  });
}

function attendTo(registration: ServiceWorkerRegistration): void {
  navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<WorkerWord>) => {
    if (data.word === "new version") updateStore.setState({ goOver: () => goOver(registration) });
  });
  const look = () => say(registration.waiting, { word: "look", script: ownScript() });
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  registration.installing?.addEventListener("statechange", look);
  look();
  say(registration.active, { word: "tidy" });
  // A page that stays open for days asks now and then; a load asks by itself.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => undefined);
  });
}

async function goOver(registration: ServiceWorkerRegistration): Promise<void> {
  await currentWorld()?.keepNow();
  const { waiting } = registration;
  // Another tab may have let it take over already.
  if (waiting === null) return location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  say(waiting, { word: "take over" });
}

function say(worker: ServiceWorker | null, word: PageWord): void {
  worker?.postMessage(word);
}
