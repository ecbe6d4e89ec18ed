import { useState } from "react";
import type { HistoryEntry } from "../../worker/protocol.ts";
import { Dialog } from "../parts/dialog.tsx";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { entryName } from "./checkpoints.tsx";
import { useDiff } from "./use-diff.ts";
import { WorldChanges } from "./world-changes.tsx";

/** What changed in the world since a place of its history: a command, a checkpoint, the start. */
export default function ChangesDialog({ onClose }: { onClose(): void }) {
  const entries = useWorld((state) => state.history.entries);
  const [chosenId, setChosenId] = useState<number>();
  // What is kept before a destructive command is that command's place, which is listed already.
  const places = entries.filter(({ kind }) => kind !== "automatic").toReversed();
  const since = places.find(({ id }) => id === chosenId) ?? places[0];
  const diff = useDiff(since === undefined || since.kind === "start" ? "start" : `#${since.id}`);
  return (
    <Dialog title={TEXTS.changes.dialog} wide onClose={onClose}>
      <label className="since">
        {TEXTS.changes.since}
        <select value={since?.id} onChange={(event) => setChosenId(Number(event.target.value))}>
          {places.map((entry) => (
            <option key={entry.id} value={entry.id}>
              {placeName(entry)}
            </option>
          ))}
        </select>
      </label>
      {diff === undefined && <p className="empty">{TEXTS.changes.comparing}</p>}
      {typeof diff === "string" && <p className="empty">{diff}</p>}
      {typeof diff === "object" && <WorldChanges diff={diff} />}
    </Dialog>
  );
}

function placeName(entry: HistoryEntry): string {
  return entry.kind === "command" ? TEXTS.history.before(entryName(entry)) : entryName(entry);
}
