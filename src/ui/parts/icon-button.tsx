import type { LucideIcon } from "lucide-react";
import { HeldButton } from "./held-button.tsx";

interface IconButtonProps {
  /** What it does: its name for those who hear the page, its tooltip for those who see it. */
  readonly name: string;
  readonly icon: LucideIcon;
  /** Shown beside the icon. */
  readonly text?: string;
  /** Whether its name is shown beside the icon where the page is wide enough for words. */
  readonly worded?: boolean;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  onClick(): void;
}

/** A quiet button with an icon. */
export function IconButton({ name, icon: Icon, text, worded, disabled = false, pressed, onClick }: IconButtonProps) {
  return (
    <HeldButton
      className={toolClass(text, worded)}
      aria-label={name}
      title={name}
      held={disabled}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      onClick={onClick}
    >
      <Icon size={15} aria-hidden="true" />
      {worded ? <span>{name}</span> : text}
    </HeldButton>
  );
}

/** A button with words is wider than an icon, and `worded` as wide as the page allows. */
export function toolClass(text: string | undefined, worded: boolean | undefined): string {
  if (worded) return "tool icon worded";
  return text === undefined ? "tool icon" : "tool";
}
