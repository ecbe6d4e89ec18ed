import { X } from "lucide-react";
import { type ReactNode, type RefObject, useEffect, useId, useLayoutEffect, useRef } from "react";
import { TEXTS } from "../texts.ts";

interface DialogProps {
  readonly title: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
  onClose(): void;
}

/**
 * A dialog over the page. Our own and not the browser's `confirm`, which a framed page may be forbidden to open. What is
 * marked `data-first` gets the focus.
 */
export function Dialog({ title, wide = false, children, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const heading = useId();
  useStopWhereItScrolls(body);
  useFocusGivenBack(dialog);
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>("[data-first]")?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={wide ? "wide" : ""}
      aria-labelledby={heading}
      onClose={onClose}
      onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
    >
      <header className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="tool icon" aria-label={TEXTS.close} onClick={onClose}>
          <X size={16} aria-hidden="true" />
        </button>
      </header>
      <div className="dialog-body" ref={body}>
        {children}
      </div>
    </dialog>
  );
}

/** Closes a dialog before it is taken out of the page: only then the browser gives the focus back to what had it. */
function useFocusGivenBack(dialog: RefObject<HTMLDialogElement | null>): void {
  useLayoutEffect(() => {
    const element = dialog.current;
    return () => element?.close();
  }, [dialog]);
}

/** What is higher than its room is a stop of the Tab key, so that keys can scroll it. */
function useStopWhereItScrolls(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (element.scrollHeight > element.clientHeight) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
}
