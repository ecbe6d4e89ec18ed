import type { ReactNode } from "react";
import type { ChangeKind, WorldDiff } from "../../worker/protocol.ts";
import { printable } from "../printable.ts";
import { TEXTS } from "../texts.ts";

const SIGNS = { created: "+", changed: "~", deleted: "−" } as const;
const CLASSES = { created: "made", changed: "changed", deleted: "gone" } as const;
const ROWS_MAX = 500;

/** The differences of two worlds under headings; each that has more to tell opens. */
export function WorldChanges({ diff }: { diff: WorldDiff }) {
  const { objects, keys, files, processes, own } = diff;
  const nothing = objects.length + keys.length + files.length + processes.length === 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="world-changes" aria-label={TEXTS.changes.dialog} tabIndex={0}>
      {nothing && <p>{TEXTS.changes.none}</p>}
      <Part title={TEXTS.changes.objects} rows={objects.map(objectRow)} />
      <Part title={TEXTS.changes.keys} rows={keys.map(keyRow)} />
      <Part title={TEXTS.changes.files} rows={files.map(fileRow)} />
      <Part title={TEXTS.changes.processes} rows={processes.map(processRow)} />
      <p className="quiet">{TEXTS.changes.own(own.keys, own.files, own.booted)}</p>
    </section>
  );
}

interface Row {
  readonly id: string;
  readonly change: ChangeKind;
  readonly name: string;
  /** Beside the name. */
  readonly note?: string;
  /** What else there is to see of it. */
  readonly more?: ReactNode;
}

function Part({ title, rows }: { title: string; rows: readonly Row[] }) {
  if (rows.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {rows.slice(0, ROWS_MAX).map((row) => (
          <li key={row.id}>
            {row.more === undefined ? (
              <p className="change-row">
                <Name {...row} />
              </p>
            ) : (
              <details>
                <summary className="change-row">
                  <Name {...row} />
                </summary>
                {row.more}
              </details>
            )}
          </li>
        ))}
      </ul>
      {rows.length > ROWS_MAX && <p className="quiet">{TEXTS.changes.more(rows.length - ROWS_MAX)}</p>}
    </>
  );
}

function Name({ change, name, note }: Row) {
  return (
    <>
      <span className={CLASSES[change]} aria-hidden="true">
        {SIGNS[change]}
      </span>
      <span className="visually-hidden">{TEXTS.changes.kinds[CLASSES[change]]}</span>
      <span className="change-name">{printable(name.slice(0, 300))}</span>
      {note !== undefined && <span className="quiet">{printable(note)}</span>}
    </>
  );
}

function objectRow({ change, key, kind, namespace, name, fields }: WorldDiff["objects"][number]): Row {
  const row = { id: key, change, name: `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}` };
  if (fields.length === 0) return row;
  const lines = fields.map(({ path, from, to }) => [path, from ?? TEXTS.changes.nothing, to] as const);
  const more = (
    <dl>
      {lines.map(([path, from, to]) => (
        <div key={path}>
          <dt>{printable(path)}</dt>
          <dd>
            <del>{printable(from)}</del> → <ins>{printable(to ?? TEXTS.changes.nothing)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
  return { ...row, note: TEXTS.changes.fields(fields.length), more };
}

function keyRow({ change, key, from, to }: WorldDiff["keys"][number]): Row {
  return {
    id: key,
    change,
    name: key,
    more: <Patch lines={[...(from === undefined ? [] : [`-${from}`]), ...(to === undefined ? [] : [`+${to}`])]} />,
  };
}

function fileRow({ change, host, path, patch }: WorldDiff["files"][number]): Row {
  const row = { id: `${host}:${path}`, change, name: `${host}:${path}` };
  return patch === undefined ? row : { ...row, more: <Patch lines={patch.trimEnd().split("\n")} /> };
}

function processRow({ host, what, name, from, to }: WorldDiff["processes"][number]): Row {
  const change = from === "" ? "created" : to === "" ? "deleted" : "changed";
  return {
    id: `${what} ${host} ${name}`,
    change,
    name: what === "power" ? TEXTS.changes.power(host) : `${host} ${name}`,
    ...(change === "changed" ? { note: `${from} → ${to}` } : {}),
  };
}

function Patch({ lines }: { lines: readonly string[] }) {
  return (
    <pre className="diff">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and are never moved
        <span key={index} className={`line ${{ "+": "made", "-": "gone" }[line[0] ?? ""] ?? "quiet"}`}>
          {printable(line)}
        </span>
      ))}
    </pre>
  );
}
