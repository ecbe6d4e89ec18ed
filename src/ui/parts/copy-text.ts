import { TEXTS } from "../texts.ts";
import { notify } from "./notice.tsx";

/** Copies a text; says so where that can't be done. */
export async function copyText(text: string): Promise<boolean> {
  const copied = await copyByAnyWay(text);
  if (!copied) notify(TEXTS.copyFailed);
  return copied;
}

/** Also where the browser's clipboard interface is refused (a page without https, a strict frame). */
async function copyByAnyWay(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
    return copyOfOld(text);
  }
}

function copyOfOld(text: string): boolean {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}
