import { TEXTS } from "../texts.ts";

const KEYS: readonly (readonly [label: string, name: string, sequence: string])[] = [
  ["Esc", "Escape", "\x1b"],
  ["Tab", "Tab", "\t"],
  ["↑", "Up", "\x1b[A"],
  ["↓", "Down", "\x1b[B"],
  ["←", "Left", "\x1b[D"],
  ["→", "Right", "\x1b[C"],
  ["^C", "Control C", "\x03"],
  ["^D", "Control D", "\x04"],
  ["^R", "Search the history", "\x12"],
  ["|", "Pipe", "|"],
  ["/", "Slash", "/"],
  ["-", "Dash", "-"],
  ["~", "Tilde", "~"],
];

interface KeyBarProps {
  /** Whether the next letter that is typed means Ctrl and that letter. */
  readonly control: boolean;
  onControl(on: boolean): void;
  onKey(sequence: string): void;
}

/** Keys that a phone's keyboard lacks and a shell needs. Shown where the pointer is a finger. */
export function KeyBar({ control, onControl, onKey }: KeyBarProps) {
  return (
    <div className="key-bar" role="toolbar" aria-label={TEXTS.keyBar}>
      <button
        type="button"
        aria-label={TEXTS.controlKey}
        aria-pressed={control}
        onPointerDown={keepFocus}
        onClick={() => onControl(!control)}
      >
        Ctrl
      </button>
      {KEYS.map(([label, name, sequence]) => (
        <button key={name} type="button" aria-label={name} onPointerDown={keepFocus} onClick={() => onKey(sequence)}>
          {label}
        </button>
      ))}
    </div>
  );
}

/** The terminal keeps the focus, so that the screen's keyboard stays. */
function keepFocus(event: { preventDefault(): void }): void {
  event.preventDefault();
}
