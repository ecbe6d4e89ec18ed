import { type FormEvent, lazy, Suspense, useState } from "react";
import { withShell } from "../terminal/page-terminal.ts";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { chooseTab, openTab, typeInto } from "../world-store.ts";
import { useRecall } from "./use-recall.ts";

const WhyButton = lazy(() => import("../map/why-button.tsx"));

const INTERRUPT = "\x03";
const END = "\x04";

/** A command line of its own, in place of the terminal's. */
export function CommandForm() {
  const tabs = useWorld((state) => state.tabs);
  const hosts = useWorld((state) => state.info?.hosts) ?? [];
  const active = useWorld((state) => state.activeTab);
  const [line, setLine] = useState("");
  const recall = useRecall(active, line, setLine);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const tab = tabs.find(({ id }) => id === active);
    if (tab === undefined) return;
    void withShell(tab).then((id) => id !== undefined && typeInto(id, `${line}\r`));
    setLine("");
    recall.forget();
  };
  return (
    <>
      <form className="command-form" onSubmit={submit}>
        <label>
          {TEXTS.accessible.terminal}
          <select value={active ?? ""} onChange={(event) => chooseTab(Number(event.target.value))}>
            {tabs.map((tab) => (
              <option key={tab.id} value={tab.id}>
                {tab.title}
              </option>
            ))}
          </select>
        </label>
        <label className="command-line">
          {TEXTS.accessible.command}
          <input
            data-entrance=""
            value={line}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            aria-describedby="command-recall"
            onKeyDown={recall.onKeyDown}
            onChange={(event) => setLine(event.target.value)}
          />
        </label>
        <button type="submit" className="main-choice">
          {TEXTS.accessible.run}
        </button>
      </form>
      <p id="command-recall" className="quiet">
        {TEXTS.accessible.recall}
      </p>
      <div className="command-keys">
        <button type="button" onClick={() => active !== undefined && typeInto(active, INTERRUPT)}>
          {TEXTS.accessible.interrupt}
        </button>
        <button type="button" onClick={() => active !== undefined && typeInto(active, END)}>
          {TEXTS.accessible.endInput}
        </button>
        <Suspense>{active !== undefined && <WhyButton terminal={active} />}</Suspense>
        {hosts.map((host) => (
          <button key={host} type="button" onClick={() => void openTab(host)}>
            {TEXTS.accessible.newTerminal(host)}
          </button>
        ))}
      </div>
    </>
  );
}
