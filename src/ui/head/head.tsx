import {
  BookOpen,
  Ellipsis,
  FileDiff,
  HardDrive,
  Keyboard,
  type LucideIcon,
  PanelRight,
  RotateCcw,
  Settings2,
  Share2,
} from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { type Arrangement, setLessonOpen, setSideOpen, useLayout } from "../layout/layout.ts";
import { IconButton } from "../parts/icon-button.tsx";
import { Popover } from "../parts/popover.tsx";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { Checkpoints } from "./checkpoints.tsx";
import { type DialogName, HeadDialog } from "./head-dialog.tsx";
import { HistoryButtons } from "./history-buttons.tsx";
import { Speed } from "./speed.tsx";

interface Action {
  readonly dialog: DialogName;
  readonly name: string;
  readonly icon: LucideIcon;
  /** Whether a wide head says it in words. */
  readonly worded?: boolean;
}

const ACTIONS: readonly Action[] = [
  { dialog: "changes", name: TEXTS.changes.dialog, icon: FileDiff, worded: true },
  { dialog: "world", name: TEXTS.keeping.button, icon: HardDrive },
  { dialog: "share", name: TEXTS.share.title, icon: Share2, worded: true },
  { dialog: "help", name: TEXTS.help.title, icon: Keyboard },
  { dialog: "settings", name: TEXTS.settings, icon: Settings2 },
];

/** The page's head: what this is, which versions it imitates, and what can be done to the whole of it. */
export function Head({ arrangement }: { arrangement: Arrangement }) {
  const [asked, setAsked] = useState<DialogName>();
  // In the accessible view nothing stands beside anything that could be put away.
  const hasPanels = useLayout((layout) => arrangement !== "narrow" && !layout.accessible);
  useHelpKey(() => setAsked("help"));
  return (
    <header className="head" data-pane="head">
      <h1>
        <Mark />
        {TEXTS.title}
      </h1>
      <Versions />
      {arrangement === "wide" && hasPanels && <LessonsButton />}
      <div className="actions">
        {arrangement === "narrow" ? (
          <NarrowActions onAsk={setAsked} />
        ) : (
          <WideActions onAsk={setAsked} hasPanels={hasPanels} />
        )}
      </div>
      {asked !== undefined && <HeadDialog name={asked} onClose={() => setAsked(undefined)} />}
    </header>
  );
}

interface ActionsProps {
  onAsk(dialog: DialogName): void;
}

function WideActions({ onAsk, hasPanels }: ActionsProps & { hasPanels: boolean }) {
  return (
    <>
      <div className="group">
        <Speed />
      </div>
      <div className="group">
        <HistoryButtons />
        <Checkpoints />
        <ActionButton action={ACTIONS[0]} onAsk={onAsk} />
      </div>
      <div className="group">
        {ACTIONS.slice(1).map((action) => (
          <ActionButton key={action.dialog} action={action} onAsk={onAsk} />
        ))}
        {hasPanels && <SideButton />}
      </div>
      <div className="group">
        <button type="button" className="tool" title={TEXTS.resetTitle} onClick={() => onAsk("reset")}>
          {TEXTS.reset}
        </button>
      </div>
    </>
  );
}

function NarrowActions({ onAsk }: ActionsProps) {
  return (
    <>
      <HistoryButtons />
      <Checkpoints />
      <Popover name={TEXTS.more} icon={Ellipsis}>
        {(close) => (
          <>
            <div className="menu-row">
              <Speed />
            </div>
            {[...ACTIONS, { dialog: "reset", name: TEXTS.reset, icon: RotateCcw } as const].map((action) => (
              <button
                key={action.dialog}
                type="button"
                className="menu-item"
                onClick={() => {
                  close();
                  onAsk(action.dialog);
                }}
              >
                <action.icon size={16} aria-hidden="true" />
                {action.name}
              </button>
            ))}
          </>
        )}
      </Popover>
    </>
  );
}

function ActionButton({ action, onAsk }: ActionsProps & { action: Action | undefined }): ReactNode {
  if (action === undefined) return null;
  const { name, icon, worded = false, dialog } = action;
  return <IconButton name={name} icon={icon} worded={worded} onClick={() => onAsk(dialog)} />;
}

function LessonsButton() {
  const open = useLayout((layout) => layout.lessonOpen);
  return (
    <IconButton
      name={TEXTS.panels.lesson}
      text={TEXTS.panels.lesson}
      icon={BookOpen}
      pressed={open}
      onClick={() => setLessonOpen(!open)}
    />
  );
}

function SideButton() {
  const open = useLayout((layout) => layout.sideOpen);
  return <IconButton name={TEXTS.showSide} icon={PanelRight} pressed={open} onClick={() => setSideOpen(!open)} />;
}

/** `?` shows the keys, wherever it is not a letter that somebody writes. */
function useHelpKey(onHelp: () => void): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.key !== "?" || event.ctrlKey || event.altKey || event.metaKey) return;
      const target = event.target instanceof Element ? event.target : document.body;
      if (target.closest("input, textarea, select, dialog, [contenteditable]") !== null) return;
      onHelp();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, [onHelp]);
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
