import { useEffect, useLayoutEffect } from "react";
import { Head } from "./head/head.tsx";
import { KeepingNotice } from "./keeping/keeping-notice.tsx";
import { useArrangement } from "./layout/layout.ts";
import { moveFocusBetweenPanes } from "./layout/pane-focus.ts";
import { Switcher } from "./layout/switcher.tsx";
import { Workbench } from "./layout/workbench.tsx";
import { NoticeLine } from "./parts/notice.tsx";
import { useCalm, useDark } from "./settings/use-media.ts";
import { TEXTS } from "./texts.ts";
import { useWorld } from "./use-world.ts";
import { dismissFault } from "./world-store.ts";

/** The page: a head, the panels, and on a narrow page what chooses among them. */
export function App() {
  const dark = useDark();
  const calm = useCalm();
  const arrangement = useArrangement();

  // Before the panels' own effects, which read the theme's colours.
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
    document.documentElement.dataset["motion"] = calm ? "reduced" : "full";
  }, [dark, calm]);

  useEffect(() => {
    document.addEventListener("keydown", moveFocusBetweenPanes);
    return () => document.removeEventListener("keydown", moveFocusBetweenPanes);
  }, []);

  return (
    <div className="page">
      <Head arrangement={arrangement} />
      <div className="notices">
        <Fault />
        <KeepingNotice />
      </div>
      <main>
        <Workbench arrangement={arrangement} />
      </main>
      {arrangement === "narrow" && <Switcher />}
      <NoticeLine />
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
