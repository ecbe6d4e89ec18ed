import "./map.css";
import { ChevronLeft, ChevronRight, Pause, Play, RotateCcw } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "../parts/icon-button.tsx";
import { useCalm } from "../settings/use-media.ts";
import { ClusterDrawing } from "./cluster-drawing.tsx";
import { HopList } from "./hop-list.tsx";
import { advance, followWays, replay, setPlaying, showPlace, useMap } from "./map-store.ts";
import { MAP_TEXTS } from "./map-texts.ts";
import { followPods } from "./pod-places.ts";
import { hasFailed, type Way } from "./way.ts";
import { WhyText } from "./why-text.tsx";

/** How long a hop is shown, in milliseconds; the hops of a long way are shown for less. */
const HOP_MS = 700;
const LONG_WAY_MS = 260;
const LONG_WAY = 12;

/** The map of the cluster, on which the last command's way is drawn. */
export function ClusterMap() {
  const calm = useCalm();
  const { way, place, playing } = useMap((state) => state);
  const long = way.length > LONG_WAY;
  useEffect(() => followWays(), []);
  useEffect(() => followPods(), []);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(advance, long ? LONG_WAY_MS : HOP_MS);
    return () => clearInterval(timer);
  }, [playing, long]);
  return (
    <div className="map-room">
      <div className="map">
        <ClusterDrawing way={way} place={place} calm={calm} />
        {way.length === 0 ? (
          <p className="empty">{MAP_TEXTS.empty}</p>
        ) : (
          <>
            <Playing way={way} place={place} playing={playing} />
            <div className="map-words">
              {hasFailed(way) && <Why key={way[0]?.id} way={way} />}
              <HopList way={way} place={place} />
            </div>
          </>
        )}
      </div>
    </div>
  );
}

function Playing({ way, place, playing }: { way: Way; place: number; playing: boolean }) {
  const goes = playing && place < way.length - 1;
  return (
    <div className="map-bar" role="toolbar" aria-label={MAP_TEXTS.way}>
      <IconButton name={MAP_TEXTS.replay} icon={RotateCcw} onClick={replay} />
      <IconButton
        name={MAP_TEXTS.back}
        icon={ChevronLeft}
        disabled={place === 0}
        onClick={() => showPlace(place - 1)}
      />
      <IconButton
        name={goes ? MAP_TEXTS.pause : MAP_TEXTS.play}
        icon={goes ? Pause : Play}
        disabled={place >= way.length - 1}
        onClick={() => setPlaying(!goes)}
      />
      <IconButton
        name={MAP_TEXTS.forward}
        icon={ChevronRight}
        disabled={place >= way.length - 1}
        onClick={() => showPlace(place + 1)}
      />
      <span className="quiet">{MAP_TEXTS.place(place + 1, way.length)}</span>
    </div>
  );
}

/** The failed command, explained. */
function Why({ way }: { way: Way }) {
  const [open, setOpen] = useState(false);
  return (
    <section className="why" aria-label={MAP_TEXTS.whyTitle}>
      <button type="button" className="tool" aria-expanded={open} onClick={() => setOpen(!open)}>
        {MAP_TEXTS.why}
      </button>
      {open && <WhyText way={way} />}
    </section>
  );
}
