import { TabList } from "../parts/tab-list.tsx";
import { KeyPanel } from "../store/key-panel.tsx";
import { Standing } from "../store/standing.tsx";
import { TEXTS } from "../texts.ts";
import { type PanelName, showPanel, useLayout } from "./layout.ts";
import { Arriving, ClusterMap, LessonPanel, sideNames } from "./lazy-panels.tsx";

interface SidePanelProps {
  /** Whether the lesson is one of the tabs, since it has no column of its own. */
  readonly withLesson?: boolean;
  /** Set when this is all the page shows and it has no tabs. */
  readonly alone?: PanelName;
}

/** Beside the terminals: the store or the map. */
export function SidePanel({ withLesson = false, alone }: SidePanelProps) {
  const chosen = useLayout((layout) => alone ?? layout.side);
  const names = sideNames(withLesson);
  const shown = names.find((name) => name === chosen) ?? "store";
  return (
    <aside className="side" aria-label={TEXTS.panels[shown]} data-pane="side">
      <div className="panel-bar">
        {names.length > 1 && alone === undefined ? (
          <TabList
            label={TEXTS.side}
            prefix="side"
            tabs={names.map((name) => ({ id: name, title: TEXTS.panels[name] }))}
            chosen={shown}
            onChoose={showPanel}
          />
        ) : (
          <h2>{TEXTS.panels[shown]}</h2>
        )}
        {shown === "store" && <Standing />}
      </div>
      <Shown name={shown} />
    </aside>
  );
}

function Shown({ name }: { name: PanelName }) {
  if (name === "map") {
    return (
      <Arriving>
        <ClusterMap />
      </Arriving>
    );
  }
  if (name === "lesson") {
    return (
      <Arriving>
        <LessonPanel />
      </Arriving>
    );
  }
  return <KeyPanel />;
}
