import { enterTerminal } from "../layout/pane-focus.ts";
import { Dialog } from "../parts/dialog.tsx";
import { TEXTS } from "../texts.ts";
import { resetWorld } from "../world-store.ts";

/** Asks before a world is thrown away. */
export function ResetDialog({ onClose }: { onClose(): void }) {
  return (
    <Dialog title={TEXTS.resetQuestion} onClose={onClose}>
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
            void resetWorld().then(enterTerminal);
          }}
        >
          {TEXTS.resetConfirm}
        </button>
      </div>
    </Dialog>
  );
}
