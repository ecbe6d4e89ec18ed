import { X } from "lucide-react";
import { useStore } from "zustand";
import { enterTerminal } from "../layout/pane-focus.ts";
import { TEXTS } from "../texts.ts";
import { updateStore } from "./update-store.ts";

/** Says that a newer version of the page waits. It comes when a person wants it, never by itself. */
export function UpdateNotice() {
  const goOver = useStore(updateStore, (state) => state.goOver);
  if (goOver === undefined) return null;
  const putOff = () => {
    updateStore.setState({ goOver: undefined });
    enterTerminal();
  };
  return (
    <div className="keeping-notice" role="status">
      <p>{TEXTS.update.notice}</p>
      <div className="keeping-choices">
        <button type="button" onClick={() => void goOver()}>
          {TEXTS.update.reload}
        </button>
        <button
          type="button"
          className="tool icon"
          aria-label={TEXTS.update.later}
          title={TEXTS.update.later}
          onClick={putOff}
        >
          <X size={15} aria-hidden="true" />
        </button>
      </div>
    </div>
  );
}
