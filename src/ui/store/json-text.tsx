import { memo, type ReactNode } from "react";

/** Texts longer than this stay of one colour: colours would cost more than they help. */
const COLOURED_MAX = 60_000;
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d[\d.eE+-]*)/g;

/** Laid-out JSON in colours. */
export const JsonText = memo(function JsonText({ text }: { text: string }) {
  return text.length > COLOURED_MAX ? text : coloured(text);
});

function coloured(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon, word] = match;
    if (match.index > at) parts.push(text.slice(at, match.index));
    at = match.index + whole.length;
    const kind =
      string === undefined ? (word === undefined ? "number" : "word") : colon === undefined ? "string" : "name";
    parts.push(
      <span key={match.index} className={`json-${kind}`}>
        {kind === "name" ? string : whole}
      </span>,
    );
    if (colon !== undefined) parts.push(colon);
  }
  parts.push(text.slice(at));
  return parts;
}
