import type { LucideIcon } from "lucide-react";

interface IconButtonProps {
  /** What it does: its name for those who hear the page, its tooltip for those who see it. */
  readonly name: string;
  readonly icon: LucideIcon;
  /** Shown beside the icon, where there is room for words. */
  readonly text?: string;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  onClick(): void;
}

/** A quiet button with an icon. */
export function IconButton({ name, icon: Icon, text, disabled = false, pressed, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      className={text === undefined ? "tool icon" : "tool"}
      aria-label={name}
      title={name}
      disabled={disabled}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      onClick={onClick}
    >
      <Icon size={15} aria-hidden="true" />
      {text}
    </button>
  );
}
