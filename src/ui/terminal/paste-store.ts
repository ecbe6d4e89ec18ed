import { createStore } from "zustand/vanilla";

/** A paste of several lines that waits to be looked at. */
export interface WaitingPaste {
  readonly text: string;
  /** Sends it to its terminal; called with nothing, the terminal only gets the focus back. */
  answer(text: string | undefined): void;
}

export const pasteStore = createStore<{ readonly waiting: WaitingPaste | undefined }>()(() => ({ waiting: undefined }));

/** Answers the paste that waits. */
export function answerPaste(text: string | undefined): void {
  const { waiting } = pasteStore.getState();
  pasteStore.setState({ waiting: undefined });
  // After the dialog has gone: while it is there, nothing behind it takes the focus.
  setTimeout(() => waiting?.answer(text));
}
