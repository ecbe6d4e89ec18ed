import { Dialog } from "../parts/dialog.tsx";
import { TEXTS } from "../texts.ts";

/** The keys that the page and its terminals understand. */
export default function HelpDialog({ onClose }: { onClose(): void }) {
  return (
    <Dialog title={TEXTS.help.title} onClose={onClose}>
      <p>{TEXTS.help.about}</p>
      {TEXTS.help.groups.map(({ title, keys }) => (
        <section key={title} className="keys-group">
          <h3>{title}</h3>
          <dl>
            {keys.map(([combination, does]) => (
              <div key={combination}>
                <dt>
                  {combination.split(" ").map((key) => (
                    <kbd key={key + does}>{key}</kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
