import { printable } from "./key-panel.tsx";
import { TEXTS } from "./texts.ts";
import { selectKey, useWorld } from "./world-store.ts";

/** The chosen key with its value and what etcd keeps beside it. */
export function KeyViewer() {
  const key = useWorld((state) => state.selectedKey);
  const view = useWorld((state) => state.selected);
  if (key === undefined) return <p className="viewer empty">{TEXTS.noKeySelected}</p>;
  return (
    <section className="viewer" aria-label={TEXTS.value}>
      <header>
        <h3 title={key}>{printable(key)}</h3>
        <button type="button" className="plain" onClick={() => void selectKey(undefined)} aria-label={TEXTS.dismiss}>
          ×
        </button>
      </header>
      {view === undefined ? (
        <p className="empty">{TEXTS.keyGone}</p>
      ) : (
        <>
          <dl>
            <Fact name={TEXTS.revision} value={String(view.modRevision)} />
            <Fact name={TEXTS.created} value={String(view.createRevision)} />
            <Fact name={TEXTS.version} value={String(view.version)} />
            <Fact name={TEXTS.size} value={TEXTS.bytes(view.size)} />
            {view.lease !== "" && <Fact name={TEXTS.lease} value={view.lease} />}
          </dl>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <pre tabIndex={0}>{readable(view.value)}</pre>
        </>
      )}
    </section>
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

const SHOWN_BYTES_MAX = 200_000;

/** JSON is laid out, other text shown as it is, anything else as hexadecimal. */
function readable(value: Uint8Array): string {
  const shown = value.subarray(0, SHOWN_BYTES_MAX);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(shown);
  } catch (error) {
    if (error instanceof TypeError) return hexDump(shown);
    throw error;
  }
  if (/[\u0000-\u0008\u000e-\u001f]/.test(text)) return hexDump(shown);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, 16_384); at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const signs = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${digits.padEnd(47)}  ${signs}`);
  }
  return lines.join("\n");
}
