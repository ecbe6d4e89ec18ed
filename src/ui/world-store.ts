import { createStore } from "zustand/vanilla";
import { Emitter } from "../base/event.ts";
import { connectWorld, type WorldConnection } from "../worker/client.ts";
import type { LessonCalls } from "../worker/lesson-protocol.ts";
import type {
  CommandEvent,
  HistoryAnswer,
  HistoryView,
  Hop,
  KeyView,
  PageCalls,
  StartStep,
  StoreChange,
  StoreMoment,
  TerminalAgain,
  WorldCalls,
  WorldInfo,
  WorldKind,
  WorldOptions,
} from "../worker/protocol.ts";
import { attendTo, claimWorld, hearKeeping, noteOutcome, shelfOfPage } from "./keeping/keeping-store.ts";
import { EntryTimes } from "./store/entry-times.ts";
import { KeyTree } from "./store/key-tree.ts";
import { StoreHistory } from "./store/store-history.ts";
import {
  activeTerminal,
  addBeside,
  addTerminal,
  ONE_PANE,
  type Panes,
  removeTerminal,
  showTerminal,
} from "./terminal/panes.ts";
import { TEXTS } from "./texts.ts";
import { kindOfPage } from "./world-kind.ts";

/** A tab with a terminal. */
export interface TerminalTab {
  readonly id: number;
  readonly host: string;
  readonly title: string;
  /** As wide as it was when it was closed, so that what it showed is drawn as it was. */
  readonly columns: number;
}

/** How to start, if not as the address says. */
export interface Begin {
  readonly kind?: WorldKind;
  readonly start?: NonNullable<WorldOptions["start"]>;
}

export interface WorldState {
  readonly status: "starting" | "running" | "failed";
  /** While starting: what the world is busy with; undefined before it has said anything. */
  readonly step: StartStep | undefined;
  readonly failure: string;
  readonly info: WorldInfo | undefined;
  readonly tabs: readonly TerminalTab[];
  /** Where the tabs stand. */
  readonly panes: Panes;
  /** The shown terminal of the active pane. */
  readonly activeTab: number | undefined;
  /** Counts changes of the key tree, which is changed in place. */
  readonly storeVersion: number;
  readonly revision: number;
  readonly reachable: boolean;
  readonly selectedKey: string | undefined;
  readonly selected: KeyView | undefined;
  /** Whether the chosen key's value is still on its way. */
  readonly reading: boolean;
  /** The moment whose values are shown; undefined: now. */
  readonly viewed: StoreMoment | undefined;
  readonly fault: string | undefined;
  /** World milliseconds per real one; 0: time stands still. */
  readonly speed: number;
  /** Counts when something happened that a lesson's check could see. */
  readonly stirs: number;
  readonly history: HistoryView;
}

/** What terminals listen to; output never goes through the interface's state. */
interface TerminalSink {
  write(bytes: Uint8Array): void;
  ended(): void;
  /** Its shell had ended and there is one again. */
  revived(): void;
}

const BLANK: WorldState = {
  status: "starting",
  step: undefined,
  failure: "",
  info: undefined,
  tabs: [],
  panes: ONE_PANE,
  activeTab: undefined,
  storeVersion: 0,
  revision: 0,
  reachable: false,
  selectedKey: undefined,
  selected: undefined,
  reading: false,
  viewed: undefined,
  fault: undefined,
  speed: 1,
  stirs: 0,
  history: { entries: [], position: 0, canUndo: false, canRedo: false, worlds: 0 },
};

/** The store's keys, changed in place; `storeVersion` tells when. */
export const keyTree = new KeyTree();
/** The store's past, changed in place too. */
export const storeHistory = new StoreHistory();
/** When the entries of the world's history were made. */
export const entryTimes = new EntryTimes();
export const worldStore = createStore<WorldState>()(() => BLANK);

