import { BookOpen, Database, Map as MapIcon, SquareTerminal } from "lucide-react";
import { TEXTS } from "../texts.ts";
import { showPanel, useLayout } from "./layout.ts";
import { sideNames } from "./lazy-panels.tsx";

const ICONS = { lesson: BookOpen, terminal: SquareTerminal, store: Database, map: MapIcon } as const;

/** At the foot of a narrow page: which panel it shows. */
export function Switcher() {
  const alone = useLayout((layout) => layout.alone);
  const lesson = useLayout((layout) => layout.offersLessons) ? (["lesson"] as const) : [];
  return (
    <nav className="switcher" aria-label={TEXTS.show} data-pane="switcher">
      {[...lesson, "terminal" as const, ...sideNames(false)].map((name) => {
        const Icon = ICONS[name];
        return (
          <button key={name} type="button" aria-pressed={name === alone} onClick={() => showPanel(name)}>
            <Icon size={18} aria-hidden="true" />
            <span>{TEXTS.panels[name]}</span>
          </button>
        );
      })}
    </nav>
  );
}
