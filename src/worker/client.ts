import { createBirpc } from "birpc";
import { LESSON_CALLS, type LessonCalls } from "./lesson-protocol.ts";
import type { PageCalls, WorldCalls } from "./protocol.ts";

/** A line to a world, wherever it runs. */
export interface WorldConnection {
  readonly world: WorldCalls;
  /** Ends the world, whatever it is doing. */
  close(): void;
}

/**
 * Starts a world in a worker; where workers are refused (a sandboxed frame, an old browser, a strict policy) the same
 * code runs beside the page, over a message channel, in slices. `onLost` is told when a running worker dies.
 */
export async function connectWorld(page: PageCalls, onLost: (reason: string) => void): Promise<WorldConnection> {
  return (await inWorker(page, onLost)) ?? (await besideThePage(page));
}

async function inWorker(page: PageCalls, onLost: (reason: string) => void): Promise<WorldConnection | undefined> {
  if (new URLSearchParams(location.search).has("no-worker")) return undefined;
  let worker: Worker;
  try {
    worker = new Worker(new URL("./host-worker.ts", import.meta.url), { type: "module", name: "world" });
  } catch (error) {
    console.info("workers are refused here; the world runs beside the page:", String(error));
    return undefined;
  }
  const failed = new Promise<false>((resolve) =>
    worker.addEventListener("error", () => resolve(false), { once: true }),
  );
  const started = new Promise<true>((resolve) =>
    worker.addEventListener("message", () => resolve(true), { once: true }),
  );
  if (!(await Promise.race([failed, started]))) {
    worker.terminate();
    return undefined;
  }
  worker.addEventListener("error", (event) => onLost(event.message));
  return speak(
    page,
    (message) => worker.postMessage(message),
    (listener) => worker.addEventListener("message", (event) => listener(event.data)),
    () => worker.terminate(),
  );
}

async function besideThePage(page: PageCalls): Promise<WorldConnection> {
  const { WorldHost } = await import("./world-host.ts");
  const { port1, port2 } = new MessageChannel();
  const host = new WorldHost(
    {
      postMessage: (message) => port2.postMessage(message),
      onMessage: (listener) => (port2.onmessage = (event) => listener(event.data)),
    },
    false,
  );
  return speak(
    page,
    (message) => port1.postMessage(message),
    (listener) => (port1.onmessage = (event) => listener(event.data)),
    () => {
      host.dispose();
      port1.close();
    },
  );
}

/** Calls that are not answered; the page never waits for them. */
const ONE_WAY = [
  "type",
  "shows",
  "resize",
  "closeTerminal",
  "drawn",
  "setSpeed",
  "cancelPreview",
  "keepSpareFork",
  "followTrace",
  "followLines",
] as const;
/** A slow machine may take long to bring a cluster up; whoever will not wait that long resets. */
const ANSWER_MS_MAX = 180_000;

function speak(
  page: PageCalls,
  post: (message: unknown) => void,
  on: (listener: (message: unknown) => void) => void,
  end: () => void,
): WorldConnection {
  const remote = createBirpc<WorldCalls, PageCalls>(page, {
    post,
    on,
    eventNames: [...ONE_WAY],
    timeout: ANSWER_MS_MAX,
  });
  const world: WorldCalls = {
    open: (options) => remote.open(options),
    openTerminal: (host, columns, rows, again) => remote.openTerminal(host, columns, rows, again),
    type: (terminal, text) => void remote.type.asEvent(terminal, text),
    shows: (terminal) => void remote.shows.asEvent(terminal),
    letGo: () => remote.letGo(),
    keepNow: () => remote.keepNow(),
    exportFile: () => remote.exportFile(),
    inspect: (file) => remote.inspect(file),
    aside: () => remote.aside(),
    asideFile: (slot) => remote.asideFile(slot),
    forgetAside: (slot) => remote.forgetAside(slot),
    shellHistory: (terminal) => remote.shellHistory(terminal),
    resize: (terminal, columns, rows) => void remote.resize.asEvent(terminal, columns, rows),
    closeTerminal: (terminal) => void remote.closeTerminal.asEvent(terminal),
    drawn: (terminal, bytes) => void remote.drawn.asEvent(terminal, bytes),
    readKey: (key, moment) => remote.readKey(key, moment),
    setSpeed: (speed) => void remote.setSpeed.asEvent(speed),
    reset: () => remote.reset(),
    undo: () => remote.undo(),
    redo: () => remote.redo(),
    checkpoint: (name) => remote.checkpoint(name),
    restore: (name) => remote.restore(name),
    history: () => remote.history(),
    ...lessonCalls(remote),
    diff: (from, to) => remote.diff(from, to),
    preview: (line, terminal) => remote.preview(line, terminal),
    cancelPreview: () => void remote.cancelPreview.asEvent(),
    keepSpareFork: (wanted) => void remote.keepSpareFork.asEvent(wanted),
    followTrace: (wanted) => void remote.followTrace.asEvent(wanted),
    followLines: (wanted) => void remote.followLines.asEvent(wanted),
  };
  return { world, close: end };
}

function lessonCalls(remote: LessonCalls): LessonCalls {
  const calls = LESSON_CALLS.map((name) => [name, (...args: unknown[]) => Reflect.apply(remote[name], remote, args)]);
  return Object.fromEntries(calls) as LessonCalls;
}
