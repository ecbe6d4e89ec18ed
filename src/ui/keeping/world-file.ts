import type { WorldKind } from "../../worker/protocol.ts";
import { notify } from "../parts/notice.tsx";
import { TEXTS } from "../texts.ts";
import { currentWorld, startWorld } from "../world-store.ts";
import { takeWorldOver } from "./keeping-store.ts";

const FILE_OCTETS_MAX = 200 * 1024 * 1024;

/** Hands a person all of the world as a file. */
export async function saveWorldFile(): Promise<void> {
  await save(currentWorld()?.exportFile(), Date.now());
}

/** Hands a person what was put aside as a file. */
export async function saveAsideFile(slot: string, keptAt: number): Promise<void> {
  await save(currentWorld()?.asideFile(slot), keptAt);
}

async function save(made: Promise<Uint8Array<ArrayBuffer> | undefined> | undefined, at: number): Promise<void> {
  try {
    const file = await made;
    if (file !== undefined) offer(file, `etcd-sandbox-${timeName(at)}.world`);
  } catch (error) {
    notify(TEXTS.keeping.unsaved(String(error)));
  }
}

/** Goes on with the world that a file holds; gives why it can't, and then nothing has changed. */
export async function openWorldFile(file: File): Promise<string | undefined> {
  if (file.size > FILE_OCTETS_MAX) return "it is too large";
  try {
    return await goOnWithFile(new Uint8Array(await file.arrayBuffer()));
  } catch (error) {
    return String(error); // the file has gone meanwhile, or the world does not answer
  }
}

/** The same with the file's octets. */
export async function goOnWithFile(octets: Uint8Array): Promise<string | undefined> {
  const found = await currentWorld()?.inspect(octets);
  if (found === undefined) return "no world is open that could look into it";
  if ("problem" in found) return found.problem;
  await currentWorld()?.keepNow();
  showInAddress(found.kind);
  await startWorld({ kind: found.kind, start: { file: octets } });
  return undefined;
}

/** Goes on here with the world that another page keeps. */
export async function takeOver(kind: WorldKind): Promise<void> {
  await takeWorldOver(kind);
  await startWorld({ kind });
}

/** So that the page, loaded again, is the same world's. */
function showInAddress({ topology, etcd, seed }: WorldKind): void {
  const address = new URL(location.href);
  const put = (name: string, value: string, usual: string) =>
    value === usual ? address.searchParams.delete(name) : address.searchParams.set(name, value);
  put("topology", topology, "kubeadm");
  put("etcd", etcd, "3.6");
  put("seed", String(seed), "1");
  history.replaceState(history.state, "", address);
}

function offer(octets: Uint8Array<ArrayBuffer>, name: string): void {
  const url = URL.createObjectURL(new Blob([octets], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** `2026-11-22-1004`, in the person's own time. */
function timeName(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}-${two(date.getHours())}${two(date.getMinutes())}`;
}
