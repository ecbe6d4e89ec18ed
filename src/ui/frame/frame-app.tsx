import { useEffect } from "react";
import { useArrangement } from "../layout/layout.ts";
import { moveFocusBetweenPanes } from "../layout/pane-focus.ts";
import { Switcher } from "../layout/switcher.tsx";
import { Workbench } from "../layout/workbench.tsx";
import { NoticeLine } from "../parts/notice.tsx";
import { useCalm, useDark } from "../settings/use-media.ts";
import { FrameFoot } from "./frame-foot.tsx";
import { FrameProblems } from "./frame-problems.tsx";

/** The embedded page: the panels, and below them one line with the ways back. */
export function FrameApp() {
  const dark = useDark();
  const calm = useCalm();
  const arrangement = useArrangement();

  useEffect(() => {
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
    document.documentElement.dataset["motion"] = calm ? "reduced" : "full";
  }, [dark, calm]);

  useEffect(() => {
    document.addEventListener("keydown", moveFocusBetweenPanes);
    return () => document.removeEventListener("keydown", moveFocusBetweenPanes);
  }, []);

  return (
    <div className="page frame">
      <FrameProblems />
      <main>
        <Workbench arrangement={arrangement} />
      </main>
      {arrangement === "narrow" && <Switcher />}
      <FrameFoot />
      <NoticeLine />
    </div>
  );
}
