import { useMemo } from "react";
import { useStore } from "zustand";
import { printable } from "../printable.ts";
import { type TranscriptEntry, transcript } from "../terminal/transcript.ts";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { readTable } from "./text-table.ts";

const SHOWN_MAX = 30;

/** What was typed and printed, newest first; a command's end is said to screen readers. */
export function TranscriptList() {
  const entries = useStore(transcript, (state) => state.entries);
  const active = useWorld((state) => state.activeTab);
  const own = entries.filter(({ terminal }) => terminal === active).toReversed();
  const [newest] = own;
  return (
    <>
      <p role="status">
        {newest === undefined ? TEXTS.accessible.nothing : `${nameOf(newest, 80)}: ${summary(newest)}`}
      </p>
      {own.slice(0, SHOWN_MAX).map((entry) => (
        <article key={entry.id} className="transcript">
          <h3>{nameOf(entry, 500)}</h3>
          <p className="quiet">{summary(entry)}</p>
          <Output text={entry.output} />
        </article>
      ))}
    </>
  );
}

const nameOf = ({ line }: TranscriptEntry, lengthMax: number): string => printable(line.slice(0, lengthMax));

function summary({ output, exitCode, running }: TranscriptEntry): string {
  const lines = output === "" ? 0 : output.split("\n").length;
  return TEXTS.accessible.summary(lines, running ? "running" : exitCode);
}

function Output({ text }: { text: string }) {
  const table = useMemo(() => readTable(text), [text]);
  if (text === "") return null;
  if (table === undefined) {
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    return <pre tabIndex={0}>{text}</pre>;
  }
  return (
    <div className="table-box">
      <table>
        <thead>
          <tr>
            {table.head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: printed rows have no other name, and are never moved
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={table.head[column]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
