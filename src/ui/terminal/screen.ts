import { Terminal } from "@xterm/xterm";
import { askForLink } from "./link-store.ts";

/** An xterm terminal in an element of its own, which moves from box to box with it. */
export interface Screen {
  readonly terminal: Terminal;
  readonly element: HTMLElement;
}

/** The class of a screen that is in no box yet: out of sight, but laid out, so that its letters can be measured. */
export const UNPLACED = "unplaced";

/** The ends of sequences that xterm carries out once for each of their count: characters again, lines, tabs. */
const COUNTED = ["b", "L", "M", "S", "T", "^", "I", "Z"];
/** No screen is larger: a greater count is nobody's wish, and would stop the page. */
const COUNT_MAX = 9999;

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
    logLevel: "off", // what programs print wrongly is no error of the page
    linkHandler: { activate: (_, address) => askForLink(address) },
    fontFamily: getComputedStyle(document.body).getPropertyValue("--mono"),
  });
  for (const final of COUNTED) terminal.parser.registerCsiHandler({ final }, ([count]) => Number(count) > COUNT_MAX);
  terminal.open(element);
  return { terminal, element };
}
