import { Columns2, Copy, X } from "lucide-react";
import { lazy, Suspense } from "react";
import { useArrangement } from "../layout/layout.ts";
import { IconButton } from "../parts/icon-button.tsx";
import { TabList } from "../parts/tab-list.tsx";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { choosePane, chooseTab, closeTab, openTab, type TerminalTab } from "../world-store.ts";
import { copyTerminal } from "./copy-terminal.ts";
import { PANES_MAX, type Pane } from "./panes.ts";
import { TerminalView } from "./terminal-view.tsx";

/** Loaded after the first prompt: nothing has failed before. */
const WhyButton = lazy(() => import("../map/why-button.tsx"));

/** Terminals as tabs, on any host; one of them is shown. */
export function TerminalPane({ pane, active }: { pane: Pane; active: boolean }) {
  const all = useWorld((state) => state.tabs);
  const tabs = pane.tabs.flatMap((id) => all.find((tab) => tab.id === id) ?? []);
  return (
    <section
      className={active ? "terminals active" : "terminals"}
      aria-label={TEXTS.terminals}
      data-pane="terminal"
      onPointerDown={() => choosePane(pane.id)}
    >
      <div className="panel-bar">
        <TabList
          label={TEXTS.terminals}
          prefix={`terminals-${pane.id}`}
          tabs={tabs}
          chosen={pane.shown}
          controls={(id) => `terminal-${id}`}
          onChoose={chooseTab}
          onMiddleClick={closeTab}
        />
        <Tools pane={pane} shown={tabs.find(({ id }) => id === pane.shown)} />
      </div>
      <div className="terminal-stack">
        {tabs.length === 0 && <p className="empty">{TEXTS.noTerminals}</p>}
        {tabs.map((tab) => (
          <TerminalView key={tab.id} tab={tab} shown={tab.id === pane.shown} />
        ))}
      </div>
    </section>
  );
}

function Tools({ pane, shown }: { pane: Pane; shown: TerminalTab | undefined }) {
  const splits = useWorld((state) => state.panes.list.length < PANES_MAX);
  const narrow = useArrangement() === "narrow";
  return (
    <>
      {shown !== undefined && (
        <IconButton name={TEXTS.closeTerminal(shown.title)} icon={X} onClick={() => closeTab(shown.id)} />
      )}
      <NewTerminal pane={pane.id} />
      <Suspense>{shown !== undefined && <WhyButton terminal={shown.id} />}</Suspense>
      <span className="leave-hint push">{TEXTS.leaveHint}</span>
      {shown !== undefined && (
        <IconButton name={TEXTS.copyTerminal} icon={Copy} onClick={() => void copyTerminal(shown)} />
      )}
      {shown !== undefined && splits && !narrow && (
        <IconButton name={TEXTS.split} icon={Columns2} onClick={() => void openTab(shown.host, "beside")} />
      )}
    </>
  );
}

function NewTerminal({ pane }: { pane: number }) {
  const hosts = useWorld((state) => state.info?.hosts);
  return (
    <label className="new-terminal">
      <span className="visually-hidden">{TEXTS.newTerminal}</span>
      <select
        value=""
        title={TEXTS.newTerminal}
        onChange={(event) => {
          choosePane(pane);
          if (event.target.value !== "") void openTab(event.target.value);
        }}
      >
        <option value="" disabled hidden>
          +
        </option>
        {(hosts ?? []).map((host) => (
          <option key={host} value={host}>
            {host}
          </option>
        ))}
      </select>
    </label>
  );
}
