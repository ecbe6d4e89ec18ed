import { useEffect } from "react";
import { useArrangement, useLayout } from "../layout/layout.ts";
import { moveFocusBetweenPanes } from "../layout/pane-focus.ts";
import { Switcher } from "../layout/switcher.tsx";
import { Workbench } from "../layout/workbench.tsx";
import { NoticeLine } from "../parts/notice.tsx";
import { useCalm, useDark } from "../settings/use-media.ts";
import { FrameFoot } from "./frame-foot.tsx";
import { FrameProblems } from "./frame-problems.tsx";

/** Frames are low: as soon as their panels fit side by side they stand so. */
const WIDE_FROM = { two: 720, all: 1001 };

/** The embedded page: the panels, and below them one line with the ways back. */
export function FrameApp() {
  const dark = useDark();
  const calm = useCalm();
  const keysToo = useLayout((layout) => layout.sideOpen && layout.lessonOpen);
  const arrangement = useArrangement(keysToo ? WIDE_FROM.all : WIDE_FROM.two);

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
