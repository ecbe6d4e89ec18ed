import * as v from "valibot";
import type { Connect, MethodName } from "../../embed/contract.ts";

/** Longer commands and names are no commands and names. */
const TEXT_MAX = 65_536;
const NAME_MAX = 200;
/** A state file; the sandbox itself checks what is in it. */
const STATE_BYTES_MAX = 64 * 1024 * 1024;

const command = v.pipe(v.string(), v.maxLength(TEXT_MAX));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(NAME_MAX));
const place = v.optional(name);
const step = v.union([name, v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))]);
const state = v.pipe(
  v.instance(Uint8Array),
  v.check(({ length }) => length <= STATE_BYTES_MAX, "the state is too large"),
);

/** What each method takes. Nothing else gets through, and nothing of it is ever markup or code of the page. */
const ARGUMENTS = {
  run: v.strictTuple([command]),
  type: v.strictTuple([command]),
  interrupt: v.strictTuple([]),
  goto: v.strictTuple([step]),
  check: v.strictTuple([]),
  reset: v.strictTuple([]),
  undo: v.strictTuple([]),
  redo: v.strictTuple([]),
  checkpoint: v.strictTuple([name]),
  restore: v.strictTuple([name]),
  diff: v.strictTuple([place, place]),
  getState: v.strictTuple([]),
  setState: v.strictTuple([state]),
  focus: v.strictTuple([]),
  set: v.strictTuple([name, v.nullable(command)]),
} as const satisfies Record<MethodName, v.GenericSchema>;

type Arguments = { [M in MethodName]: v.InferOutput<(typeof ARGUMENTS)[M]> };

/** A request that may be obeyed: each method with its own arguments. */
export type ValidRequest = { [M in MethodName]: { id: number; method: M; args: Arguments[M] } }[MethodName];

const ENVELOPE = v.strictObject({
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  method: v.picklist(Object.keys(ARGUMENTS) as MethodName[]),
  args: v.array(v.unknown()),
});
const CONNECT = v.strictObject({ etcdSandbox: v.literal(1), connect: v.literal(true) });

/** The request, or why it is none. */
export function readRequest(message: unknown): ValidRequest | { readonly id: number; readonly error: string } {
  const envelope = v.safeParse(ENVELOPE, message);
  if (!envelope.success) return { id: idOf(message), error: `no request: ${reason(envelope.issues)}` };
  const { id, method, args } = envelope.output;
  const checked = v.safeParse(ARGUMENTS[method] as v.GenericSchema<unknown[]>, args);
  if (!checked.success) return { id, error: `${method}: ${reason(checked.issues)}` };
  return { id, method, args: checked.output } as ValidRequest;
}

/** Whether a message of a window asks for the connection. */
export function isConnect(message: unknown): message is Connect {
  return v.is(CONNECT, message);
}

function reason(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues
    .map(({ message }) => message)
    .join("; ")
    .slice(0, 300);
}

/** So that the asker hears of it, if it has a number at all. */
function idOf(message: unknown): number {
  const id = typeof message === "object" && message !== null && "id" in message ? message.id : 0;
  return typeof id === "number" ? id : 0;
}
