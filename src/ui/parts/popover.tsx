import type { LucideIcon } from "lucide-react";
import { type ReactNode, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { toolClass } from "./icon-button.tsx";

interface PopoverProps {
  readonly name: string;
  readonly icon: LucideIcon;
  readonly text?: string;
  /** Whether its name is shown beside the icon where the page is wide enough for words. */
  readonly worded?: boolean;
  /** Drawn while it is open; `close` gives the focus back to the button. */
  children(close: () => void): ReactNode;
}

const GAP_PX = 6;

/** A button that opens something small beside it. The browser closes it on Esc and on a press elsewhere. */
export function Popover({ name, icon: Icon, text, worded, children }: PopoverProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const close = () => {
    box.current?.hidePopover();
    button.current?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={toolClass(text, worded)}
        aria-label={name}
        title={name}
        aria-expanded={open}
        popoverTarget={id}
      >
        <Icon size={15} aria-hidden="true" />
        {worded ? <span>{name}</span> : text}
      </button>
      <div
        ref={box}
        id={id}
        className="popover"
        popover="auto"
        role="dialog"
        aria-label={name}
        onBeforeToggle={(event) => {
          if (event.newState !== "open") return;
          // Drawn before it is shown: the browser gives the focus to what is marked, in the same turn as the key that
          // opened it, so that the next key finds it there.
          flushSync(() => setOpen(true));
          event.currentTarget.querySelector("input, button, select")?.setAttribute("autofocus", "");
        }}
        onToggle={(event) => {
          setOpen(event.newState === "open");
          if (event.newState === "open") place(event.currentTarget, button.current);
        }}
      >
        {open && children(close)}
      </div>
    </>
  );
}

/** Under the button, within the window. */
function place(box: HTMLElement, button: HTMLElement | null): void {
  const at = button?.getBoundingClientRect();
  if (at === undefined) return;
  const { width } = box.getBoundingClientRect();
  box.style.top = `${at.bottom + GAP_PX}px`;
  box.style.left = `${Math.max(GAP_PX, Math.min(at.right - width, window.innerWidth - width - GAP_PX))}px`;
}
