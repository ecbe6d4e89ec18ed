import { useEffect } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

interface Notice {
  readonly text: string;
  /** Counts notices: the same text may be said again. */
  readonly number: number;
  readonly place: NoticePlace;
}

/** On a narrow page, where little is free: at the panel's foot, or at its head when its foot is what is looked at. */
export type NoticePlace = "foot" | "head";

const SHOWN_MS = 6000;
const notices = createStore<Notice>()(() => ({ text: "", number: 0, place: "foot" }));

/** Says something in a line of its own, for a while, also to screen readers. Gives how to take it back. */
export function notify(text: string, place: NoticePlace = "foot"): () => void {
  const number = notices.getState().number + 1;
  notices.setState({ text, number, place });
  return () => {
    if (notices.getState().number === number) notices.setState({ text: "" });
  };
}

export function NoticeLine() {
  const { text, number, place } = useStore(notices);
  useEffect(() => {
    if (number === 0) return;
    const timer = setTimeout(() => notices.setState({ text: "" }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [number]);
  return (
    <div className="notice-line" role="status" data-shown={text !== ""} data-place={place}>
      {text}
    </div>
  );
}
