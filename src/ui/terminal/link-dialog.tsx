import { Dialog } from "../parts/dialog.tsx";
import { printable } from "../printable.ts";
import { TEXTS } from "../texts.ts";
import { dropLink } from "./link-store.ts";

/** Of an address so much is shown. */
const SHOWN_MAX = 2000;

/** Shows where a link out of a terminal leads, which its text need not say, before it is opened beside this page. */
export default function LinkDialog({ link }: { link: URL }) {
  return (
    <Dialog title={TEXTS.link.title(link.host)} wide onClose={dropLink}>
      <p>{TEXTS.link.note}</p>
      <p className="link-address">
        <code>{printable(link.href.slice(0, SHOWN_MAX))}</code>
      </p>
      <div className="choices">
        <button type="button" data-first="" onClick={dropLink}>
          {TEXTS.link.stay}
        </button>
        <a className="main-choice" href={link.href} target="_blank" rel="noopener noreferrer" onClick={dropLink}>
          {TEXTS.link.open}
        </a>
      </div>
    </Dialog>
  );
}
