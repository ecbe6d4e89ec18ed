import { useMemo } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { rememberingStorage } from "../settings/remembered.ts";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { keyTree } from "../world-store.ts";
import { KeyTreeView } from "./key-tree-view.tsx";
import { KeyViewer } from "./key-viewer.tsx";
import { setFilter, useStoreView } from "./store-view.ts";

const IDS = ["keys", "value"];

/** The store: its keys as a tree, and under it the chosen key's value. */
export function KeyPanel() {
  const chosen = useWorld((state) => state.selectedKey !== undefined);
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id: "store",
    panelIds: chosen ? IDS : ["keys"],
    storage: rememberingStorage,
  });
  return (
    <Group
      className="key-panel"
      orientation="vertical"
      id="store"
      {...(defaultLayout === undefined ? {} : { defaultLayout })}
      onLayoutChanged={onLayoutChanged}
    >
      <Panel id="keys" minSize={100}>
        <Keys />
      </Panel>
      {chosen && <Separator className="seam" aria-label={TEXTS.seam} />}
      {chosen && (
        <Panel id="value" defaultSize="50%" minSize={80}>
          <KeyViewer />
        </Panel>
      )}
    </Group>
  );
}

function Keys() {
  const version = useWorld((state) => state.storeVersion);
  const running = useWorld((state) => state.status === "running");
  const open = useStoreView((view) => view.open);
  const filter = useStoreView((view) => view.filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tree is changed in place; its version stands for it
  const lines = useMemo(() => keyTree.visible((path) => open.has(path), filter), [version, open, filter]);

  return (
    <div className="key-tree">
      <div className="key-tools">
        <input
          type="search"
          placeholder={TEXTS.filter}
          aria-label={TEXTS.filter}
          data-entrance=""
          spellCheck={false}
          autoComplete="off"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      </div>
      {lines.length === 0 ? <p className="empty">{nothingToShow(running)}</p> : <KeyTreeView lines={lines} />}
    </div>
  );
}

function nothingToShow(running: boolean): string {
  if (keyTree.count > 0) return TEXTS.noMatch;
  return running ? TEXTS.emptyStore : "";
}