/** For whoever follows the world besides the page itself: a lesson, the page around an embedded one. */
export const commandHeard = new Emitter<CommandEvent>();
export const storeHeard = new Emitter<StoreChange>();
export const hopsHeard = new Emitter<readonly Hop[]>();
/** The line in a terminal's editor; only while the world was asked for it. */
export const lineHeard = new Emitter<{ readonly terminal: number; readonly line: string | undefined }>();
/** A terminal whose shell has ended. */
export const endHeard = new Emitter<number>();
export const outputHeard = new Emitter<{ readonly id: number; readonly bytes: Uint8Array }>();

const sinks = new Map<number, TerminalSink>();
const early = new Map<number, Uint8Array[]>();
let connection: WorldConnection | undefined;
/** Counts worlds: what an earlier one still says is not heard. */
let worlds = 0;
let size = { columns: 80, rows: 24 };

/**
 * Starts the world that the page's address asks for, in place of the one that is there: wedged, failed or well. It goes
 * on from what the browser keeps of it, if this page may.
 */
export async function startWorld({ kind, start }: Begin = {}): Promise<void> {
  const mine = ++worlds;
  connection?.close();
  connection = undefined;
  keyTree.clear();
  storeHistory.clear();
  entryTimes.clear();
  sinks.clear();
  early.clear();
  worldStore.setState({ ...BLANK, storeVersion: worldStore.getState().storeVersion + 1 });
  try {
    const connected = connectWorld(listener(mine), (reason) => mine === worlds && fail(reason));
    const [made, claim] = await Promise.all([connected, claimOf(kind)]);
    if (mine !== worlds) return made.close();
    connection = made;
    attendTo(made.world);
    const info = await made.world.open({
      ...claim,
      base: baseAddress(),
      shelf: shelfOfPage(),
      ...(start && { start }),
    });
    if (mine !== worlds) return;
    noteOutcome(info);
    if (info.resumed !== undefined) entryTimes.takeAsUnseen();
    worldStore.setState({ status: "running", info });
    await openFirstTabs(info);
  } catch (error) {
    if (mine === worlds) fail(error instanceof Error ? error.message : String(error));
  }
}

/** The world to start, and the page as its owner if it may be that. */
async function claimOf(wanted: WorldKind | undefined): Promise<WorldKind & Pick<WorldOptions, "owner">> {
  const kind = wanted ?? (await kindOfPage());
  return { ...kind, owner: await claimWorld(kind) };
}

/** The world that runs, if it has come as far. */
export function currentWorld(): WorldCalls | undefined {
  return connection?.world;
}

/** By which the marks of the world's shells are known. */
export function markKey(): string | undefined {
  return worldStore.getState().info?.markKey;
}

/** The tabs that were open, or one on the first host. */
async function openFirstTabs({ hosts, resumed }: WorldInfo): Promise<void> {
  const before = resumed?.terminals ?? [];
  const time = new Date(resumed?.keptAt ?? 0).toLocaleString();
  for (const [place, { host, columns, running }] of before.entries())
    await openTab(host, "here", { place, columns, notice: TEXTS.keeping.resumed(time, running) });
  const { tabs } = worldStore.getState();
  const shown = tabs[resumed?.active ?? 0];
  if (shown !== undefined) chooseTab(shown.id);
  else if (hosts[0] !== undefined) await openTab(hosts[0]);
}

function fail(reason: string): void {
  worldStore.setState({ status: "failed", failure: reason || TEXTS.unknownReason });
}

