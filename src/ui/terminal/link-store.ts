import { createStore } from "zustand/vanilla";

/** A link that a program has printed (OSC 8) and somebody has clicked, until they say whether it is to be opened. */
export const linkStore = createStore<{ readonly clicked: URL | undefined }>()(() => ({ clicked: undefined }));

/** Asks whether to open a link. What is no address of the web is no link, whatever it is called. */
export function askForLink(address: string): void {
  if (!URL.canParse(address)) return;
  const clicked = new URL(address);
  if (clicked.protocol === "http:" || clicked.protocol === "https:") linkStore.setState({ clicked });
}

export function dropLink(): void {
  linkStore.setState({ clicked: undefined });
}
