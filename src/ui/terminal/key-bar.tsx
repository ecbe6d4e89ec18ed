import { TEXTS } from "../texts.ts";

const KEYS: readonly (readonly [label: string, name: string, sequence: string])[] = [
  ["Esc", "Escape", "\x1b"],
  ["Tab", "Tab", "\t"],
  ["Ctrl-C", "Control C", "\x03"],
  ["Ctrl-D", "Control D", "\x04"],
  ["↑", "Up", "\x1b[A"],
  ["↓", "Down", "\x1b[B"],
  ["←", "Left", "\x1b[D"],
  ["→", "Right", "\x1b[C"],
];

/** Keys that a phone's keyboard lacks and a shell needs. Shown where the pointer is a finger. */
export function KeyBar({ onKey }: { onKey(sequence: string): void }) {
  return (
    <div className="key-bar" role="toolbar" aria-label={TEXTS.keyBar}>
      {KEYS.map(([label, name, sequence]) => (
        <button
          key={name}
          type="button"
          aria-label={name}
          onPointerDown={(event) => event.preventDefault() /* the terminal keeps the focus and the keyboard stays */}
          onClick={() => onKey(sequence)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
