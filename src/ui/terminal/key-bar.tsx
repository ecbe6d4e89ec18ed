import { TEXTS } from "../texts.ts";

/** Each is called what stands on it, and more where that says little: people who speak to the page say what they see. */
const KEYS: readonly (readonly [label: string, more: string, sequence: string])[] = [
  ["Esc", "", "\x1b"],
  ["Tab", "", "\t"],
  ["↑", "up", "\x1b[A"],
  ["↓", "down", "\x1b[B"],
  ["←", "left", "\x1b[D"],
  ["→", "right", "\x1b[C"],
  ["^C", "interrupt", "\x03"],
  ["^D", "end of input", "\x04"],
  ["^R", "search the history", "\x12"],
  ["|", "pipe", "|"],
  ["/", "slash", "/"],
  ["-", "dash", "-"],
  ["~", "tilde", "~"],
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
      {KEYS.map(([label, more, sequence]) => (
        <button
          key={label}
          type="button"
          aria-label={`${label} ${more}`.trim()}
          onPointerDown={keepFocus}
          onClick={() => onKey(sequence)}
        >
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
