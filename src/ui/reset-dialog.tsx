import { useEffect, useRef } from "react";
import { TEXTS } from "./texts.ts";
import { startWorld } from "./world-store.ts";

/** Asks before a world is thrown away. Our own dialog: a framed page may be forbidden to open the browser's. */
export function ResetDialog({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="reset-question" onClose={onClose}>
      <h2 id="reset-question">{TEXTS.resetQuestion}</h2>
      <p>{TEXTS.resetWarning}</p>
      <div className="choices">
        <button type="button" onClick={onClose}>
          {TEXTS.resetCancel}
        </button>
        <button
          type="button"
          className="main-choice"
          onClick={() => {
            onClose();
            void startWorld();
          }}
        >
          {TEXTS.resetConfirm}
        </button>
      </div>
    </dialog>
  );
}
