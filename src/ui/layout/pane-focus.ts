/** Where the focus goes when a pane is entered: its shown terminal, else what it marks as its first, else any control. */
const ENTRANCES = [
  ".terminal-view:not([hidden]) .xterm-helper-textarea",
  "[data-entrance]",
  "[tabindex='0'], button:not(:disabled), a[href], input, select",
];

/** F6 moves the focus to the next pane: in a terminal the Tab key belongs to the shell, so there must be a way out. */
export function moveFocusBetweenPanes(event: KeyboardEvent): void {
  if (event.key !== "F6" || event.ctrlKey || event.altKey || event.metaKey) return;
  if (document.querySelector("dialog[open]") !== null) return;
  event.preventDefault();
  const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter((pane) => pane.checkVisibility());
  const here = panes.findIndex((pane) => pane.contains(document.activeElement));
  const step = event.shiftKey ? -1 : 1;
  const next = panes[here < 0 ? 0 : (here + step + panes.length) % panes.length];
  if (next !== undefined) enter(next);
}

function enter(pane: HTMLElement): void {
  const targets = ENTRANCES.flatMap((entrance) => [...pane.querySelectorAll<HTMLElement>(entrance)]);
  targets.find((element) => element.checkVisibility())?.focus();
}

/** Into the shown terminal: where people go on after what they were told. One that is yet to be drawn takes the focus then. */
export function enterTerminal(): void {
  const terminals = document.querySelectorAll<HTMLElement>(ENTRANCES[0] ?? "");
  const shown = [...terminals].find((element) => element.checkVisibility());
  if (shown !== undefined) shown.focus();
  else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

/** Leaves the terminal for the tab above it. From there Tab leads on past the terminal, which would keep it. */
export function leaveTerminal(terminal: HTMLElement): void {
  const pane = terminal.closest<HTMLElement>("[data-pane]");
  const input = terminal.querySelector<HTMLElement>(".xterm-helper-textarea");
  if (pane !== null && input !== null) passOver(input, pane);
  pane?.querySelector<HTMLElement>("[role='tab'][aria-selected='true'], button")?.focus();
}

/** Takes an element out of Tab's way until the focus has left its pane, or has come to it otherwise. */
function passOver(element: HTMLElement, pane: HTMLElement): void {
  element.tabIndex = -1;
  const look = ({ type, target }: Event): void => {
    if (type === "focusin" && target !== element && target instanceof Node && pane.contains(target)) return;
    element.tabIndex = 0;
    document.removeEventListener("focusin", look);
    window.removeEventListener("blur", look);
  };
  document.addEventListener("focusin", look);
  window.addEventListener("blur", look);
}
