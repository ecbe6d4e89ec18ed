import type { KeyboardEvent } from "react";
import { TerminalView } from "./terminal-view.tsx";
import { TEXTS } from "./texts.ts";
import { useWorld } from "./use-world.ts";
import { chooseTab, closeTab, openTab, type TerminalTab } from "./world-store.ts";

/** Terminals as tabs, on any host. */
export function TerminalTabs({ dark }: { dark: boolean }) {
  const tabs = useWorld((state) => state.tabs);
  const active = useWorld((state) => state.activeTab);
  const hosts = useWorld((state) => state.info?.hosts);
  return (
    <section className="terminals" aria-label={TEXTS.terminals}>
      <div className="tab-bar">
        <div role="tablist" aria-label={TEXTS.terminals} onKeyDown={(event) => moveBetween(event, tabs, active)}>
          {tabs.map((tab) => (
            <Tab key={tab.id} tab={tab} chosen={tab.id === active} />
          ))}
        </div>
        {tabs.map((tab) => tab.id === active && <CloseButton key={tab.id} tab={tab} />)}
        <NewTerminal hosts={hosts ?? []} />
      </div>
      <div className="terminal-stack">
        {tabs.length === 0 && <p className="empty">{TEXTS.noTerminals}</p>}
        {tabs.map((tab) => (
          <TerminalView key={tab.id} tab={tab} active={tab.id === active} dark={dark} />
        ))}
      </div>
    </section>
  );
}

function Tab({ tab, chosen }: { tab: TerminalTab; chosen: boolean }) {
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${tab.id}`}
      aria-selected={chosen}
      aria-controls={`terminal-${tab.id}`}
      tabIndex={chosen ? 0 : -1}
      onClick={() => chooseTab(tab.id)}
    >
      {tab.title}
    </button>
  );
}

/** Closes the shown terminal. It stands after the tabs, since a tab may hold no other control. */
function CloseButton({ tab }: { tab: TerminalTab }) {
  return (
    <button
      type="button"
      className="plain"
      aria-label={TEXTS.closeTerminal(tab.title)}
      title={TEXTS.closeTerminal(tab.title)}
      onClick={() => closeTab(tab.id)}
    >
      ×
    </button>
  );
}

function NewTerminal({ hosts }: { hosts: readonly string[] }) {
  return (
    <label className="new-terminal">
      <span className="visually-hidden">{TEXTS.newTerminal}</span>
      <select
        value=""
        onChange={(event) => {
          if (event.target.value !== "") void openTab(event.target.value);
        }}
      >
        <option value="" disabled hidden>
          + {TEXTS.newTerminal}
        </option>
        {hosts.map((host) => (
          <option key={host} value={host}>
            {host}
          </option>
        ))}
      </select>
    </label>
  );
}

function moveBetween(event: KeyboardEvent, tabs: readonly TerminalTab[], active: number | undefined): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0 || tabs.length === 0) return;
  event.preventDefault();
  const at = tabs.findIndex((tab) => tab.id === active);
  const next = tabs[(at + step + tabs.length) % tabs.length];
  if (next === undefined) return;
  chooseTab(next.id);
  document.getElementById(`tab-${next.id}`)?.focus();
}
