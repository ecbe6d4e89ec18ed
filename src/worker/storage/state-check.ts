import * as v from "valibot";
import { checkImage } from "../../sandbox/image-check.ts";
import { BrokenState } from "./chunk.ts";
import { type KeptState, slotOf } from "./kept-state.ts";

const state = v.object({
  image: v.looseObject({}),
  terminals: v.array(
    v.object({
      host: v.string(),
      columns: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
      shown: v.array(v.instance(Uint8Array)),
    }),
  ),
  active: v.number(),
});

/** Looks whether what was read is a state, of the given slot if one is given. Throws BrokenState. */
export function checkState(value: unknown, slot: string | undefined): KeptState {
  if (!v.is(state, value)) throw new BrokenState("it does not hold a sandbox");
  const { image } = value;
  try {
    checkImage(image);
  } catch (error) {
    throw new BrokenState(`it does not hold a sandbox that can be gone on with (${String(error)})`);
  }
  if (slot !== undefined && slotOf(image.options) !== slot) throw new BrokenState("it belongs to another sandbox");
  return { ...value, image };
}
