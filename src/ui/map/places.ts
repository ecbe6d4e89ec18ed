import type { Party } from "../../worker/protocol.ts";

/** A box of the map, in the drawing's units. */
export interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Plan {
  readonly height: number;
  readonly hosts: readonly Box[];
  readonly boxes: ReadonlyMap<string, Box>;
}

export const WIDTH = 400;
const HOST_GAP = 10;
const BOX_HEIGHT = 34;
const FIRST_HEIGHT = 192;
const OTHER_HEIGHT = 96;

/**
 * The cluster, laid out by hand; etcd at the heart of the first host, as it is of the cluster.
 *
 *     ┌ first host ────────────────────────────┐
 *     │  command      kube-apiserver     etcd  │
 *     │  kubelet    controller-manager  sched. │
 *     └────────────────────────────────────────┘
 *     ┌ host ────────────┐  ┌ host ────────────┐
 *     │  kubelet  ▪▪▪    │  │  kubelet  ▪▪▪    │
 *     └──────────────────┘  └──────────────────┘
 */
export function planOf(hosts: readonly string[], withKubernetes: boolean): Plan {
  const [first = "", ...others] = hosts;
  const boxes = new Map<string, Box>();
  const put = (key: string, name: string, x: number, y: number, width: number): void => {
    boxes.set(key, { name, x, y, width, height: BOX_HEIGHT });
  };
  put("command", "command", 12, 36, 100);
  put(`etcd|${first}`, "etcd", 304, 36, 84);
  if (withKubernetes) {
    put("apiserver", "kube-apiserver", 146, 36, 118);
    put(`kubelet|${first}`, "kubelet", 12, 126, 84);
    put("controller-manager", "controller-manager", 122, 126, 142);
    put("scheduler", "scheduler", 296, 126, 92);
  }
  const top = FIRST_HEIGHT + HOST_GAP;
  const width = (WIDTH - HOST_GAP * Math.max(0, others.length - 1)) / Math.max(1, others.length);
  const panels = others.map((name, index) => {
    const x = index * (width + HOST_GAP);
    const kind = withKubernetes ? "kubelet" : "etcd";
    put(`${kind}|${name}`, kind, x + 12, top + 34, 76);
    return { name, x, y: top, width, height: OTHER_HEIGHT };
  });
  return {
    height: others.length === 0 ? FIRST_HEIGHT : top + OTHER_HEIGHT,
    hosts: [{ name: first, x: 0, y: 0, width: WIDTH, height: FIRST_HEIGHT }, ...panels],
    boxes,
  };
}

/** Where a host's pods are drawn, in squares of a grid. */
export interface PodGrid {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  /** From one square to the next. */
  readonly pitch: number;
  /** How many squares there is room for. */
  readonly room: number;
}

const PITCHES = [14, 11, 8, 6, 5, 4];

/** The grid for so many pods: under the boxes of the first host, beside the kubelet of any other. */
export function podGrid({ x, y, width, height }: Box, isFirst: boolean, count: number): PodGrid {
  const [left, top] = isFirst ? [x + 12, y + 166] : [x + 100, y + 34];
  const [wide, high] = [x + width - 12 - left, y + height - 4 - top];
  const grids = PITCHES.map((pitch) => {
    const columns = Math.max(1, Math.floor(wide / pitch));
    return { left, top, columns, pitch, room: columns * Math.max(1, Math.floor(high / pitch)) };
  });
  return grids.find(({ room }) => room >= count) ?? (grids.at(-1) as PodGrid);
}

/** The box that stands for a party; undefined for one that the map has no place for. */
export function boxOf({ boxes }: Plan, { role, host }: Party): Box | undefined {
  const kind = role === "container" ? "kubelet" : role;
  return boxes.get(`${kind}|${host}`) ?? boxes.get(kind);
}

export function centre({ x, y, width, height }: Box): { x: number; y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}
