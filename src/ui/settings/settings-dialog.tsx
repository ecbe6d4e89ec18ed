import { type ReactNode, useId } from "react";
import { setAccessible, useLayout } from "../layout/layout.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Segments } from "../parts/segments.tsx";
import { TEXTS } from "../texts.ts";
import { changeFontSize, type Settings, setSettings, useSettings } from "./settings.ts";

const THEMES: readonly Settings["theme"][] = ["system", "light", "dark"];
const MOTIONS: readonly Settings["motion"][] = ["system", "reduced"];

/** What a person may set for themselves. */
export default function SettingsDialog({ onClose }: { onClose(): void }) {
  const settings = useSettings((all) => all);
  const accessible = useLayout((layout) => layout.accessible);
  const texts = TEXTS.settingNames;
  return (
    <Dialog title={TEXTS.settings} onClose={onClose}>
      <Field name={texts.theme}>
        <Segments
          label={texts.theme}
          choices={THEMES.map((value) => ({ value, title: texts.themes[value] }))}
          chosen={settings.theme}
          onChoose={(theme) => setSettings({ theme })}
        />
      </Field>
      <Field name={texts.fontSize}>
        <span className="stepper">
          <button type="button" aria-label={texts.smaller} onClick={() => changeFontSize(-1)}>
            −
          </button>
          <output aria-live="polite">{texts.pixels(settings.fontSize)}</output>
          <button type="button" aria-label={texts.larger} onClick={() => changeFontSize(1)}>
            +
          </button>
        </span>
      </Field>
      <Field name={texts.motion}>
        <Segments
          label={texts.motion}
          choices={MOTIONS.map((value) => ({ value, title: texts.motions[value] }))}
          chosen={settings.motion}
          onChoose={(motion) => setSettings({ motion })}
        />
      </Field>
      <Check
        name={texts.screenReader}
        note={texts.screenReaderNote}
        checked={settings.screenReader}
        onCheck={(screenReader) => setSettings({ screenReader })}
      />
      <Field name={TEXTS.accessible.name}>
        <button
          type="button"
          onClick={() => {
            setAccessible(!accessible);
            onClose();
          }}
        >
          {accessible ? TEXTS.accessible.leave : TEXTS.accessible.open}
        </button>
      </Field>
      <Check
        name={texts.pastePreview}
        checked={settings.pastePreview}
        onCheck={(pastePreview) => setSettings({ pastePreview })}
      />
      <Check
        name={texts.commandPreview}
        note={texts.commandPreviewNote}
        checked={settings.commandPreview}
        onCheck={(commandPreview) => setSettings({ commandPreview })}
      />
    </Dialog>
  );
}

function Field({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="field">
      <span aria-hidden="true">{name}</span>
      {children}
    </div>
  );
}

interface CheckProps {
  readonly name: string;
  readonly note?: string;
  readonly checked: boolean;
  onCheck(checked: boolean): void;
}

function Check({ name, note, checked, onCheck }: CheckProps) {
  const id = useId();
  return (
    <div className="field tick">
      <label htmlFor={id}>{name}</label>
      <input
        id={id}
        type="checkbox"
        checked={checked}
        onChange={(event) => onCheck(event.target.checked)}
        {...(note === undefined ? {} : { "aria-describedby": `${id}-note` })}
      />
      {note !== undefined && (
        <p className="quiet" id={`${id}-note`}>
          {note}
        </p>
      )}
    </div>
  );
}
