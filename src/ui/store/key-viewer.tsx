import { useMemo } from "react";
import type { KeyView } from "../../worker/protocol.ts";
import { printable } from "../printable.ts";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { selectKey } from "../world-store.ts";
import { valueText } from "./value-text.ts";

/** The chosen key with its value and what etcd keeps beside it. */
export function KeyViewer() {
  const key = useWorld((state) => state.selectedKey);
  const view = useWorld((state) => state.selected);
  if (key === undefined) return <p className="viewer empty">{TEXTS.noKeySelected}</p>;
  return (
    <section className="viewer" aria-label={TEXTS.value}>
      <header>
        <h3>{printable(key)}</h3>
        <button type="button" className="plain" onClick={() => void selectKey(undefined)} aria-label={TEXTS.close}>
          ×
        </button>
      </header>
      {view === undefined ? <p className="empty">{TEXTS.keyGone}</p> : <Value view={view} />}
    </section>
  );
}

function Value({ view }: { view: KeyView }) {
  const { kind, text, left } = useMemo(() => valueText(view.value), [view]);
  return (
    <>
      <dl className="facts">
        <Fact name={TEXTS.facts.mod} value={String(view.modRevision)} />
        <Fact name={TEXTS.facts.created} value={String(view.createRevision)} />
        <Fact name={TEXTS.facts.version} value={String(view.version)} />
        <Fact name={TEXTS.facts.size} value={TEXTS.bytes(view.size)} />
        {view.lease !== "" && <Fact name={TEXTS.facts.lease} value={view.lease} />}
        <Fact name={TEXTS.facts.kind} value={TEXTS.kinds[kind]} />
      </dl>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0} className={kind}>
        {text}
        {left > 0 && <span className="quiet">{`\n… ${TEXTS.notShown(left)}`}</span>}
      </pre>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
