import { X } from "lucide-react";
import { useMemo } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { IconButton } from "../parts/icon-button.tsx";
import { rememberingStorage } from "../settings/remembered.ts";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { keyTree, selectKey, storeHistory } from "../world-store.ts";
import { ChangeList, sortedChanges } from "./change-list.tsx";
import { KeyTreeView } from "./key-tree-view.tsx";
import { KeyViewer } from "./key-viewer.tsx";
import { setFilter, useStoreView } from "./store-view.ts";
import { compareFrom, shownTree, useCompared, useTimeTravel } from "./time-travel.ts";
import { Timeline } from "./timeline.tsx";

/** The store: its keys as a tree, under it the chosen key's value, and at the foot its past. */
export function KeyPanel() {
  const chosen = useWorld((state) => state.selectedKey !== undefined);
  const comparing = useTimeTravel((state) => state.from !== undefined);
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id: "store",
    panelIds: chosen ? ["keys", "value"] : ["keys"],
    storage: rememberingStorage,
  });
  return (
    <div className="key-panel">
      <Group
        orientation="vertical"
        id="store"
        {...(defaultLayout === undefined ? {} : { defaultLayout })}
        onLayoutChanged={onLayoutChanged}
      >
        <Panel id="keys" minSize={90}>
          {comparing ? <Comparison /> : <Keys />}
        </Panel>
        {chosen && <Separator className="seam" aria-label={TEXTS.seam} />}
        {chosen && (
          <Panel id="value" defaultSize="50%" minSize={80}>
            <KeyViewer />
          </Panel>
        )}
      </Group>
      <Timeline />
    </div>
  );
}

function Keys() {
  const version = useWorld((state) => state.storeVersion);
  const running = useWorld((state) => state.status === "running");
  const position = useTimeTravel((state) => state.position);
  const open = useStoreView((view) => view.open);
  const filter = useStoreView((view) => view.filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tree is changed in place; its version stands for it
  const lines = useMemo(
    () => shownTree(position).visible((path) => open.has(path), filter),
    [version, position, open, filter],
  );
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

/** What differs between the two states that are compared. */
function Comparison() {
  const version = useWorld((state) => state.storeVersion);
  const chosen = useWorld((state) => state.selectedKey);
  const { from, to } = useCompared();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is changed in place; its version stands for it
  const changes = useMemo(() => sortedChanges(storeHistory.between(from, to)), [version, from, to]);
  return (
    <div className="key-tree">
      <div className="key-tools">
        <h3>{TEXTS.changes.title(storeHistory.moment(from).revision, storeHistory.moment(to).revision)}</h3>
        <IconButton name={TEXTS.changes.stop} icon={X} onClick={() => compareFrom(undefined)} />
      </div>
      <ChangeList changes={changes} chosen={chosen} onChoose={(key) => void selectKey(key)} />
    </div>
  );
}

function nothingToShow(running: boolean): string {
  if (keyTree.count > 0) return TEXTS.noMatch;
  return running ? TEXTS.emptyStore : "";
}
