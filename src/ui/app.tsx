import { useEffect, useState } from "react";
import { KeyPanel } from "./key-panel.tsx";
import { TerminalTabs } from "./terminal-tabs.tsx";
import { TEXTS } from "./texts.ts";
import { useDark } from "./use-dark.ts";
import { dismissFault, resetWorld, useWorld } from "./world-store.ts";

/** The page: a head, the terminals, and beside them the store. */
export function App() {
  const status = useWorld((state) => state.status);
  const failure = useWorld((state) => state.failure);
  const [dark, setDark] = useDark();
  const [side, setSide] = useState<"terminal" | "store">("terminal");

  useEffect(() => {
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  }, [dark]);

  return (
    <div className={`page shows-${side}`}>
      <Head
        dark={dark}
        onTheme={() => setDark(!dark)}
        side={side}
        onSide={() => setSide(side === "terminal" ? "store" : "terminal")}
      />
      <Fault />
      <main>
        {status === "failed" ? (
          <p className="notice" role="alert">
            {TEXTS.startFailed} {failure}
          </p>
        ) : (
          <>
            {status === "starting" && (
              <p className="notice" role="status">
                {TEXTS.starting}
              </p>
            )}
            {status === "running" && <TerminalTabs dark={dark} />}
          </>
        )}
        <aside aria-label={TEXTS.store}>
          <KeyPanel />
        </aside>
      </main>
    </div>
  );
}

interface HeadProps {
  readonly dark: boolean;
  readonly side: "terminal" | "store";
  onTheme(): void;
  onSide(): void;
}

function Head({ dark, side, onTheme, onSide }: HeadProps) {
  const info = useWorld((state) => state.info);
  return (
    <header className="head">
      <h1>
        <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
          <rect width="32" height="32" rx="7" fill="var(--accent)" />
          <path
            d="M8 10l6 6-6 6M16 22h8"
            fill="none"
            stroke="var(--on-accent)"
            strokeWidth="2.6"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
        {TEXTS.title}
      </h1>
      {info !== undefined && (
        <p className="versions">
          {info.kubernetesVersion !== undefined && <span>Kubernetes {info.kubernetesVersion}</span>}
          <span>etcd {info.etcdVersion}</span>
        </p>
      )}
      <div className="actions">
        <button type="button" className="only-narrow" onClick={onSide}>
          {side === "terminal" ? TEXTS.showStore : TEXTS.showTerminal}
        </button>
        <button type="button" onClick={onTheme} aria-pressed={dark}>
          {dark ? TEXTS.light : TEXTS.dark}
        </button>
        <button
          type="button"
          title={TEXTS.resetTitle}
          onClick={() => {
            if (window.confirm(TEXTS.resetConfirm)) void resetWorld();
          }}
        >
          {TEXTS.reset}
        </button>
      </div>
    </header>
  );
}

function Fault() {
  const fault = useWorld((state) => state.fault);
  if (fault === undefined) return null;
  return (
    <div className="fault" role="alert">
      <p>{TEXTS.fault}</p>
      <pre>{fault.slice(0, 2000)}</pre>
      <button type="button" onClick={dismissFault}>
        {TEXTS.dismiss}
      </button>
    </div>
  );
}
