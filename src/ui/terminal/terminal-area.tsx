import { Fragment } from "react";
import { Group, Panel, Separator } from "react-resizable-panels";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { TerminalPane } from "./terminal-pane.tsx";

/** The terminals: panes side by side. */
export function TerminalArea() {
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
