import * as v from "valibot";
import type { MachineImage } from "../machine/machine.ts";
import { BLOCK_SIZE } from "../vfs/content.ts";
import type { NodeImage } from "../vfs/node-image.ts";
import type { VolumeImage } from "../vfs/volume.ts";
import type { SandboxImage } from "./sandbox.ts";

/** Of a file with holes, on the largest disk that makes sense here. */
const FILE_BYTES_MAX = 2 ** 44;
/** Beyond this JavaScript has no dates. */
const TIME_MAX = 8.64e15;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const time = v.pipe(v.number(), v.minValue(-TIME_MAX), v.maxValue(TIME_MAX));
const words = v.record(v.string(), v.string());

const nodeFields = { id: whole, mode: whole, uid: whole, gid: whole, modifiedAt: time, changedAt: time };
const block = v.optional(v.pipe(v.instance(Uint8Array), v.maxLength(BLOCK_SIZE)));
const name = v.pipe(
  v.string(),
  v.check((text) => text !== "" && text !== "." && text !== ".." && !/[/\0]/.test(text)),
);
/** A node without what its directory holds; that is looked at one after the other, since trees may be deep. */
const node = v.variant("type", [
  v.object({ type: v.literal("directory"), ...nodeFields, entries: v.array(v.tuple([name, v.looseObject({})])) }),
  v.object({
    type: v.literal("file"),
    ...nodeFields,
    content: v.pipe(
      v.object({
        size: v.pipe(whole, v.maxValue(FILE_BYTES_MAX)),
        blocks: v.array(block),
        reserved: v.optional(whole),
      }),
      v.check(({ size, blocks }) => blocks.length <= Math.ceil(size / BLOCK_SIZE)),
    ),
  }),
  v.object({ type: v.literal("symlink"), ...nodeFields, target: v.string() }),
  v.object({ type: v.picklist(["device", "fifo"]), ...nodeFields, device: v.string() }),
  v.object({ type: v.literal("hardlink"), id: whole }),
]);
const volume = v.object({
  root: v.looseObject({ type: v.literal("directory") }),
  nextId: whole,
  hardLinked: v.array(v.object({ node: v.looseObject({ id: whole }), links: whole })),
});

const sandboxConfig = v.object({
  name: v.string(),
  namespace: v.string(),
  uid: v.string(),
  attempt: whole,
  labels: words,
  annotations: words,
  hostNetwork: v.boolean(),
  logDirectory: v.string(),
  hostname: v.string(),
});
const containerConfig = v.object({
  name: v.string(),
  image: v.string(),
  labels: words,
  annotations: words,
  logPath: v.string(),
  env: v.array(v.object({ name: v.string(), value: v.string() })),
  mounts: v.array(v.object({ containerPath: v.string(), hostPath: v.string(), readOnly: v.boolean() })),
});
const containers = v.object({
  sandboxes: v.array(
    v.object({
      id: v.string(),
      config: sandboxConfig,
      state: v.picklist(["ready", "notready"]),
      createdAt: time,
      ip: v.string(),
    }),
  ),
  containers: v.array(
    v.object({
      info: v.object({
        id: v.string(),
        sandboxId: v.string(),
        config: containerConfig,
        imageId: v.string(),
        state: v.picklist(["created", "running", "exited"]),
        createdAt: time,
      }),
      root: volume,
    }),
  ),
  pulled: v.array(v.tuple([v.string(), v.array(v.string())])),
  podCidr: v.string(),
  lastAddress: whole,
});
const machine = v.object({
  disk: volume,
  power: v.picklist(["on", "off"]),
  bootedAt: time,
  services: v.object({ services: v.array(v.object({ name: v.string(), state: v.string(), since: time })) }),
  containers,
});
const pairs = v.array(v.tuple([v.string(), v.string()]));
const shell = v.object({
  directory: v.string(),
  walkedTo: v.string(),
  umask: whole,
  status: v.number(),
  lastArgument: v.string(),
  positional: v.array(v.string()),
  variables: v.array(v.object({ name: v.string(), attributes: v.string() })),
  functions: v.array(v.object({ source: v.string(), unit: v.string(), line: v.number() })),
  aliases: pairs,
  traps: pairs,
  options: v.looseObject({}),
  directories: v.array(v.string()),
  disabledBuiltins: v.array(v.string()),
  history: v.object({ entries: v.array(v.string()), dropped: v.number(), savedCount: v.number() }),
});
const image = v.object({
  options: v.object({
    topology: v.picklist(["kubeadm", "bare"]),
    etcd: v.picklist(["3.6", "3.5"]),
    seed: v.pipe(v.number(), v.safeInteger()),
    now: time,
  }),
  kernel: v.object({
    now: time,
    setBy: v.optional(time),
    marks: v.optional(whole),
    random: v.object({ seed: whole, states: v.record(v.string(), v.number()) }),
  }),
  machines: v.record(v.string(), machine),
  terminals: v.optional(
    v.array(
      v.object({
        id: whole,
        host: v.string(),
        shell: v.optional(shell),
        running: v.optional(v.string()),
        jobs: v.optional(v.array(v.string())),
      }),
    ),
  ),
});

/**
 * Looks whether data from outside has the shape of an image, so that booting it can't trip over it later. Throws an Error
 * whose message says where it has not. Nodes in `checked` are taken as looked at: images share most of theirs.
 */
export function checkImage(value: unknown, checked = new WeakSet<object>()): asserts value is SandboxImage {
  const parsed = v.safeParse(image, value);
  if (!parsed.success) throw new Error(where(parsed.issues[0]));
  const { machines } = value as SandboxImage;
  for (const [host, each] of Object.entries(machines)) checkMachine(host, each, checked);
}

function checkMachine(host: string, { disk, containers }: MachineImage, checked: WeakSet<object>): void {
  checkVolume(host, disk, checked);
  for (const { info, root } of containers.containers) checkVolume(`${host}: container ${info.id}`, root, checked);
}

function checkVolume(place: string, { root, hardLinked }: VolumeImage, checked: WeakSet<object>): void {
  const linked = new Set(hardLinked.map((each) => each.node.id));
  const nodes = new Set<NodeImage>([root, ...hardLinked.map((each) => each.node)]);
  for (const each of nodes) {
    // a set's loop reaches what is added meanwhile
    if (checked.has(each)) continue;
    checked.add(each);
    const parsed = v.safeParse(node, each);
    if (!parsed.success) throw new Error(`${place}: ${where(parsed.issues[0])}`);
    if (each.type === "hardlink" && !linked.has(each.id)) throw new Error(`${place}: a hard link leads nowhere`);
    if (each.type === "directory") for (const [, child] of each.entries) nodes.add(child);
  }
}

function where(issue: v.BaseIssue<unknown>): string {
  return `${v.getDotPath(issue) ?? "the whole"}: ${issue.message}`;
}
