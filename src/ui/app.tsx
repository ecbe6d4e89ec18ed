import { useEffect, useState } from "react";
import { Head } from "./head.tsx";
import { KeyPanel } from "./key-panel.tsx";
import { moveFocusBetweenPanes } from "./pane-focus.ts";
import { StartNotice } from "./start-notice.tsx";
import { TerminalTabs } from "./terminal-tabs.tsx";
import { TEXTS } from "./texts.ts";
import { useDark } from "./use-dark.ts";
import { useWorld } from "./use-world.ts";
import { dismissFault } from "./world-store.ts";

/** What a narrow page shows; a wide one shows both. */
export type Side = "terminal" | "store";

/** The page: a head, the terminals, and beside them the store. */
export function App() {
  const running = useWorld((state) => state.status === "running");
  const [dark, setDark] = useDark();
  const [side, setSide] = useState<Side>("terminal");

  useEffect(() => {
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  }, [dark]);

  useEffect(() => {
    document.addEventListener("keydown", moveFocusBetweenPanes);
    return () => document.removeEventListener("keydown", moveFocusBetweenPanes);
  }, []);

  return (
    <div className={`page shows-${side}`}>
      <Head dark={dark} onDark={setDark} side={side} onSide={setSide} />
      <Fault />
      <main>
        {running ? <TerminalTabs dark={dark} /> : <StartNotice />}
        <aside aria-label={TEXTS.store}>
          <KeyPanel />
        </aside>
      </main>
    </div>
  );
}

function Fault() {
  const fault = useWorld((state) => state.fault);
  if (fault === undefined) return null;
  return (
    <div className="fault" role="alert">
      <p>{TEXTS.fault}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0}>{fault.slice(0, 2000)}</pre>
      <button type="button" onClick={dismissFault}>
        {TEXTS.dismiss}
      </button>
    </div>
  );
}
