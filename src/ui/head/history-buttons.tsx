import { Redo2, Undo2 } from "lucide-react";
import { IconButton } from "../parts/icon-button.tsx";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { redo, undo } from "./history-actions.ts";

/** Back to before the last command, and forth again. */
export function HistoryButtons() {
  const canUndo = useWorld((state) => state.history.canUndo);
  const canRedo = useWorld((state) => state.history.canRedo);
  return (
    <>
      <IconButton name={TEXTS.history.undo} icon={Undo2} disabled={!canUndo} onClick={() => void undo()} />
      <IconButton name={TEXTS.history.redo} icon={Redo2} disabled={!canRedo} onClick={() => void redo()} />
    </>
  );
}