/** Hears what world number `mine` says while it is the one. */
function listener(mine: number): PageCalls {
  const heard =
    <T extends unknown[]>(action: (...values: T) => void) =>
    (...values: T) => {
      if (mine === worlds) action(...values);
    };
  return {
    progress: heard((step) => worldStore.setState({ step })),
    output: heard(output),
    line: heard((terminal, line) => lineHeard.fire({ terminal, line })),
    ended: heard((id) => {
      sinks.get(id)?.ended();
      endHeard.fire(id);
    }),
    revived: heard((id) => sinks.get(id)?.revived()),
    store: heard(applyStore),
    history: heard((history) => {
      entryTimes.hear(history);
      worldStore.setState({ history });
    }),
    command: heard((event) => commandHeard.fire(event)),
    lessonStirred: heard(() => worldStore.setState({ stirs: worldStore.getState().stirs + 1 })),
    keeping: heard(hearKeeping),
    hops: heard((hops) => hopsHeard.fire(hops)),
    fault: heard((fault) => {
      console.error(fault);
      worldStore.setState({ fault });
    }),
  };
}

/** How long a world may take to answer a wish to go back; then it is wedged. */
const GO_BACK_MS = 4000;

/** Puts the world back to its start. One that no longer answers is thrown away, and the same one is started again. */
export async function resetWorld(): Promise<void> {
  if (worldStore.getState().status !== "running") return startWorld({ start: "fresh" });
  const answer = await goBack((world) => world.reset());
  if (answer?.done === true) return;
  await startWorld(); // from what was kept last, so that its history is not lost
  const again = await goBack((world) => world.reset());
  if (again?.done !== true) await startWorld({ start: "fresh" });
}

/** The lesson's line to the world that is there; undefined while there is none. */
export function lessonWorld(): LessonCalls | undefined {
  return connection?.world;
}

/** What a world answers; undefined when it is thrown away before, since then no answer will come. */
export function answerOf<T>(world: object, answer: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = worldStore.subscribe(() => connection?.world !== world && resolve(undefined));
    answer.then(resolve, reject).finally(stop);
  });
}

/** Asks the world to go to another place of its history; undefined when it does not answer. */
export async function goBack(wish: (world: WorldCalls) => Promise<HistoryAnswer>): Promise<HistoryAnswer | undefined> {
  if (connection === undefined) return undefined;
  const silence = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), GO_BACK_MS));
  return Promise.race([wish(connection.world), silence]);
}

/** Opens a terminal on a host: as a tab of the active pane, or in a pane of its own beside it. */
export async function openTab(
  host: string,
  where: "here" | "beside" = "here",
  again?: TerminalAgain & { readonly columns: number },
): Promise<void> {
  const mine = worlds;
  const id = await connection?.world.openTerminal(host, size.columns, size.rows, again);
  if (id === undefined || mine !== worlds) return;
  const { tabs, panes } = worldStore.getState();
  worldStore.setState({
    tabs: [...tabs, { id, host, title: freeTitle(host, tabs), columns: again?.columns ?? size.columns }],
    ...standing(where === "here" ? addTerminal(panes, id) : addBeside(panes, id)),
  });
}

function standing(panes: Panes): Pick<WorldState, "panes" | "activeTab"> {
  return { panes, activeTab: activeTerminal(panes) };
}

function freeTitle(host: string, tabs: readonly TerminalTab[]): string {
  for (let number = 1; ; number++) {
    const title = number === 1 ? host : `${host} (${number})`;
    if (!tabs.some((tab) => tab.title === title)) return title;
  }
}

export function closeTab(id: number): void {
  connection?.world.closeTerminal(id);
  const { tabs, panes } = worldStore.getState();
  worldStore.setState({ tabs: tabs.filter((tab) => tab.id !== id), ...standing(removeTerminal(panes, id)) });
}

/** Opens a new shell in place of one that has ended. */
export function renewTab({ id, host }: TerminalTab): Promise<void> {
  closeTab(id);
  return openTab(host);
}

/** Shows a terminal; what is typed by buttons goes there from now on. */
export function chooseTab(id: number): void {
  const { panes, activeTab } = worldStore.getState();
  if (id !== activeTab) worldStore.setState(standing(showTerminal(panes, id)));
}

export function choosePane(id: number): void {
  const { panes } = worldStore.getState();
  if (panes.active !== id) worldStore.setState(standing({ ...panes, active: id }));
}

