import { Check, Copy } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { copyText } from "../parts/copy-text.ts";
import { Dialog } from "../parts/dialog.tsx";
import { TabList } from "../parts/tab-list.tsx";
import { TEXTS } from "../texts.ts";

type Option = "topology" | "etcd" | "theme";

const OPTIONS: Readonly<Record<Option, readonly string[]>> = {
  topology: ["", "bare"],
  etcd: ["", "3.5"],
  theme: ["", "light", "dark"],
};

const EmbedBuilder = lazy(() => import("../builder/embed-builder.tsx"));

type Way = keyof typeof TEXTS.share.ways;

const WAYS: readonly Way[] = ["link", "embed"];

/** A link to a world that begins like this one, or what puts it into a page of one's own. */
export default function ShareDialog({ onClose }: { onClose(): void }) {
  const [way, setWay] = useState<Way>("link");
  return (
    <Dialog title={TEXTS.share.title} wide={way === "embed"} onClose={onClose}>
      <TabList
        label={TEXTS.share.title}
        prefix="share"
        tabs={WAYS.map((id) => ({ id, title: TEXTS.share.ways[id] }))}
        chosen={way}
        controls={() => "share-panel"}
        onChoose={(id) => setWay(id)}
      />
      <div id="share-panel" role="tabpanel" aria-labelledby={`share-tab-${way}`}>
        {way === "link" ? (
          <LinkForm />
        ) : (
          <Suspense fallback={<p>{TEXTS.panelLoading}</p>}>
            <EmbedBuilder />
          </Suspense>
        )}
      </div>
    </Dialog>
  );
}

function LinkForm() {
  const [query, setQuery] = useState(() => new URLSearchParams(location.search));
  const [copied, setCopied] = useState(false);
  const link = linkOf(query);
  const change = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value === "") next.delete(name);
    else next.set(name, value);
    setCopied(false);
    setQuery(next);
  };
  return (
    <>
      <p>{TEXTS.share.note}</p>
      {(Object.keys(OPTIONS) as Option[]).map((name) => (
        <label className="field" key={name}>
          {TEXTS.share.options[name]}
          <select value={query.get(name) ?? ""} onChange={(event) => change(name, event.target.value)}>
            {OPTIONS[name].map((value) => (
              <option key={value} value={value}>
                {valueText(name, value)}
              </option>
            ))}
          </select>
        </label>
      ))}
      <label className="field">
        {TEXTS.share.seed}
        <input
          inputMode="numeric"
          pattern="[0-9]*"
          value={query.get("seed") ?? ""}
          placeholder="1"
          onChange={(event) => change("seed", event.target.value.replace(/\D/g, "").slice(0, 15))}
        />
      </label>
      <div className="share-link">
        <input readOnly aria-label={TEXTS.share.link} value={link} onFocus={(event) => event.target.select()} />
        <button type="button" className="main-choice" onClick={() => void copyText(link).then(setCopied)}>
          {copied ? <Check size={15} aria-hidden="true" /> : <Copy size={15} aria-hidden="true" />}
          {copied ? TEXTS.share.copied : TEXTS.share.copy}
        </button>
      </div>
    </>
  );
}

function valueText(option: Option, value: string): string {
  const texts: Readonly<Record<string, string>> = TEXTS.share.values[option];
  return texts[value] ?? value;
}

/** The page's address with other options; what is only this visit's is left out. */
function linkOf(query: URLSearchParams): string {
  const kept = new URLSearchParams(query);
  for (const name of ["test", "no-worker"]) kept.delete(name);
  const search = kept.toString();
  return `${location.origin}${location.pathname}${search === "" ? "" : `?${search}`}`;
}
