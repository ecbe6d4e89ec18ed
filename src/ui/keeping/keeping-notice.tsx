import { X } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { enterTerminal } from "../layout/pane-focus.ts";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { dismissNotice, type NoticeName, noticeOf, useKeeping } from "./keeping-store.ts";

const WorldDialog = lazy(() => import("./world-dialog.tsx"));

import { saveWorldFile, takeOver } from "./world-file.ts";

/** A line about where the world is kept, when it is not as one would think. */
export function KeepingNotice() {
  const name = useKeeping(noticeOf);
  const [asked, setAsked] = useState(false);
  return (
    <>
      {name !== undefined && <Notice name={name} onShowWorlds={() => setAsked(true)} />}
      {asked && (
        <Suspense>
          <WorldDialog onClose={() => setAsked(false)} />
        </Suspense>
      )}
    </>
  );
}

function Notice({ name, onShowWorlds }: { name: NoticeName; onShowWorlds(): void }) {
  const unreadable = useKeeping((state) => state.unreadable);
  const texts = TEXTS.keeping;
  return (
    <div className="keeping-notice" role="status">
      <p>{name === "unreadable" ? texts.notices.unreadable(unreadable ?? "") : texts.notices[name]}</p>
      <div className="keeping-choices">
        {(name === "taken" || name === "elsewhere") && <TakeOver name={name} />}
        {name === "unreadable" && <Choice onChoose={onShowWorlds}>{texts.showAside}</Choice>}
        {(name === "full" || name === "refused") && (
          <Choice onChoose={() => void saveWorldFile()}>{texts.saveFile}</Choice>
        )}
        <button
          type="button"
          className="tool icon"
          aria-label={name === "elsewhere" ? texts.staySeparate : TEXTS.dismiss}
          title={name === "elsewhere" ? texts.staySeparate : TEXTS.dismiss}
          onClick={() => dismiss(name)}
        >
          <X size={15} aria-hidden="true" />
        </button>
      </div>
    </div>
  );
}

function TakeOver({ name }: { name: "taken" | "elsewhere" }) {
  const kind = useWorld((state) => state.info?.kind);
  const [busy, setBusy] = useState(false);
  if (kind === undefined) return null;
  const take = () => {
    setBusy(true);
    void takeOver(kind).finally(() => setBusy(false));
  };
  return (
    <>
      <button type="button" disabled={busy} onClick={take}>
        {name === "taken" ? TEXTS.keeping.takeBack : TEXTS.keeping.takeOver}
      </button>
      <Choice onChoose={() => dismiss(name)}>{TEXTS.keeping.staySeparate}</Choice>
    </>
  );
}

function Choice({ onChoose, children }: { onChoose(): void; children: ReactNode }) {
  return (
    <button type="button" onClick={onChoose}>
      {children}
    </button>
  );
}

function dismiss(name: NoticeName): void {
  dismissNotice(name);
  enterTerminal();
}
