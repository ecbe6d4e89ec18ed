import { useState } from "react";
import { Dialog } from "../parts/dialog.tsx";
import { setSettings, useSettings } from "../settings/settings.ts";
import { TEXTS } from "../texts.ts";
import { answerPaste } from "./paste-store.ts";

/** Shows several lines before they are pasted; they may be edited here. */
export default function PasteDialog({ text }: { text: string }) {
  const [edited, setEdited] = useState(text);
  const asks = useSettings((settings) => settings.pastePreview);
  const lines = edited.replace(/\r?\n$/, "").split(/\r?\n/).length;
  return (
    <Dialog title={TEXTS.paste.title(lines)} wide onClose={() => answerPaste(undefined)}>
      <p>{TEXTS.paste.note}</p>
      <textarea
        className="paste-text"
        aria-label={TEXTS.paste.text}
        spellCheck={false}
        rows={Math.min(16, Math.max(4, lines + 1))}
        value={edited}
        onChange={(event) => setEdited(event.target.value)}
      />
      <label className="paste-ask">
        <input
          type="checkbox"
          checked={!asks}
          onChange={(event) => setSettings({ pastePreview: !event.target.checked })}
        />
        {TEXTS.paste.dontAsk}
      </label>
      <div className="choices">
        <button type="button" onClick={() => answerPaste(undefined)}>
          {TEXTS.paste.cancel}
        </button>
        <button type="button" className="main-choice" data-first="" onClick={() => answerPaste(edited)}>
          {TEXTS.paste.paste}
        </button>
      </div>
    </Dialog>
  );
}
