import { useEffect, useRef, useState } from "react";
import { printable, printableLines } from "../printable.ts";
import { showPlace } from "./map-store.ts";
import { certificateText, MAP_TEXTS } from "./map-texts.ts";
import type { Hop, Way } from "./way.ts";

/** The way in words; each hop opens what was asked and answered. */
export function HopList({ way, place }: { way: Way; place: number }) {
  const [opened, setOpened] = useState<number>();
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const row = list.current?.children[place];
    if (row instanceof HTMLElement && list.current !== null) keepInSight(list.current, row);
  }, [place]);
  const choose = (hop: Hop, index: number): void => {
    setOpened(opened === hop.id ? undefined : hop.id);
    showPlace(index);
  };
  return (
    <ol className="hops" aria-label={MAP_TEXTS.way} ref={list}>
      {way.map((hop, index) => (
        <li key={hop.id} aria-current={index === place ? "step" : undefined}>
          <button type="button" className="hop" aria-expanded={opened === hop.id} onClick={() => choose(hop, index)}>
            <span className="hop-who">{whoText(hop)}</span>
            <span className="hop-what">{printable(hop.what.slice(0, 300))}</span>
            <span className={hop.outcome?.ok === false ? "hop-end failed" : "hop-end"}>{endText(hop)}</span>
          </button>
          {opened === hop.id && <HopDetail hop={hop} />}
        </li>
      ))}
    </ol>
  );
}

/** Scrolls the list alone, so that the page around it never moves. */
function keepInSight(list: HTMLElement, row: HTMLElement): void {
  const over = row.offsetTop - list.offsetTop;
  if (over < list.scrollTop || over + row.offsetHeight > list.scrollTop + list.clientHeight)
    list.scrollTop = over - list.clientHeight / 2;
}

function whoText({ kind, from, to }: Hop): string {
  return kind === "command" ? MAP_TEXTS.from(from.name, from.host) : `${from.name} → ${to.name}`;
}

function endText({ kind, outcome, revision, times }: Hop): string {
  const end = outcome?.text ?? (kind === "command" ? MAP_TEXTS.running : MAP_TEXTS.open);
  const parts = [
    end,
    ...(revision === undefined ? [] : [`r${revision}`]),
    ...(times > 1 ? [MAP_TEXTS.times(times)] : []),
  ];
  return printable(parts.join(" · ").slice(0, 200));
}

function HopDetail({ hop }: { hop: Hop }) {
  const { request, answer, dialler, dialled, revision, logLine, kind } = hop;
  const isBare = request === "" && answer === "" && dialled === "" && logLine === "" && revision === undefined;
  return (
    <div className="hop-detail">
      <p>{`${MAP_TEXTS.from(hop.from.name, hop.from.host)} → ${MAP_TEXTS.from(hop.to.name, hop.to.host)}`}</p>
      {dialled !== "" && <p className="mono">{MAP_TEXTS.connection(dialler, dialled)}</p>}
      {revision !== undefined && <p>{MAP_TEXTS.revision(revision)}</p>}
      {kind === "handshake" && hop.tls && (
        <dl className="shown">
          <dt>{MAP_TEXTS.serverShowed}</dt>
          <dd>{hop.serverCertificate ? certificateText(hop.serverCertificate) : MAP_TEXTS.noCertificate}</dd>
          <dt>{MAP_TEXTS.clientShowed}</dt>
          <dd>{hop.clientCertificate ? certificateText(hop.clientCertificate) : MAP_TEXTS.noCertificate}</dd>
        </dl>
      )}
      <Said title={MAP_TEXTS.request} text={request} />
      <Said title={MAP_TEXTS.answer} text={answer} />
      {logLine !== "" && <pre>{printable(logLine)}</pre>}
      {isBare && <p className="quiet">{MAP_TEXTS.nothing}</p>}
    </div>
  );
}

function Said({ title, text }: { title: string; text: string }) {
  if (text === "") return null;
  return (
    <>
      <h4>{title}</h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keys */}
      <section aria-label={title} tabIndex={0} className="said">
        <pre>{printableLines(text)}</pre>
      </section>
    </>
  );
}
