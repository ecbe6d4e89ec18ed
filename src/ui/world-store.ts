import { create } from "zustand";
import { connectWorld } from "../worker/client.ts";
import type { KeyView, StoreChange, WorldCalls, WorldInfo, WorldOptions } from "../worker/protocol.ts";
import { KeyTree } from "./key-tree.ts";

/** A tab with a terminal. */
export interface TerminalTab {
  readonly id: number;
  readonly host: string;
  readonly title: string;
}

export interface WorldState {
  readonly status: "starting" | "running" | "failed";
  readonly failure: string;
  readonly info: WorldInfo | undefined;
  readonly tabs: readonly TerminalTab[];
  readonly activeTab: number | undefined;
  /** Counts changes of the key tree, which is changed in place. */
  readonly storeVersion: number;
  readonly revision: number;
  readonly reachable: boolean;
  readonly selectedKey: string | undefined;
  readonly selected: KeyView | undefined;
  readonly fault: string | undefined;
}

/** What terminals listen to; output never goes through React. */
interface TerminalSink {
  write(bytes: Uint8Array): void;
  ended(): void;
}

const sinks = new Map<number, TerminalSink>();
const early = new Map<number, Uint8Array[]>();

/** The store's keys, changed in place; `storeVersion` tells when. */
export const keyTree = new KeyTree();

let world: WorldCalls | undefined;

export const useWorld = create<WorldState>()(() => ({
  status: "starting",
  failure: "",
  info: undefined,
  tabs: [],
  activeTab: undefined,
  storeVersion: 0,
  revision: 0,
  reachable: false,
  selectedKey: undefined,
  selected: undefined,
  fault: undefined,
}));

/** Starts the world that the page's address asks for. */
export async function startWorld(): Promise<void> {
  try {
    const connection = await connectWorld({
      output,
      ended,
      store: applyStore,
      fault: (text) => useWorld.setState({ fault: text }),
    });
    world = connection.world;
    await begin(await world.open(optionsFromAddress()));
  } catch (error) {
    useWorld.setState({ status: "failed", failure: error instanceof Error ? error.message : String(error) });
  }
}

/** The same world from its beginning. */
export async function resetWorld(): Promise<void> {
  if (world === undefined) return;
  useWorld.setState({
    tabs: [],
    activeTab: undefined,
    selectedKey: undefined,
    selected: undefined,
    status: "starting",
  });
  await begin(await world.reset());
}

async function begin(info: WorldInfo): Promise<void> {
  useWorld.setState({ status: "running", info });
  const [first] = info.hosts;
  if (first !== undefined) await openTab(first);
}

export async function openTab(host: string): Promise<void> {
  if (world === undefined) return;
  const id = await world.openTerminal(host, 80, 24);
  const { tabs } = useWorld.getState();
  const same = tabs.filter((tab) => tab.host === host).length;
  const tab = { id, host, title: same === 0 ? host : `${host} (${same + 1})` };
  useWorld.setState({ tabs: [...tabs, tab], activeTab: id });
}

export function closeTab(id: number): void {
  world?.closeTerminal(id);
  const { tabs, activeTab } = useWorld.getState();
  const rest = tabs.filter((tab) => tab.id !== id);
  useWorld.setState({ tabs: rest, activeTab: activeTab === id ? rest.at(-1)?.id : activeTab });
}

export function chooseTab(id: number): void {
  useWorld.setState({ activeTab: id });
}

export function typeInto(id: number, text: string): void {
  world?.type(id, text);
}

export function resizeTerminal(id: number, columns: number, rows: number): void {
  world?.resize(id, columns, rows);
}

/** Tells the world how much of a terminal's output has been drawn. */
export function reportDrawn(id: number, bytes: number): void {
  world?.drawn(id, bytes);
}

/** Connects a drawn terminal to its output; gives how to disconnect it. */
export function attachSink(id: number, sink: TerminalSink): () => void {
  sinks.set(id, sink);
  for (const bytes of early.get(id) ?? []) sink.write(bytes);
  early.delete(id);
  return () => sinks.delete(id);
}

export async function selectKey(key: string | undefined): Promise<void> {
  useWorld.setState({ selectedKey: key, selected: undefined });
  await refreshSelected();
}

export function dismissFault(): void {
  useWorld.setState({ fault: undefined });
}

async function refreshSelected(): Promise<void> {
  const { selectedKey } = useWorld.getState();
  if (selectedKey === undefined || world === undefined) return;
  const view = await world.readKey(selectedKey);
  if (useWorld.getState().selectedKey === selectedKey) useWorld.setState({ selected: view });
}

function output(id: number, bytes: Uint8Array): void {
  const sink = sinks.get(id);
  if (sink !== undefined) sink.write(bytes);
  else early.set(id, [...(early.get(id) ?? []), bytes]);
}

function ended(id: number): void {
  sinks.get(id)?.ended();
}

function applyStore(change: StoreChange): void {
  const now = performance.now();
  if (change.reset) keyTree.clear();
  for (const key of change.deleted) keyTree.delete(key, now);
  for (const row of change.put) keyTree.put(row, change.reset ? 0 : now);
  const { storeVersion, selectedKey } = useWorld.getState();
  useWorld.setState({ storeVersion: storeVersion + 1, revision: change.revision, reachable: change.reachable });
  const touched =
    selectedKey !== undefined &&
    (change.reset || change.deleted.includes(selectedKey) || change.put.some(({ key }) => key === selectedKey));
  if (touched) void refreshSelected();
}

function optionsFromAddress(): WorldOptions {
  const query = new URLSearchParams(location.search);
  const seed = Number(query.get("seed") ?? 1);
  return {
    topology: query.get("topology") === "bare" ? "bare" : "kubeadm",
    etcd: query.get("etcd") === "3.5" ? "3.5" : "3.6",
    seed: Number.isInteger(seed) ? seed : 1,
  };
}
