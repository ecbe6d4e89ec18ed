/** A pane of terminals: its tabs by their terminals' ids, and the one that is shown. */
export interface Pane {
  readonly id: number;
  readonly tabs: readonly number[];
  readonly shown: number | undefined;
}

/**
 * How the terminals stand: panes side by side, each with tabs; one pane is where new terminals go.
 *
 *     pane 1 [a] b      pane 2 [c]
 */
export interface Panes {
  readonly list: readonly Pane[];
  readonly active: number;
}

export const ONE_PANE: Panes = { list: [{ id: 1, tabs: [], shown: undefined }], active: 1 };
export const PANES_MAX = 3;

/** The terminal that has the person's attention, if any is open. */
export function activeTerminal(panes: Panes): number | undefined {
  return panes.list.find(({ id }) => id === panes.active)?.shown;
}

export function addTerminal(panes: Panes, terminal: number): Panes {
  return changed(panes, panes.active, (pane) => ({ ...pane, tabs: [...pane.tabs, terminal], shown: terminal }));
}

/** Puts a terminal into a new pane after the active one. */
export function addBeside(panes: Panes, terminal: number): Panes {
  if (panes.list.length >= PANES_MAX) return addTerminal(panes, terminal);
  const id = Math.max(...panes.list.map((pane) => pane.id)) + 1;
  const at = panes.list.findIndex((pane) => pane.id === panes.active) + 1;
  return { list: panes.list.toSpliced(at, 0, { id, tabs: [terminal], shown: terminal }), active: id };
}

/** Takes a terminal away; its neighbour is shown; a pane that is left empty goes, unless it is the last. */
export function removeTerminal(panes: Panes, terminal: number): Panes {
  const home = panes.list.find(({ tabs }) => tabs.includes(terminal));
  if (home === undefined) return panes;
  const at = home.tabs.indexOf(terminal);
  const tabs = home.tabs.filter((id) => id !== terminal);
  const shown = home.shown === terminal ? (tabs[at] ?? tabs.at(-1)) : home.shown;
  if (tabs.length > 0 || panes.list.length === 1) return changed(panes, home.id, (pane) => ({ ...pane, tabs, shown }));
  const list = panes.list.filter(({ id }) => id !== home.id);
  const next = list[Math.min(panes.list.indexOf(home), list.length - 1)];
  return { list, active: panes.active === home.id ? (next?.id ?? panes.active) : panes.active };
}

/** Shows a terminal and makes its pane the active one. */
export function showTerminal(panes: Panes, terminal: number): Panes {
  const home = panes.list.find(({ tabs }) => tabs.includes(terminal));
  if (home === undefined) return panes;
  return { ...changed(panes, home.id, (pane) => ({ ...pane, shown: terminal })), active: home.id };
}

function changed(panes: Panes, id: number, change: (pane: Pane) => Pane): Panes {
  return { ...panes, list: panes.list.map((pane) => (pane.id === id ? change(pane) : pane)) };
}
