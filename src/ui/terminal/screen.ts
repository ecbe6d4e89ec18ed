import { Terminal } from "@xterm/xterm";

/** An xterm terminal in an element of its own, which moves from box to box with it. */
export interface Screen {
  readonly terminal: Terminal;
  readonly element: HTMLElement;
}

/** The class of a screen that is in no box yet: out of sight, but laid out, so that its letters can be measured. */
export const UNPLACED = "unplaced";

let prepared: Screen | undefined;

/** Makes the next terminal's screen ahead. The first one takes a while to draw, and the page has time while its world starts. */
export function prepareScreen(): void {
  prepared ??= makeScreen();
}

/** A screen that nobody has: the one that was made ahead, or a new one. */
export function takeScreen(): Screen {
  const screen = prepared ?? makeScreen();
  prepared = undefined;
  return screen;
}

function makeScreen(): Screen {
  const element = document.createElement("div");
  element.className = `terminal-host ${UNPLACED}`;
  document.body.append(element);
  const terminal = new Terminal({
    lineHeight: 1.25,
    scrollback: 10_000,
    minimumContrastRatio: 4.5,
    fontFamily: getComputedStyle(document.body).getPropertyValue("--mono"),
  });
  terminal.open(element);
  return { terminal, element };
}
