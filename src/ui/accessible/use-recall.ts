import { type KeyboardEvent, useRef } from "react";
import { enteredLines } from "./entered-lines.ts";
import { Recall } from "./recall.ts";

/** The command that is written, and what the arrows bring back in its place. */
interface Recalling {
  onKeyDown(event: KeyboardEvent<HTMLInputElement>): void;
  /** The next walk begins at the newest line again. */
  forget(): void;
}

/** Arrow up and down bring back what was entered at a terminal, as they do in its shell. All other keys stay the field's. */
export function useRecall(terminal: number | undefined, line: string, setLine: (line: string) => void): Recalling {
  const walk = useRef<{ readonly terminal: number; readonly recall: Promise<Recall> } | undefined>(undefined);
  // Keys may come faster than lines are drawn.
  const written = useRef(line);
  written.current = line;
  const go = async (at: number, by: -1 | 1) => {
    if (walk.current?.terminal !== at)
      walk.current = { terminal: at, recall: enteredLines(at).then((lines) => new Recall(lines, written.current)) };
    const begun = walk.current;
    const recall = await begun.recall;
    if (walk.current !== begun) return;
    const found = recall.move(by, written.current);
    if (found === undefined) return;
    written.current = found;
    setLine(found);
  };
  return {
    onKeyDown: (event) => {
      const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : undefined;
      const modified =
        event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || event.nativeEvent.isComposing;
      if (by === undefined || modified || terminal === undefined) return;
      event.preventDefault();
      void go(terminal, by);
    },
    forget: () => {
      walk.current = undefined;
    },
  };
}
