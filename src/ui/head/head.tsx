import { PanelLeft, PanelRight, Settings2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { type Arrangement, hasLesson, setLessonOpen, setSideOpen, useLayout } from "../layout/layout.ts";
import { LessonPanel } from "../layout/lazy-panels.tsx";
import { IconButton } from "../parts/icon-button.tsx";
import { SettingsDialog } from "../settings/settings-dialog.tsx";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { ResetDialog } from "./reset-dialog.tsx";

type Asked = "settings" | "reset";

/** The page's head: what this is, which versions it imitates, and what can be done to the whole of it. */
export function Head({ arrangement }: { arrangement: Arrangement }) {
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <header className="head" data-pane="head">
      <h1>
        <Mark />
        {TEXTS.title}
      </h1>
      <Versions />
      <div className="actions">
        <div className="group">
          <IconButton name={TEXTS.settings} icon={Settings2} onClick={() => setAsked("settings")} />
          {arrangement !== "narrow" && <PanelButtons arrangement={arrangement} />}
        </div>
        <div className="group">
          <button type="button" className="tool" title={TEXTS.resetTitle} onClick={() => setAsked("reset")}>
            {TEXTS.reset}
          </button>
        </div>
      </div>
      {asked === "settings" && <SettingsDialog onClose={close} />}
      {asked === "reset" && <ResetDialog onClose={close} />}
    </header>
  );
}

function PanelButtons({ arrangement }: { arrangement: Arrangement }): ReactNode {
  const sideOpen = useLayout((layout) => layout.sideOpen);
  const lessonOpen = useLayout((layout) => layout.lessonOpen);
  return (
    <>
      {arrangement === "wide" && hasLesson() && LessonPanel !== undefined && (
        <IconButton
          name={TEXTS.showLesson}
          icon={PanelLeft}
          pressed={lessonOpen}
          onClick={() => setLessonOpen(!lessonOpen)}
        />
      )}
      <IconButton name={TEXTS.showSide} icon={PanelRight} pressed={sideOpen} onClick={() => setSideOpen(!sideOpen)} />
    </>
  );
}

function Versions() {
  const info = useWorld((state) => state.info);
  if (info === undefined) return null;
  return (
    <p className="versions">
      {info.kubernetesVersion !== undefined && <span>Kubernetes {info.kubernetesVersion}</span>}
      <span>etcd {info.etcdVersion}</span>
    </p>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path
        d="M8 10l6 6-6 6M16 22h8"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth={2.8}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
