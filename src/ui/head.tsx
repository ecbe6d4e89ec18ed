import { useState } from "react";
import type { Side } from "./app.tsx";
import { ResetDialog } from "./reset-dialog.tsx";
import { TEXTS } from "./texts.ts";
import { useWorld } from "./use-world.ts";

interface HeadProps {
  readonly dark: boolean;
  readonly side: Side;
  onDark(dark: boolean): void;
  onSide(side: Side): void;
}

/** The page's head: what this is, which versions it imitates, and what can be done to the whole of it. */
export function Head({ dark, side, onDark, onSide }: HeadProps) {
  const [asking, setAsking] = useState(false);
  return (
    <header className="head">
      <h1>
        <Mark />
        {TEXTS.title}
      </h1>
      <Versions />
      <div className="actions">
        <fieldset className="sides">
          <legend className="visually-hidden">{TEXTS.show}</legend>
          <SideButton side="terminal" shown={side} text={TEXTS.showTerminal} onSide={onSide} />
          <SideButton side="store" shown={side} text={TEXTS.showStore} onSide={onSide} />
        </fieldset>
        <button
          type="button"
          className="icon"
          onClick={() => onDark(!dark)}
          aria-label={dark ? TEXTS.toLight : TEXTS.toDark}
          title={dark ? TEXTS.toLight : TEXTS.toDark}
        >
          {dark ? <Sun /> : <Moon />}
        </button>
        <button type="button" title={TEXTS.resetTitle} onClick={() => setAsking(true)}>
          {TEXTS.reset}
        </button>
      </div>
      {asking && <ResetDialog onClose={() => setAsking(false)} />}
    </header>
  );
}

interface SideButtonProps {
  readonly side: Side;
  readonly shown: Side;
  readonly text: string;
  onSide(side: Side): void;
}

function SideButton({ side, shown, text, onSide }: SideButtonProps) {
  return (
    <button type="button" aria-pressed={side === shown} onClick={() => onSide(side)}>
      {text}
    </button>
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

const LINE = { fill: "none", strokeWidth: 2, strokeLinecap: "round", strokeLinejoin: "round" } as const;

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <path d="M8 10l6 6-6 6M16 22h8" {...LINE} stroke="var(--on-accent)" strokeWidth={2.8} />
    </svg>
  );
}

function Sun() {
  return (
    <svg viewBox="0 0 24 24" width="17" height="17" aria-hidden="true" {...LINE} stroke="currentColor">
      <circle cx="12" cy="12" r="4.2" />
      <path d="M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M4.9 4.9l1.8 1.8M17.3 17.3l1.8 1.8M4.9 19.1l1.8-1.8M17.3 6.7l1.8-1.8" />
    </svg>
  );
}

function Moon() {
  return (
    <svg viewBox="0 0 24 24" width="17" height="17" aria-hidden="true" {...LINE} stroke="currentColor">
      <path d="M20.5 14.2A8.6 8.6 0 0 1 9.8 3.5a8.6 8.6 0 1 0 10.7 10.7z" />
    </svg>
  );
}
