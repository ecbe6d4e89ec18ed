import { useEffect, useRef, useState } from "react";
import type { AsideState } from "../../worker/protocol.ts";
import { enterTerminal } from "../layout/pane-focus.ts";
import { Dialog } from "../parts/dialog.tsx";
import { TEXTS } from "../texts.ts";
import { currentWorld } from "../world-store.ts";
import { type KeepingState, useKeeping } from "./keeping-store.ts";
import { openWorldFile, saveAsideFile, saveWorldFile } from "./world-file.ts";

/** Where the world is kept, and the ways in and out of the browser. */
export default function WorldDialog({ onClose }: { onClose(): void }) {
  const keeping = useKeeping((state) => state);
  const texts = TEXTS.keeping;
  return (
    <Dialog title={texts.title} onClose={onClose}>
      <p>{standingOf(keeping)}</p>
      <div className="choices">
        <FileChooser onOpened={onClose} />
        <button type="button" className="main-choice" onClick={() => void saveWorldFile()}>
          {texts.saveFile}
        </button>
      </div>
      <AsideList />
    </Dialog>
  );
}

function standingOf({ tenure, storage, keptAt }: KeepingState): string {
  const texts = TEXTS.keeping.standing;
  if (tenure !== "ours") return texts[tenure];
  if (storage !== "kept") return texts[storage];
  return texts.kept(keptAt === undefined ? "" : timeOf(keptAt));
}

function FileChooser({ onOpened }: { onOpened(): void }) {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string>();
  const open = async (file: File | undefined) => {
    if (file === undefined) return;
    const found = await openWorldFile(file);
    setProblem(found);
    if (input.current !== null) input.current.value = "";
    if (found !== undefined) return;
    onOpened();
    setTimeout(enterTerminal); // while the dialog is open, nothing behind it takes the focus
  };
  return (
    <>
      {problem !== undefined && (
        <p className="warning keeping-problem" role="alert">
          {TEXTS.keeping.unopened(problem)}
        </p>
      )}
      <input
        ref={input}
        type="file"
        accept=".world"
        className="visually-hidden"
        aria-label={TEXTS.keeping.openFile}
        tabIndex={-1}
        onChange={(event) => void open(event.target.files?.[0])}
      />
      <button type="button" onClick={() => input.current?.click()}>
        {TEXTS.keeping.openFile}
      </button>
    </>
  );
}

/** Worlds that were put aside: unreadable ones, and those that an opened file has taken the place of. */
function AsideList() {
  const [aside, setAside] = useState<readonly AsideState[]>([]);
  const look = () =>
    void currentWorld()
      ?.aside()
      .then(setAside, () => setAside([])); // a browser that keeps nothing has put nothing aside
  useEffect(look, []);
  if (aside.length === 0) return null;
  const texts = TEXTS.keeping;
  const forget = (slot: string) => void currentWorld()?.forgetAside(slot).then(look, look);
  return (
    <section aria-labelledby="aside-title">
      <h3 id="aside-title">{texts.asideTitle}</h3>
      <ul className="keeping-aside">
        {aside.map(({ slot, keptAt, octets }) => (
          <li key={slot}>
            <span>{texts.asideOf(timeOf(keptAt), octets)}</span>
            <button type="button" onClick={() => void saveAsideFile(slot, keptAt)}>
              {texts.download}
            </button>
            <button type="button" onClick={() => forget(slot)}>
              {texts.forget}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function timeOf(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
