import { createStore } from "zustand/vanilla";

/** Whether a newer version of the page waits, and how to go over to it. */
export interface UpdateState {
  /** Undefined: none waits, or a person has put it off. */
  readonly goOver: (() => Promise<void>) | undefined;
}

export const updateStore = createStore<UpdateState>()(() => ({ goOver: undefined }));
