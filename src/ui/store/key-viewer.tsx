import { Copy, X } from "lucide-react";
import { lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import type { KeyView } from "../../worker/protocol.ts";
import { copyText } from "../parts/copy-text.ts";
import { IconButton } from "../parts/icon-button.tsx";
import { Segments } from "../parts/segments.tsx";
import { printable } from "../printable.ts";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { selectKey, storeHistory } from "../world-store.ts";
import { JsonText } from "./json-text.tsx";
import { lookAt, useCompared, useTimeTravel } from "./time-travel.ts";
import { shownValue, valueBytes } from "./value-text.ts";

const ValueDiff = lazy(() => import("./value-diff.tsx"));

type ValueSide = "content" | "bytes";
const SIDES: readonly ValueSide[] = ["content", "bytes"];

/** The chosen key with its value and what etcd keeps beside it; while comparing, how its value differs. */
export function KeyViewer() {
  const key = useWorld((state) => state.selectedKey);
  const view = useWorld((state) => state.selected);
  const reading = useWorld((state) => state.reading);
  const comparing = useTimeTravel((state) => state.from !== undefined);
  const compared = useCompared();
  const past = useTimeTravel((state) => state.position !== undefined);
  const [side, setSide] = useState<ValueSide>("content");
  if (key === undefined) return <p className="viewer empty">{TEXTS.noKeySelected}</p>;
  return (
    <section className="viewer" aria-label={TEXTS.value}>
      <header>
        <h3>{printable(key)}</h3>
        <IconButton name={TEXTS.close} icon={X} onClick={() => void selectKey(undefined)} />
        {view !== undefined && !comparing && (
          <>
            <Segments<ValueSide>
              label={TEXTS.value}
              choices={SIDES.map((value) => ({ value, title: TEXTS.valueViews[value] }))}
              chosen={side}
              onChoose={setSide}
            />
            <IconButton name={TEXTS.copyValue} icon={Copy} onClick={() => void copyText(shownValue(view).text)} />
          </>
        )}
      </header>
      {view !== undefined && <Facts view={view} />}
      {comparing ? (
        <Suspense fallback={<p className="empty">{TEXTS.panelLoading}</p>}>
          <ValueDiff storeKey={key} from={storeHistory.moment(compared.from)} to={storeHistory.moment(compared.to)} />
        </Suspense>
      ) : view === undefined ? (
        <p className="empty">{reading ? TEXTS.panelLoading : past ? TEXTS.keyNotThen : TEXTS.keyGone}</p>
      ) : (
        <Value view={view} side={side} />
      )}
    </section>
  );
}

function Value({ view, side }: { view: KeyView; side: ValueSide }) {
  const { kind, text, left } = useMemo(() => (side === "bytes" ? valueBytes(view) : shownValue(view)), [view, side]);
  const { encryptedBy, problem } = view.content;
  return (
    <>
      {encryptedBy !== "" && <p className="value-note">{TEXTS.encrypted(printable(encryptedBy))}</p>}
      {problem !== "" && <p className="value-note">{TEXTS.undecodable(printable(problem))}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0} className={kind}>
        {kind === "json" || kind === "protobuf" ? <JsonText text={text} /> : text}
        {left > 0 && <span className="quiet">{`\n… ${TEXTS.notShown(left)}`}</span>}
      </pre>
    </>
  );
}

function Facts({ view }: { view: KeyView }) {
  const { apiVersion, kind, encoding, owners } = view.content;
  const written = encoding === "other" ? TEXTS.kinds[shownValue(view).kind] : encoding;
  return (
    <dl className="facts">
      {kind !== "" && <Fact name={TEXTS.facts.type}>{printable(`${apiVersion} ${kind}`.slice(0, 200))}</Fact>}
      <Fact name={TEXTS.facts.mod}>
        <Revision revision={view.modRevision} />
      </Fact>
      <Fact name={TEXTS.facts.created}>
        <Revision revision={view.createRevision} />
      </Fact>
      <Fact name={TEXTS.facts.version}>{view.version}</Fact>
      {view.lease !== "" && <Fact name={TEXTS.facts.lease}>{view.lease}</Fact>}
      <Fact name={TEXTS.facts.size}>{TEXTS.bytes(view.size)}</Fact>
      <Fact name={TEXTS.facts.kind}>{encoding === "json" ? TEXTS.kinds.json : written}</Fact>
      {owners.slice(0, 10).map((owner, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an object may name the same owner twice
        <Fact key={index} name={TEXTS.facts.owner}>
          <Owner text={printable(`${owner.kind} ${owner.name}`.slice(0, 200))} storeKey={owner.key} />
        </Fact>
      ))}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A revision; one that is remembered can be looked at. */
function Revision({ revision }: { revision: number }) {
  const position = storeHistory.positionOf(revision);
  if (position === undefined) return revision;
  return (
    <button type="button" className="link" title={TEXTS.goToRevision(revision)} onClick={() => lookAt(position)}>
      {revision}
    </button>
  );
}

function Owner({ text, storeKey }: { text: string; storeKey: string | undefined }) {
  if (storeKey === undefined) return text;
  return (
    <button
      type="button"
      className="link"
      title={TEXTS.goToKey(printable(storeKey))}
      onClick={() => void selectKey(storeKey)}
    >
      {text}
    </button>
  );
}
