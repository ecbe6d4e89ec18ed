import { useMemo } from "react";
import { useWorld } from "../use-world.ts";
import { MAP_TEXTS } from "./map-texts.ts";
import { type Box, boxOf, centre, type Plan, planOf, WIDTH } from "./places.ts";
import { usePodPlaces } from "./pod-places.ts";
import { PodSquares } from "./pod-squares.tsx";
import type { Hop, Way } from "./way.ts";

interface ClusterDrawingProps {
  readonly way: Way;
  readonly place: number;
  readonly calm: boolean;
}

/** From this distance on there is a box between two of the same row; how deep the bow below it is. */
const BOW_FROM = 200;
const BOW = 36;

/** The cluster as a picture: the way so far, and the hop that is shown. */
export function ClusterDrawing({ way, place, calm }: ClusterDrawingProps) {
  const info = useWorld((world) => world.info);
  const plan = useMemo(
    () => planOf(info?.hosts ?? [], info?.kubernetesVersion !== undefined),
    [info?.hosts, info?.kubernetesVersion],
  );
  const pods = usePodPlaces();
  const hop = way[place];
  const touched = useMemo(() => touchedBy(way.slice(0, place + 1)), [way, place]);
  const past = useMemo(() => linesOf(plan, way.slice(0, place)), [plan, way, place]);
  return (
    <svg className="cluster" viewBox={`-1 -1 ${WIDTH + 2} ${plan.height + 2}`} role="img" aria-label={MAP_TEXTS.map}>
      {plan.hosts.map((host, index) => (
        <g key={host.name}>
          <rect className="host" {...frame(host)} rx="8" />
          <text className="host-name" x={host.x + 12} y={host.y + 20}>
            {host.name}
          </text>
          <PodSquares host={host} isFirst={index === 0} pods={pods.get(host.name) ?? []} touched={touched} />
        </g>
      ))}
      {past.map(({ key, d }) => (
        <path key={key} className="past" d={d} />
      ))}
      {hop !== undefined && <Current plan={plan} hop={hop} calm={calm} />}
      {[...plan.boxes].map(([key, box]) => (
        <Program
          key={key}
          box={box}
          name={key === "command" ? (hop?.from.role === "command" ? hop.from.name : box.name) : box.name}
          active={isAt(plan, hop, box)}
          heart={key.startsWith("etcd")}
        />
      ))}
    </svg>
  );
}

function isAt(plan: Plan, hop: Hop | undefined, box: Box): boolean {
  return hop !== undefined && (boxOf(plan, hop.from) === box || boxOf(plan, hop.to) === box);
}

function frame({ x, y, width, height }: Box) {
  return { x, y, width, height };
}

function Program({ box, name, active, heart }: { box: Box; name: string; active: boolean; heart: boolean }) {
  const { x, y } = centre(box);
  return (
    <g className={`program${active ? " active" : ""}${heart ? " heart" : ""}`}>
      <rect {...frame(box)} rx={heart ? 17 : 6} />
      <text x={x} y={y + 4} textAnchor="middle">
        {name}
      </text>
    </g>
  );
}

/** Pods whose containers the way has started or ended so far. */
function touchedBy(way: Way): ReadonlySet<string> {
  return new Set(way.flatMap(({ kind, to }) => (kind === "container" ? [to.name] : [])));
}

function Current({ plan, hop, calm }: { plan: Plan; hop: Hop; calm: boolean }) {
  const from = boxOf(plan, hop.from);
  const to = boxOf(plan, hop.to);
  if (from === undefined || to === undefined || from === to) return null;
  const failed = hop.outcome?.ok === false ? " failed" : "";
  const d = lineOf(from, to);
  return (
    <g key={hop.id} className={`current ${hop.kind}${failed}`}>
      <path d={d} />
      {!calm && <circle className="dot" r="5" style={{ offsetPath: `path("${d}")` }} />}
    </g>
  );
}

/** A straight line; past a box that stands between the two it goes in a bow below. */
function lineOf(from: Box, to: Box): string {
  const a = centre(from);
  const b = centre(to);
  const isPast = a.y === b.y && Math.abs(a.x - b.x) > BOW_FROM;
  return isPast ? `M${a.x} ${a.y}Q${(a.x + b.x) / 2} ${a.y + BOW * 2} ${b.x} ${b.y}` : `M${a.x} ${a.y}L${b.x} ${b.y}`;
}

/** Each pair once, however often the way went between them. */
function linesOf(plan: Plan, way: Way): { key: string; d: string }[] {
  const lines = new Map<string, string>();
  for (const { from, to } of way) {
    const [a, b] = [boxOf(plan, from), boxOf(plan, to)];
    if (a !== undefined && b !== undefined && a !== b) lines.set(lineOf(a, b), lineOf(a, b));
  }
  return [...lines].map(([key, d]) => ({ key, d }));
}
