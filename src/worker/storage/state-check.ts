import * as v from "valibot";
import { checkImage } from "../../sandbox/image-check.ts";
import { BrokenState } from "./chunk.ts";
import { type KeptState, slotOf, withoutShelf } from "./kept-state.ts";

const entry = v.looseObject({ id: v.number(), kind: v.string(), name: v.string(), at: v.number() });
const key = v.looseObject({ key: v.string(), size: v.number(), value: v.instance(Uint8Array) });
const notes = v.object({
  tick: v.number(),
  programs: v.array(
    v.object({
      tick: v.number(),
      argv: v.array(v.string()),
      exitCode: v.number(),
      host: v.string(),
      inContainer: v.boolean(),
      startedAt: v.number(),
      endedAt: v.number(),
    }),
  ),
  keys: v.array(
    v.object({
      key: v.string(),
      before: v.optional(key),
      after: v.optional(key),
      tick: v.number(),
      at: v.number(),
    }),
  ),
  exits: v.array(v.object({ at: v.number(), pod: v.string() })),
  held: v.array(v.tuple([v.string(), v.number()])),
});

const state = v.object({
  image: v.looseObject({}),
  history: v.object({
    start: v.optional(entry),
    checkpoints: v.array(entry),
    steps: v.object({ steps: v.array(entry), done: v.number(), top: v.optional(v.looseObject({})) }),
    nextId: v.number(),
  }),
  terminals: v.array(
    v.object({
      id: v.number(),
      columns: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
      shown: v.array(v.instance(Uint8Array)),
    }),
  ),
  active: v.number(),
  lesson: v.optional(notes),
});

/** Looks whether what was read is a state, of the given slot if one is given. Throws BrokenState. */
export function checkState(value: unknown, slot: string | undefined): KeptState {
  if (!v.is(state, value)) throw new BrokenState("it does not hold a sandbox");
  const { image, history } = value;
  const checked = new WeakSet<object>();
  try {
    checkImage(image, checked);
    for (const each of imagesOf(history)) checkImage(each, checked);
  } catch (error) {
    throw new BrokenState(`it does not hold a sandbox that can be gone on with (${String(error)})`);
  }
  if (slot !== undefined && slotOf(image.options) !== withoutShelf(slot))
    throw new BrokenState("it belongs to another sandbox");
  return value as unknown as KeptState;
}

function imagesOf({ start, checkpoints, steps }: v.InferOutput<typeof state>["history"]): unknown[] {
  const kept = [...(start === undefined ? [] : [start]), ...checkpoints].map(({ image }) => image);
  return [...kept, ...steps.steps.map(({ before }) => before), ...(steps.top === undefined ? [] : [steps.top])];
}
