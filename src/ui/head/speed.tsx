import { Pause, Play } from "lucide-react";
import { IconButton } from "../parts/icon-button.tsx";
import { TEXTS } from "../texts.ts";
import { useWorld } from "../use-world.ts";
import { setSpeed } from "../world-store.ts";

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 100];

/** How fast the world's time passes, and whether it does. */
export function Speed() {
  const speed = useWorld((state) => state.speed);
  const paused = speed === 0;
  return (
    <>
      <IconButton
        name={paused ? TEXTS.speed.go : TEXTS.speed.stop}
        icon={paused ? Play : Pause}
        pressed={paused}
        onClick={() => setSpeed(paused ? 1 : 0)}
      />
      <select
        className="tool speed"
        aria-label={TEXTS.speed.name}
        title={TEXTS.speed.name}
        value={speed}
        onChange={(event) => setSpeed(Number(event.target.value))}
      >
        {paused && (
          <option value={0} disabled>
            {TEXTS.speed.times(0)}
          </option>
        )}
        {SPEEDS.map((times) => (
          <option key={times} value={times}>
            {TEXTS.speed.times(times)}
          </option>
        ))}
      </select>
    </>
  );
}
