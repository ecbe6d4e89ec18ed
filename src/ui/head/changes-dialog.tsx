import { lazy, Suspense, useMemo, useState } from "react";
import type { HistoryEntry } from "../../worker/protocol.ts";
import { Dialog } from "../parts/dialog.tsx";
import { ChangeList, sortedChanges } from "../store/change-list.tsx";
import { positionOfEntry } from "../store/command-marks.ts";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { storeHistory } from "../world-store.ts";
import { entryName } from "./checkpoints.tsx";

const ValueDiff = lazy(() => import("../store/value-diff.tsx"));

interface Since {
  readonly entry: HistoryEntry;
  readonly position: number;
}

/** What changed in the store since a place of the world's history: a command, a checkpoint, the start. */
export default function ChangesDialog({ onClose }: { onClose(): void }) {
  const entries = useWorld((state) => state.history.entries);
  const version = useWorld((state) => state.storeVersion);
  const [chosenId, setChosenId] = useState<number>();
  const [key, setKey] = useState<string>();
  const places = placesOf(entries);
  const since = places.find(({ entry }) => entry.id === chosenId) ?? places[0];
  const from = since?.position ?? storeHistory.first;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is changed in place; its version stands for it
  const changes = useMemo(() => sortedChanges(storeHistory.between(from, storeHistory.last)), [version, from]);
  const shown = changes.some((change) => change.key === key) ? key : undefined;
  return (
    <Dialog title={TEXTS.changes.dialog} wide onClose={onClose}>
      <label className="since">
        {TEXTS.changes.since}
        <select value={since?.entry.id} onChange={(event) => setChosenId(Number(event.target.value))}>
          {places.length === 0 && <option>{TEXTS.changes.opened}</option>}
          {places.map(({ entry }) => (
            <option key={entry.id} value={entry.id}>
              {placeName(entry)}
            </option>
          ))}
        </select>
      </label>
      <div className="changes-both">
        <ChangeList changes={changes} chosen={shown} onChoose={setKey} />
        {shown !== undefined && (
          <Suspense fallback={<p className="empty">{TEXTS.panelLoading}</p>}>
            <ValueDiff storeKey={shown} from={storeHistory.moment(from)} to={storeHistory.moment(storeHistory.last)} />
          </Suspense>
        )}
      </div>
    </Dialog>
  );
}

/** Entries whose place in the store's past is remembered, newest first. */
function placesOf(entries: readonly HistoryEntry[]): Since[] {
  return entries.toReversed().flatMap((entry) => {
    const position = positionOfEntry(entry.id);
    return position === undefined ? [] : [{ entry, position }];
  });
}

function placeName(entry: HistoryEntry): string {
  return entry.kind === "command" ? TEXTS.history.before(entryName(entry)) : entryName(entry);
}
