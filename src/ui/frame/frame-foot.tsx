import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { goBack, resetWorld } from "../world-store.ts";

/** The line below an embedded sandbox: what it is, the ways back, and the way to a page of its own. */
export function FrameFoot() {
  const canUndo = useWorld((state) => state.history.canUndo);
  const canRedo = useWorld((state) => state.history.canRedo);
  return (
    <footer className="frame-foot" data-pane="foot">
      <span className="frame-what">{TEXTS.frame.simulated}</span>
      <button
        type="button"
        className="tool"
        disabled={!canUndo}
        title={TEXTS.frame.undoTitle}
        onClick={() => void goBack((world) => world.undo())}
      >
        {TEXTS.frame.undo}
      </button>
      <button
        type="button"
        className="tool"
        disabled={!canRedo}
        title={TEXTS.frame.redoTitle}
        onClick={() => void goBack((world) => world.redo())}
      >
        {TEXTS.frame.redo}
      </button>
      <button type="button" className="tool" title={TEXTS.resetTitle} onClick={() => void resetWorld()}>
        {TEXTS.reset}
      </button>
      <a className="tool" href={ownPage()} target="_blank" rel="noopener">
        {TEXTS.frame.open}
      </a>
    </footer>
  );
}

/** The same world in a page of its own. */
function ownPage(): string {
  const page = new URL("../", document.baseURI);
  const query = new URLSearchParams(location.search);
  for (const name of ["lesson", "step", "topology", "etcd", "seed", "theme"]) {
    const value = query.get(name);
    if (value !== null) page.searchParams.set(name, value);
  }
  return page.href;
}
