import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { encodeImage } from "../../../src/sandbox/image-codec.ts";
import { partImage } from "../../../src/sandbox/image-parts.ts";
import type { StoreChange } from "../../../src/worker/protocol.ts";
import { readStateFile } from "../../../src/worker/storage/state-file.ts";
import { WorldHost } from "../../../src/worker/world-host.ts";
import { worldImage } from "../../support/world.ts";

/** A world of the page: its made image comes in two files, in whatever order the network has them. */
const { first, late } = partImage(worldImage(), "now");
const FILES: Readonly<Record<string, Uint8Array>> = {
  "first.image": encodeImage(first),
  "late.image": encodeImage(late),
};
const KEYS = 250;
/** What terminals obey and do not show: OSC and CSI sequences. */
const ESCAPES = /\x1b\][^\x07]*\x07|\x1b\[[0-9;?]*[A-Za-z]/g;
/** The world goes in real time here: on a busy machine that takes long. */
const WAIT = { timeout: 240_000, interval: 20 };
const LIMIT_MS = 300_000;

afterEach(() => vi.unstubAllGlobals());

/**
 * Serves the two files, each after so many milliseconds; the first `refused` requests for the late one in vain, the next
 * ones with what is `stale`.
 */
function serve(delays: Readonly<Record<string, number>>, refused = 0, stale: readonly Uint8Array[] = []): void {
  let left = refused;
  const older = [...stale];
  vi.stubGlobal("fetch", async (url: URL) => {
    const name = url.pathname.split("/").pop() ?? "";
    await new Promise((arrived) => setTimeout(arrived, delays[name] ?? 0));
    if (name === "late.image" && left-- > 0) return new Response("", { status: 503 });
    const file = name === "late.image" ? (older.shift() ?? FILES[name]) : FILES[name];
    return new Response(new Uint8Array(file ?? new Uint8Array()));
  });
}

/** The default world, and what it has told its page. */
class Opened {
  readonly keys = new Set<string>();
  readonly faults: string[] = [];
  private say: (message: unknown) => void = () => undefined;
  private answer: (result: unknown) => void = () => undefined;
  private shown = "";
  readonly host = new WorldHost(
    {
      postMessage: (message) => {
        const { m, a, r } = message as { m?: string; a: readonly unknown[]; r?: unknown };
        if (m === undefined) this.answer(r);
        if (m === "fault") this.faults.push(String(a[0]));
        if (m === "store") for (const { key } of (a[0] as StoreChange).put) this.keys.add(key);
        if (m === "output") this.shown += new TextDecoder().decode(a[1] as Uint8Array).replace(ESCAPES, "");
      },
      onMessage: (listener) => {
        this.say = listener;
      },
    },
    true,
  );

  /** Calls the host as its page does; one call at a time. */
  ask(method: string): Promise<unknown> {
    return new Promise((resolve) => {
      this.answer = resolve;
      this.say({ t: "q", m: method, a: [], i: "1" });
    });
  }

  async open(): Promise<void> {
    onTestFinished(() => this.host.dispose());
    const base = "http://sandbox.example/";
    await this.host.open({ topology: "kubeadm", etcd: "3.6", seed: 1, base, owner: undefined });
  }

  /** Waits until a terminal has shown this. */
  shows(text: RegExp): Promise<void> {
    return vi.waitFor(() => expect(this.shown).toMatch(text), WAIT);
  }
}

test.each([
  ["before the world is in place", { "first.image": 200, "late.image": 0 }],
  ["after it", { "first.image": 0, "late.image": 200 }],
])(
  "etcd starts with its files when they come %s",
  async (_when, delays) => {
    serve(delays);
    const opened = new Opened();
    await opened.open();
    await vi.waitFor(() => expect(opened.keys.size).toBeGreaterThan(KEYS), WAIT);
  },
  LIMIT_MS,
);

test(
  "what is entered waits until the cluster is at rest, however late its files are",
  async () => {
    serve({ "late.image": 2500 });
    const opened = new Opened();
    await opened.open();
    const terminal = await opened.host.openTerminal("ip-10-0-1-10", 100, 24);
    await opened.shows(/# $/);
    opened.host.type(terminal, "kubectl get pods -n kube-system | grep etcd\r");
    await opened.shows(/etcd$/); // the echo does not wait
    await opened.shows(/etcd-ip-10-0-1-10 .*Running/);
    await opened.shows(/etcd-ip-10-0-1-10 +1\/1 +Running/);
  },
  LIMIT_MS,
);

test(
  "late files that did not come are asked for again, and a world is saved to a file only with them",
  async () => {
    serve({}, 1);
    const opened = new Opened();
    await opened.open();
    const { image } = readStateFile((await opened.ask("exportFile")) as Uint8Array);
    expect(opened.faults).toEqual([expect.stringContaining("late.image: 503")]);
    expect(partImage(image, "kept").late.files.map(({ path }) => path)).toEqual(late.files.map(({ path }) => path));
  },
  LIMIT_MS,
);

test.each([
  ["of another making", encodeImage({ ...late, made: "before" }), "late.image is of another version of this page"],
  ["of a version that did not name them", encodeImage(late.files), "late.image was made by another version"],
])(
  "late files %s are never mixed with the first ones",
  async (_what, old, problem) => {
    serve({}, 0, [old]);
    const opened = new Opened();
    await opened.open();
    const { image } = readStateFile((await opened.ask("exportFile")) as Uint8Array);
    expect(opened.faults).toEqual([expect.stringContaining(problem)]);
    expect(partImage(image, "kept").late.files).toEqual(late.files);
  },
  LIMIT_MS,
);
