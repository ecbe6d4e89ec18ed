import type { KeyboardEvent, MouseEvent } from "react";

interface TabListProps<T extends string | number> {
  readonly label: string;
  /** Makes the tabs' ids: `PREFIX-tab-ID`. */
  readonly prefix: string;
  readonly tabs: readonly { readonly id: T; readonly title: string }[];
  readonly chosen: T | undefined;
  /** Gives the id of what a tab shows, for those who ask. */
  controls?(id: T): string;
  onChoose(id: T): void;
  onMiddleClick?(id: T): void;
}

/** Tabs of one tab stop: arrows, Home and End choose among them. */
export function TabList<T extends string | number>(props: TabListProps<T>) {
  const { label, prefix, tabs, chosen, controls, onChoose, onMiddleClick } = props;
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ id }) => id === chosen);
    const next = tabs[targetOf(event.key, at, tabs.length)];
    if (next === undefined) return;
    event.preventDefault();
    onChoose(next.id);
    document.getElementById(`${prefix}-tab-${next.id}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`${prefix}-tab-${id}`}
          aria-selected={id === chosen}
          {...(controls === undefined ? {} : { "aria-controls": controls(id) })}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => onChoose(id)}
          onAuxClick={(event: MouseEvent) => event.button === 1 && onMiddleClick?.(id)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

function targetOf(key: string, at: number, count: number): number {
  if (key === "ArrowRight") return (at + 1) % count;
  if (key === "ArrowLeft") return (at - 1 + count) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return -1;
}
