import { Flag, Plus } from "lucide-react";
import { useState } from "react";
import type { HistoryEntry } from "../../worker/protocol.ts";
import { Popover } from "../parts/popover.tsx";
import { printable } from "../printable.ts";
import { timeText } from "../store/time-text.ts";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { makeCheckpoint, restore } from "./history-actions.ts";

/** Places of the world's history that were kept under a name: make one, go back to one. */
export function Checkpoints() {
  return (
    <Popover name={TEXTS.history.checkpoints} icon={Flag} worded>
      {(close) => <CheckpointList close={close} />}
    </Popover>
  );
}

function CheckpointList({ close }: { close: () => void }) {
  const entries = useWorld((state) => state.history.entries);
  const kept = entries.filter(({ kind }) => kind === "start" || kind === "checkpoint" || kind === "automatic");
  return (
    <>
      <NewCheckpoint close={close} />
      <p className="menu-title">{TEXTS.history.restoreTitle}</p>
      <ul>
        {kept.toReversed().map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              className="menu-item"
              onClick={() => {
                close();
                void restore(entry.kind === "start" ? "start" : entry.name);
              }}
            >
              <span className="menu-text">{entryName(entry)}</span>
              <span className="quiet">{timeText(entry.at)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function NewCheckpoint({ close }: { close: () => void }) {
  const [name, setName] = useState("");
  return (
    <form
      className="new-checkpoint"
      onSubmit={(event) => {
        event.preventDefault();
        close();
        void makeCheckpoint(name.trim());
      }}
    >
      <input
        aria-label={TEXTS.history.checkpointName}
        placeholder={TEXTS.history.checkpointName}
        value={name}
        maxLength={60}
        autoComplete="off"
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="main-choice" disabled={name.trim() === ""}>
        <Plus size={15} aria-hidden="true" />
        {TEXTS.history.make}
      </button>
    </form>
  );
}

/** An entry of the history in a line. */
export function entryName({ kind, name }: HistoryEntry): string {
  const shown = printable(name.slice(0, 120));
  return kind === "start" ? TEXTS.history.start : shown;
}
