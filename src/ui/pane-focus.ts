/** The panes, in the order in which F6 visits them: the shown terminal, the store, the head. */
const PANES = [
  ".terminal-view:not([hidden]) .xterm-helper-textarea",
  ".key-panel input",
  ".actions > button:last-of-type",
];

/** F6 moves the focus to the next pane: in a terminal the Tab key belongs to the shell, so there must be a way out. */
export function moveFocusBetweenPanes(event: KeyboardEvent): void {
  if (event.key !== "F6" || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const targets = PANES.flatMap((selector) => {
    const element = document.querySelector<HTMLElement>(selector);
    return element?.closest("main > *, header")?.checkVisibility() === true ? [element] : [];
  });
  const here = targets.findIndex((target) => paneOf(target) === paneOf(document.activeElement));
  targets.at((here + (event.shiftKey ? -1 : 1) + targets.length) % targets.length)?.focus();
}

function paneOf(element: Element | null): Element | null {
  return element?.closest("main > *, header.head") ?? null;
}
