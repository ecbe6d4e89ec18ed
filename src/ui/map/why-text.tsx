import "./why.css";
import { printable } from "../printable.ts";
import type { Way } from "./way.ts";
import { explain } from "./why.ts";

/** Why a command failed, and the line of a log that proves it. */
export function WhyText({ way }: { way: Way }) {
  const { sentences, log } = explain(way);
  return (
    <div className="why-text">
      {sentences.map((sentence) => (
        <p key={sentence}>{printable(sentence)}</p>
      ))}
      {log !== undefined && (
        <>
          <p>{log.title}</p>
          <pre>{printable(log.line)}</pre>
        </>
      )}
    </div>
  );
}
