import { printable } from "../printable.ts";
import { TEXTS } from "../texts.ts";
import type { RowChange } from "./store-history.ts";

const SHOWN_MAX = 500;
const SIGNS = { made: "+", changed: "~", gone: "−" } as const;
type ChangeKind = keyof typeof SIGNS;

interface ChangeListProps {
  readonly changes: readonly RowChange[];
  readonly chosen: string | undefined;
  onChoose(key: string): void;
}

/** Keys that are otherwise in one state of the store than in another. */
export function ChangeList({ changes, chosen, onChoose }: ChangeListProps) {
  if (changes.length === 0) return <p className="empty">{TEXTS.changes.none}</p>;
  return (
    <div className="change-list">
      <p className="change-sum">{sumText(changes)}</p>
      <ul>
        {changes.slice(0, SHOWN_MAX).map((change) => (
          <li key={change.key}>
            <button
              type="button"
              className="change"
              aria-pressed={change.key === chosen}
              title={printable(change.key.slice(0, 1000))}
              onClick={() => onChoose(change.key)}
            >
              <span className={changeKind(change)} aria-hidden="true">
                {SIGNS[changeKind(change)]}
              </span>
              <span className="visually-hidden">{TEXTS.changes.kinds[changeKind(change)]}</span>
              <span className="change-key">{printable(change.key.slice(0, 300))}</span>
            </button>
          </li>
        ))}
      </ul>
      {changes.length > SHOWN_MAX && <p className="empty">{TEXTS.changes.more(changes.length - SHOWN_MAX)}</p>}
    </div>
  );
}

function changeKind({ before, after }: RowChange): ChangeKind {
  return before === undefined ? "made" : after === undefined ? "gone" : "changed";
}

function sumText(changes: readonly RowChange[]): string {
  const counts: Record<ChangeKind, number> = { made: 0, changed: 0, gone: 0 };
  for (const change of changes) counts[changeKind(change)]++;
  return TEXTS.changes.sum(counts);
}

/** By key, as the tree has them. */
export function sortedChanges(changes: Map<string, RowChange>): RowChange[] {
  return [...changes.values()].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
