import "./preview.css";
import { TriangleAlert } from "lucide-react";
import { useEffect } from "react";
import { useStore } from "zustand";
import { TEXTS } from "../texts.ts";
import { lookAhead, warningStore } from "./look-ahead.ts";
import type { Warning } from "./warning.ts";

interface PreviewCardProps {
  readonly terminal: number;
  /** Whether the terminal's line stands in its lower half: then the card is shown in the upper one. */
  isLineLow(): boolean;
}

/** What the line at a terminal would destroy, over the half of the terminal where that line is not. It takes no key but Esc: Enter and typing are the shell's. */
export default function PreviewCard({ terminal, isLineLow }: PreviewCardProps) {
  const warning = useStore(warningStore, (shown) => (shown.terminal === terminal ? shown.warning : undefined));
  useEffect(() => lookAhead(terminal), [terminal]);
  useEffect(() => {
    const hide = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || warningStore.getState().warning === undefined) return;
      event.stopPropagation(); // to the shell it would be the first half of a Meta key
      event.preventDefault();
      warningStore.setState({ warning: undefined });
    };
    document.addEventListener("keydown", hide, true);
    return () => document.removeEventListener("keydown", hide, true);
  }, []);
  return (
    <div className="preview-place" role="status" aria-live="polite" aria-label={TEXTS.ahead.name}>
      {warning !== undefined && <Card warning={warning} high={isLineLow()} />}
    </div>
  );
}

function Card({ warning, high }: { warning: Warning; high: boolean }) {
  const { lines, horizonSeconds, safer } = warning;
  return (
    <div className={high ? "preview-card high" : "preview-card"}>
      <p className="preview-title">
        <TriangleAlert size={15} aria-hidden="true" />
        <strong>{TEXTS.ahead.title}</strong>
        <span className="push quiet">{TEXTS.ahead.dismiss}</span>
      </p>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {safer !== undefined && (
        <p>
          {TEXTS.ahead.safer} <code>{safer.command}</code>
          {safer.more > 0 && ` ${TEXTS.ahead.saferMore(safer.more)}`}
        </p>
      )}
      <p className="quiet">{TEXTS.ahead.seen(horizonSeconds)}</p>
    </div>
  );
}
