import { MAP_TEXTS } from "./map-texts.ts";
import { type Box, podGrid } from "./places.ts";

interface PodSquaresProps {
  readonly host: Box;
  readonly isFirst: boolean;
  /** `namespace/name`. */
  readonly pods: readonly string[];
  /** Pods whose containers the shown way has started or ended so far. */
  readonly touched: ReadonlySet<string>;
}

/** A host's pods: squares that are smaller the more there are, and how many. */
export function PodSquares({ host, isFirst, pods, touched }: PodSquaresProps) {
  if (pods.length === 0) return null;
  const { left, top, columns, pitch, room } = podGrid(host, isFirst, pods.length);
  const side = pitch * 0.78;
  return (
    <>
      <text className="pod-count" x={host.x + host.width - 12} y={host.y + 20} textAnchor="end">
        {MAP_TEXTS.pods(pods.length)}
      </text>
      {pods.slice(0, room).map((name, index) => (
        <rect
          key={name}
          className={touched.has(name) ? "pod touched" : "pod"}
          x={left + (index % columns) * pitch}
          y={top + Math.floor(index / columns) * pitch}
          width={side}
          height={side}
          rx={pitch / 7}
        >
          <title>{name}</title>
        </rect>
      ))}
    </>
  );
}
