import { X } from "lucide-react";
import { useStore } from "zustand";
import { TEXTS } from "../texts.ts";
import { problemStore } from "./frame-options.ts";

/** Says to the author of the page around what is wrong with the options. */
export function FrameProblems() {
  const problems = useStore(problemStore);
  if (problems.length === 0) return null;
  return (
    <div className="frame-problems" role="status">
      <p>
        {TEXTS.frame.problems} <code>{problems.join("; ")}</code>
      </p>
      <button
        type="button"
        className="tool icon"
        aria-label={TEXTS.dismiss}
        title={TEXTS.dismiss}
        onClick={() => problemStore.setState([], true)}
      >
        <X size={15} aria-hidden="true" />
      </button>
    </div>
  );
}
