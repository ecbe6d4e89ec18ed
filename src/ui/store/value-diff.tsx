import { diffLines } from "diff";
import { useEffect, useState } from "react";
import type { KeyView, StoreMoment } from "../../worker/protocol.ts";
import { TEXTS } from "../texts.ts";
import { readKey } from "../world-store.ts";
import { shownValue } from "./value-text.ts";

interface ValueDiffProps {
  readonly storeKey: string;
  readonly from: StoreMoment;
  readonly to: StoreMoment;
}

/** Lines of unchanged text that stay around a change. */
const CONTEXT = 3;

/** A key's value in two states of the store, line by line. */
export default function ValueDiff({ storeKey, from, to }: ValueDiffProps) {
  const [values, setValues] = useState<readonly [KeyView | undefined, KeyView | undefined]>();
  useEffect(() => {
    let stale = false;
    void Promise.all([readKey(storeKey, from), readKey(storeKey, to)]).then((pair) => {
      if (!stale) setValues(pair);
    });
    return () => {
      stale = true;
    };
  }, [storeKey, from, to]);
  if (values === undefined) return <pre className="diff" />;
  const [before, after] = values;
  if (before === undefined && after === undefined) return <p className="empty">{TEXTS.changes.neither}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <pre className="diff" tabIndex={0}>
      {diffOf(textOf(before), textOf(after)).map(({ sign, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and are never moved
        <span key={index} className={CLASSES[sign]}>
          {`${sign} ${text}`}
        </span>
      ))}
    </pre>
  );
}

type Sign = "+" | "−" | " " | "…";
const CLASSES: Readonly<Record<Sign, string>> = { "+": "line made", "−": "line gone", " ": "line", "…": "line quiet" };

function textOf(view: KeyView | undefined): string {
  return view === undefined ? "" : `${shownValue(view).text}\n`;
}

function diffOf(before: string, after: string): { sign: Sign; text: string }[] {
  const lines: { sign: Sign; text: string }[] = [];
  const parts = diffLines(before, after);
  for (const [at, part] of parts.entries()) {
    const texts = part.value.replace(/\n$/, "").split("\n");
    const sign = part.added ? "+" : part.removed ? "−" : " ";
    const shown =
      sign === " " ? shortened(texts, at > 0, at < parts.length - 1) : texts.map((text) => ({ sign, text }));
    for (const line of shown) lines.push(line as { sign: Sign; text: string });
  }
  return lines;
}

/** Unchanged lines, but those far from any change. */
function shortened(texts: readonly string[], afterChange: boolean, beforeChange: boolean) {
  const head = afterChange ? CONTEXT : 0;
  const tail = beforeChange ? CONTEXT : 0;
  const plain = (text: string) => ({ sign: " " as const, text });
  if (texts.length <= head + tail + 1) return texts.map(plain);
  const left = { sign: "…" as const, text: TEXTS.changes.same(texts.length - head - tail) };
  return [...texts.slice(0, head).map(plain), left, ...(tail === 0 ? [] : texts.slice(-tail).map(plain))];
}
