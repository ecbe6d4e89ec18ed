import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { copyText } from "../parts/copy-text.ts";
import { Dialog } from "../parts/dialog.tsx";
import { TEXTS } from "../texts.ts";

type Option = "topology" | "etcd" | "theme";

const OPTIONS: Readonly<Record<Option, readonly string[]>> = {
  topology: ["", "bare"],
  etcd: ["", "3.5"],
  theme: ["", "light", "dark"],
};

/** A link to a world that begins like this one. */
export default function ShareDialog({ onClose }: { onClose(): void }) {
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
    <Dialog title={TEXTS.share.title} onClose={onClose}>
      <p>{TEXTS.share.note}</p>
      {(Object.keys(OPTIONS) as Option[]).map((name) => (
        <label className="field" key={name}>
          {TEXTS.share.options[name]}
          <select value={query.get(name) ?? ""} onChange={(event) => change(name, event.target.value)}>
            {OPTIONS[name].map((value) => (
              <option key={value} value={value}>
                {TEXTS.share.values[value as keyof typeof TEXTS.share.values] ?? value}
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
    </Dialog>
  );
}

/** The page's address with other options; what is only this visit's is left out. */
function linkOf(query: URLSearchParams): string {
  const kept = new URLSearchParams(query);
  for (const name of ["test", "no-worker"]) kept.delete(name);
  const search = kept.toString();
  return `${location.origin}${location.pathname}${search === "" ? "" : `?${search}`}`;
}
