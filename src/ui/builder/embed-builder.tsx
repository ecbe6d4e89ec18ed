import "./builder.css";
import { Check, Copy, Play } from "lucide-react";
import { useEffect, useState } from "react";
import { isSet, OPTION_NAMES, OPTIONS, type OptionName, problemOf } from "../../embed/options.ts";
import { copyText } from "../parts/copy-text.ts";
import { Segments } from "../parts/segments.tsx";
import { BUILDER_TEXTS as TEXTS } from "./builder-texts.ts";
import { OptionField } from "./option-field.tsx";
import { type Chosen, frameAddress, frameHeight, type SnippetForm, snippetOf } from "./snippet.ts";

type Group = keyof typeof TEXTS.groups;

const GROUPS: Readonly<Record<Group, readonly OptionName[]>> = {
  content: ["lesson", "step", "cmd", "run", "panels"],
  look: ["height", "theme", "font-size", "loading", "label"],
  world: ["topology", "etcd", "seed", "key", "safety"],
  page: ["selector", "run-label", "origin"],
};
/** Which options make sense in a form; of those of the element a frame has some as its own attributes. */
const FITS: Readonly<Record<SnippetForm, (name: OptionName) => boolean>> = {
  element: () => true,
  frame: (name) => name !== "selector" && name !== "run-label",
};
const FORMS: readonly SnippetForm[] = ["element", "frame"];
/** A preview starts anew so long after the last change, in milliseconds. */
const SETTLE_MS = 700;

/** Where the sandbox's files are, and so the embedded page and its script. */
const base = new URL(document.documentElement.dataset["root"] ?? "./", document.baseURI).href.replace(/[?#].*/, "");

/** The snippet that puts a sandbox into a course page, made by choosing; with the embed as it would be. */
export default function EmbedBuilder() {
  const [chosen, setChosen] = useState<Chosen>(chosenByAddress);
  const [form, setForm] = useState<SnippetForm>("element");
  return (
    <div className="builder">
      <div className="builder-options">
        <p>{TEXTS.about}</p>
        {(Object.keys(GROUPS) as Group[]).map((group) => (
          <details key={group} open={group === "content"}>
            <summary>{TEXTS.groups[group]}</summary>
            {GROUPS[group].filter(FITS[form]).map((name) => (
              <OptionField
                key={name}
                name={name}
                value={chosen[name] ?? ""}
                onChange={(value) => setChosen({ ...chosen, [name]: value })}
              />
            ))}
          </details>
        ))}
      </div>
      <div className="builder-result">
        <Segments
          label={TEXTS.form}
          choices={FORMS.map((value) => ({ value, title: TEXTS.forms[value] }))}
          chosen={form}
          onChoose={(value) => setForm(value)}
        />
        <p className="quiet">{TEXTS.formNotes[form]}</p>
        <Snippet html={snippetOf(form, base, chosen)} />
        <Preview chosen={chosen} />
      </div>
    </div>
  );
}

/** What the page itself shows is what one begins with. */
function chosenByAddress(): Chosen {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(
    OPTION_NAMES.flatMap((name) => {
      const value = query.get(name) ?? "";
      const isNone = value === "" || (OPTIONS[name].values === "flag" && !isSet(value));
      return isNone || problemOf(name, value) !== undefined ? [] : [[name, value]];
    }),
  );
}

function Snippet({ html }: { html: string }) {
  const [copied, setCopied] = useState("");
  const isCopied = copied === html;
  return (
    <div className="builder-snippet">
      <textarea
        readOnly
        aria-label={TEXTS.snippet}
        spellCheck={false}
        rows={html.split("\n").length + 2}
        value={html}
        onFocus={(event) => event.target.select()}
      />
      <button
        type="button"
        className="main-choice"
        onClick={() => void copyText(html).then((done) => setCopied(done ? html : ""))}
      >
        {isCopied ? <Check size={15} aria-hidden="true" /> : <Copy size={15} aria-hidden="true" />}
        {isCopied ? TEXTS.copied : TEXTS.copy}
      </button>
      {/^(localhost|127\.0\.0\.1|\[::1\])$/.test(location.hostname) && <p className="quiet">{TEXTS.localOnly}</p>}
    </div>
  );
}

/** The embed itself. It costs a second world, so somebody has to ask for it. */
function Preview({ chosen }: { chosen: Chosen }) {
  const { key: _key, origin: _origin, ...shown } = chosen;
  const address = frameAddress(base, shown);
  const settled = useSettled(address);
  const [started, setStarted] = useState(false);
  return (
    <section className="builder-preview" aria-label={TEXTS.preview}>
      {started ? (
        <iframe
          key={settled}
          src={settled}
          title={TEXTS.preview}
          height={frameHeight(chosen)}
          allow="clipboard-write"
        />
      ) : (
        <button type="button" onClick={() => setStarted(true)}>
          <Play size={15} aria-hidden="true" />
          {TEXTS.previewStart}
        </button>
      )}
      <p className="quiet">{TEXTS.previewNote}</p>
    </section>
  );
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
