import { Fragment, lazy, Suspense } from "react";
import { Group, Panel, Separator } from "react-resizable-panels";
import { useStore } from "zustand";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { linkStore } from "./link-store.ts";
import { pasteStore } from "./paste-store.ts";
import { TerminalPane } from "./terminal-pane.tsx";

const PasteDialog = lazy(() => import("./paste-dialog.tsx"));
const LinkDialog = lazy(() => import("./link-dialog.tsx"));

/** The terminals, and over them what waits for an answer: a paste to be looked at, a link that was clicked. */
export function TerminalArea() {
  const paste = useStore(pasteStore, ({ waiting }) => waiting);
  const link = useStore(linkStore, ({ clicked }) => clicked);
  return (
    <>
      <TerminalPanes />
      {paste !== undefined && (
        <Suspense>
          <PasteDialog text={paste.text} />
        </Suspense>
      )}
      {link !== undefined && (
        <Suspense>
          <LinkDialog link={link} />
        </Suspense>
      )}
    </>
  );
}

/** Panes side by side. */
function TerminalPanes() {
  const panes = useWorld((state) => state.panes);
  return (
    <Group className="panels" orientation="horizontal" id="terminals">
      {panes.list.map((pane, index) => (
        <Fragment key={pane.id}>
          {index > 0 && <Separator className="seam" aria-label={TEXTS.seam} />}
          <Panel id={`pane-${pane.id}`} minSize={160}>
            <TerminalPane pane={pane} active={pane.id === panes.active && panes.list.length > 1} />
          </Panel>
        </Fragment>
      ))}
    </Group>
  );
}
