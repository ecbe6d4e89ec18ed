import { lazy, Suspense, useEffect, useLayoutEffect } from "react";
import { Head } from "./head/head.tsx";
import { KeepingNotice } from "./keeping/keeping-notice.tsx";
import { setAccessible, useArrangement, useLayout } from "./layout/layout.ts";
import { moveFocusBetweenPanes } from "./layout/pane-focus.ts";
import { Switcher } from "./layout/switcher.tsx";
import { Workbench } from "./layout/workbench.tsx";
import { UpdateNotice } from "./offline/update-notice.tsx";
import { NoticeLine } from "./parts/notice.tsx";
import { useCalm, useDark } from "./settings/use-media.ts";
import { TEXTS } from "./texts.ts";
import { useWorld } from "./use-world.ts";
import { dismissFault } from "./world-store.ts";

const AccessibleView = lazy(() => import("./accessible/accessible-view.tsx"));

/** The page: a head, the panels, and on a narrow page what chooses among them. */
export function App() {
  const dark = useDark();
  const calm = useCalm();
  const arrangement = useArrangement();
  const accessible = useLayout((layout) => layout.accessible);

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
      {!accessible && (
        <button type="button" className="skip" onClick={() => setAccessible(true)}>
          {TEXTS.accessible.name}
        </button>
      )}
      <Head arrangement={arrangement} />
      <div className="notices">
        <Fault />
        <KeepingNotice />
        <UpdateNotice />
      </div>
      <main>
        {accessible ? (
          <Suspense>
            <AccessibleView onLeave={() => setAccessible(false)} />
          </Suspense>
        ) : (
          <Workbench arrangement={arrangement} />
        )}
      </main>
      {arrangement === "narrow" && !accessible && <Switcher />}
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
