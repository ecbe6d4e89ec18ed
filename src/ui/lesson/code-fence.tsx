import { Check, Copy, Play } from "lucide-react";
import { type MouseEvent, useEffect, useState } from "react";
import type { CodeBlock } from "../../lessons/prose.ts";
import { copyText } from "../parts/copy-text.ts";
import { HeldButton } from "../parts/held-button.tsx";
import { useWorld } from "../use-world.ts";
import { announce, useLesson } from "./lesson-store.ts";
import { LESSON_TEXTS as TEXTS } from "./lesson-texts.ts";
import { interruptTerminal, runCode } from "./run-code.ts";

/** A block of code: to run by a click, to copy, to read. */
export function CodeFence({ block }: { block: CodeBlock }) {
  return (
    <figure className="fence">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>
          {block.text.split("\n").map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a block's lines never move
            <span key={at} className="code-line">{`${line}\n`}</span>
          ))}
        </code>
      </pre>
      <div className="fence-tools">
        {block.run !== undefined && <RunButton block={block} />}
        <CopyButton text={block.text} />
      </div>
    </figure>
  );
}

function RunButton({ block }: { block: CodeBlock }) {
  const running = useWorld((state) => state.status === "running");
  const typing = useLesson((state) => state.typing);
  const busy = useLesson((state) => state.travelling !== undefined);
  const slow = useSlow(typing === block.line);
  const ran = useLesson((state) => state.ran.includes(block.line));
  const [command = ""] = block.run?.commands ?? [];
  const label = slow ? TEXTS.running : block.run?.host === undefined ? TEXTS.run : TEXTS.runIn(block.run.host);
  // A click by a key has no coordinates: whoever works by keys stays in the lesson.
  const run = (event: MouseEvent) => void runCode(block, event.detail > 0);
  return (
    <>
      {slow && (
        <button type="button" onClick={interruptTerminal}>
          {TEXTS.interrupt}
        </button>
      )}
      <HeldButton
        className="run"
        held={!running || busy || typing !== undefined}
        aria-label={TEXTS.runCommand(label, command.split("\n")[0] ?? "")}
        onClick={run}
      >
        <Play size={13} aria-hidden="true" />
        {label}
        {ran && !slow && <Check size={13} className="made" aria-hidden="true" />}
      </HeldButton>
    </>
  );
}

/** Whether something goes on for longer than a person notices. */
function useSlow(going: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!going) return undefined;
    const timer = setTimeout(() => setSlow(true), 1200);
    return () => clearTimeout(timer);
  }, [going]);
  return slow;
}

export function CopyButton({ text, name = TEXTS.copy }: { text: string; name?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const done = await copyText(text);
    setCopied(done);
    if (done) announce(TEXTS.copied);
  };
  return (
    <button type="button" className="tool" title={name} onClick={() => void copy()}>
      {copied ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
      {copied ? TEXTS.copied : name}
    </button>
  );
}
