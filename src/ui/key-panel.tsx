import { useMemo, useState } from "react";
import { KeyTreeView } from "./key-tree-view.tsx";
import { KeyViewer } from "./key-viewer.tsx";
import { TEXTS } from "./texts.ts";
import { useWorld } from "./use-world.ts";
import { keyTree } from "./world-store.ts";

/** The store: its keys as a tree, and the chosen key's value. */
export function KeyPanel() {
  const version = useWorld((state) => state.storeVersion);
  const running = useWorld((state) => state.status === "running");
  const chosen = useWorld((state) => state.selectedKey !== undefined);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(["/registry"]));
  const [filter, setFilter] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tree is changed in place; its version stands for it
  const lines = useMemo(() => keyTree.visible((path) => open.has(path), filter), [version, open, filter]);

  const toggle = (path: string, wanted?: boolean) =>
    setOpen((before) => {
      const after = new Set(before);
      if (wanted ?? !after.has(path)) after.add(path);
      else after.delete(path);
      return after;
    });

  return (
    <div className={chosen ? "key-panel with-value" : "key-panel"}>
      <header className="panel-head">
        <h2>{TEXTS.store}</h2>
        <Standing />
        <input
          type="search"
          placeholder={TEXTS.filter}
          aria-label={TEXTS.filter}
          spellCheck={false}
          autoComplete="off"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      </header>
      {lines.length === 0 ? (
        <p className="empty">{nothingToShow(running)}</p>
      ) : (
        <KeyTreeView lines={lines} toggle={toggle} />
      )}
      <KeyViewer />
    </div>
  );
}

function nothingToShow(running: boolean): string {
  if (keyTree.count > 0) return TEXTS.noMatch;
  return running ? TEXTS.emptyStore : "";
}

/** How the store stands, in a line. */
function Standing() {
  const running = useWorld((state) => state.status === "running");
  const revision = useWorld((state) => state.revision);
  const reachable = useWorld((state) => state.reachable);
  // Subscribed to, since the count below changes with it.
  useWorld((state) => state.storeVersion);
  if (reachable) return <p className="quiet">{TEXTS.keysOf(keyTree.count, revision)}</p>;
  // Before the first answer there is nothing wrong yet.
  if (!running || revision === 0) return <p className="quiet">{TEXTS.storeStarting}</p>;
  return (
    <p className="warning" role="status">
      {TEXTS.unreachable}
    </p>
  );
}
