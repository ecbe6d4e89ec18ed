import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { remember, remembered } from "./remembered.ts";

/** What a person may set for themselves; kept by this browser, never part of a world. */
export interface Settings {
  readonly theme: "system" | "light" | "dark";
  /** Of the terminals, in CSS pixels. */
  readonly fontSize: number;
  readonly motion: "system" | "reduced";
  /** Whether terminals speak to screen readers (xterm's own mode). */
  readonly screenReader: boolean;
  /** Whether a paste of several lines is shown before it is sent. */
  readonly pastePreview: boolean;
  /** Whether a line is run ahead on a copy before Enter, and told of if it would destroy something. */
  readonly commandPreview: boolean;
}

export const FONT_SIZE_MIN = 9;
export const FONT_SIZE_MAX = 28;

/** Which values of each setting make sense. */
const ALLOWED: { readonly [K in keyof Settings]: (value: unknown) => value is Settings[K] } = {
  theme: oneOf(["system", "light", "dark"]),
  fontSize: isFontSize,
  motion: oneOf(["system", "reduced"]),
  screenReader: isBoolean,
  pastePreview: isBoolean,
  commandPreview: isBoolean,
};

/** Settings out of a remembered text, without what makes no sense. */
export function readSettings(text: string | undefined): Partial<Settings> {
  const found = parse(text);
  const names = (Object.keys(ALLOWED) as (keyof Settings)[]).filter((name) => ALLOWED[name](found[name]));
  return Object.fromEntries(names.map((name) => [name, found[name]]));
}

/**
 * What the page goes by, strongest last:
 *
 *     defaults <- chosen by the person (remembered) <- asked for by the address (for this visit) <- chosen since
 */
export const settingsStore = createStore<Settings>()(() => settingsFor(new URLSearchParams(location.search)));

/** The settings of a page with this address, before anything is chosen in it. */
export function settingsFor(address: URLSearchParams): Settings {
  return {
    theme: "system",
    fontSize: matchMedia("(max-width: 500px)").matches ? 12 : 14,
    motion: "system",
    screenReader: false,
    pastePreview: true,
    commandPreview: false,
    ...readSettings(remembered("settings")),
    ...settingsOfAddress(address),
  };
}

/** Holds for this visit, and is never remembered: the address may be somebody else's link. */
function settingsOfAddress(query: URLSearchParams): Partial<Settings> {
  const theme = query.get("theme");
  const fontSize = Number(query.get("font-size"));
  return {
    ...(theme === "dark" || theme === "light" ? { theme } : {}),
    ...(isFontSize(fontSize) ? { fontSize } : {}),
    ...(query.get("safety") === "preview" ? { commandPreview: true } : {}),
  };
}

/** Takes over what a person has chosen, and remembers that and nothing else. */
export function setSettings(change: Partial<Settings>): void {
  settingsStore.setState(change);
  remember("settings", JSON.stringify({ ...readSettings(remembered("settings")), ...change }));
}

/** Makes the terminals' letters larger or smaller, within reason. */
export function changeFontSize(by: number): void {
  const { fontSize } = settingsStore.getState();
  setSettings({ fontSize: Math.max(FONT_SIZE_MIN, Math.min(FONT_SIZE_MAX, fontSize + by)) });
}

export function useSettings<T>(select: (settings: Settings) => T): T {
  return useStore(settingsStore, select);
}

function parse(text: string | undefined): Partial<Record<keyof Settings, unknown>> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function oneOf<const T extends string>(allowed: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => allowed.some((each) => each === value);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isFontSize(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= FONT_SIZE_MIN && Number(value) <= FONT_SIZE_MAX;
}
