import { CircleHelp, Map as MapIcon } from "lucide-react";
import { useEffect } from "react";
import { showPanel, useLayout } from "../layout/layout.ts";
import { ClusterMap } from "../layout/lazy-panels.tsx";
import { Popover } from "../parts/popover.tsx";
import { useFailure } from "./failures.ts";
import { followWays } from "./map-store.ts";
import { MAP_TEXTS } from "./map-texts.ts";
import { WhyText } from "./why-text.tsx";

/** Beside a terminal whose last command failed, if its way says why. It takes no focus and moves nothing. */
export default function WhyButton({ terminal }: { terminal: number }) {
  const way = useFailure(terminal);
  const hasMap = useLayout(({ accessible }) => !accessible) && ClusterMap !== undefined;
  useEffect(() => followWays(), []);
  if (way === undefined) return null;
  return (
    <Popover key={way[0]?.id} name={MAP_TEXTS.whyName} text={MAP_TEXTS.why} icon={CircleHelp}>
      {(close) => (
        <>
          <WhyText way={way} />
          {hasMap && (
            <button
              type="button"
              className="menu-item"
              onClick={() => {
                close();
                showPanel("map");
              }}
            >
              <MapIcon size={15} aria-hidden="true" />
              {MAP_TEXTS.showWay}
            </button>
          )}
        </>
      )}
    </Popover>
  );
}