worldStore.subscribe(({ activeTab }, before) => {
  if (activeTab !== undefined && activeTab !== before.activeTab) connection?.world.shows(activeTab);
});

export function typeInto(id: number, text: string): void {
  connection?.world.type(id, text);
}

export function resizeTerminal(id: number, columns: number, rows: number): void {
  size = { columns, rows };
  connection?.world.resize(id, columns, rows);
}

/** Tells the world how much of a terminal's output has been drawn. */
export function reportDrawn(id: number, bytes: number): void {
  connection?.world.drawn(id, bytes);
}

/** Connects a drawn terminal to its output; gives how to disconnect it. */
export function attachSink(id: number, sink: TerminalSink): () => void {
  sinks.set(id, sink);
  for (const bytes of early.get(id) ?? []) sink.write(bytes);
  early.delete(id);
  return () => {
    if (sinks.get(id) === sink) sinks.delete(id);
  };
}

export async function selectKey(key: string | undefined): Promise<void> {
  worldStore.setState({ selectedKey: key, selected: undefined, reading: key !== undefined });
  await refreshSelected();
}

export function dismissFault(): void {
  worldStore.setState({ fault: undefined });
}

/** Shows values as they were at a moment, or as they are. */
export function setViewed(viewed: StoreMoment | undefined): void {
  worldStore.setState({ viewed });
  void refreshSelected();
}

/** A key as it is, or as it was at a moment that is still remembered. */
export async function readKey(key: string, moment?: StoreMoment): Promise<KeyView | undefined> {
  return connection?.world.readKey(key, moment);
}

/** Number of the world that was asked for the chosen key's value and has not answered yet. */
let askedIn = 0;

/** Asks for the chosen key's value; while an answer is on its way no second one is asked for, but after it. */
async function refreshSelected(): Promise<void> {
  const mine = worlds;
  const { selectedKey, viewed } = worldStore.getState();
  if (selectedKey === undefined || askedIn === mine) return;
  askedIn = mine;
  const selected = await readKey(selectedKey, viewed).finally(() => {
    if (askedIn === mine) askedIn = 0;
  });
  if (mine !== worlds) return;
  const now = worldStore.getState();
  if (now.selectedKey !== selectedKey || now.viewed !== viewed) return refreshSelected();
  worldStore.setState({ selected, reading: false });
}

export function setSpeed(speed: number): void {
  connection?.world.setSpeed(speed);
  worldStore.setState({ speed });
}

function output(id: number, bytes: Uint8Array): void {
  outputHeard.fire({ id, bytes });
  const sink = sinks.get(id);
  if (sink !== undefined) sink.write(bytes);
  else early.set(id, [...(early.get(id) ?? []), bytes]);
}

function applyStore(change: StoreChange): void {
  const now = performance.now();
  storeHistory.add(change, keyTree);
  if (change.reset) keyTree.clear();
  for (const key of change.deleted) keyTree.delete(key, now);
  for (const row of change.put) keyTree.put(row, change.reset ? 0 : now);
  storeHeard.fire(change);
  drawStore(change.revision, change.reachable);
  const { selectedKey } = worldStore.getState();
  const touched =
    selectedKey !== undefined &&
    (change.reset || change.deleted.includes(selectedKey) || change.put.some(({ key }) => key === selectedKey));
  if (touched) void refreshSelected();
}

let storeDrawing = 0;

/** Many changes a frame are drawn once. */
function drawStore(revision: number, reachable: boolean): void {
  const mine = worlds;
  cancelAnimationFrame(storeDrawing);
  storeDrawing = requestAnimationFrame(() => {
    if (mine !== worlds) return;
    worldStore.setState({ storeVersion: worldStore.getState().storeVersion + 1, revision, reachable });
  });
}

/** Where the page's files are. */
function baseAddress(): string {
  return new URL(document.documentElement.dataset["root"] ?? "./", document.baseURI).href;
}
