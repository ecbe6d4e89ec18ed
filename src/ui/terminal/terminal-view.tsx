import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useSettings } from "../settings/settings.ts";
import { useCalm, useDark } from "../settings/use-media.ts";
import { TEXTS } from "../texts.ts";
import type { TerminalTab } from "../world-store.ts";
import { KeyBar } from "./key-bar.tsx";
import { pageTerminal } from "./page-terminal.ts";

const PreviewCard = lazy(() => import("../preview/preview-card.tsx"));

/** The place where a terminal is drawn. Tabs that are not shown keep theirs, so that nothing is lost. */
export function TerminalView({ tab, shown }: { tab: TerminalTab; shown: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const dark = useDark();
  const calm = useCalm();
  const looksAhead = useSettings(({ commandPreview }) => commandPreview);
  const [control, setControl] = useState(false);

  useEffect(() => {
    if (shown && box.current !== null) return pageTerminal(tab).showIn(box.current);
    return undefined;
  }, [tab, shown]);

  useEffect(() => pageTerminal(tab).setLook(dark, calm), [tab, dark, calm]);

  useEffect(() => {
    // Whoever moves between tabs by arrow keys, or works elsewhere in the page, stays there.
    if (shown && mayTakeFocus()) pageTerminal(tab).terminal.focus();
  }, [shown, tab]);

  return (
    <div
      className="terminal-view"
      role="tabpanel"
      id={`terminal-${tab.id}`}
      aria-label={TEXTS.terminalOf(tab.title)}
      hidden={!shown}
    >
      <div ref={box} className="terminal-box" />
      {looksAhead && shown && (
        <Suspense fallback={null}>
          <PreviewCard terminal={tab.id} isLineLow={() => pageTerminal(tab).isCursorLow} />
        </Suspense>
      )}
      <KeyBar
        control={control}
        onControl={(on) => pageTerminal(tab).holdControl(on ? setControl : undefined)}
        onKey={(key) => pageTerminal(tab).press(key)}
      />
    </div>
  );
}

function mayTakeFocus(): boolean {
  const { activeElement } = document;
  if (!document.hasFocus()) return false; // within somebody else's page, who has not come here
  if (document.querySelector("dialog[open]") !== null) return false;
  if (activeElement?.role === "tab") return false;
  return activeElement === null || activeElement === document.body || activeElement.closest(".terminals") !== null;
}
