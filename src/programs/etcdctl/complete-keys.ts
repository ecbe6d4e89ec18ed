import { textOfByteString } from "../../base/bytes.ts";
import { COMPLETION, type Completion } from "../../base/cli/completion.ts";
import { CommandFailure, QuietExit } from "../../base/cli/exit.ts";
import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import type { KeyValue } from "../../etcd/rpc/messages.ts";
import type { Task } from "../../sim/task.ts";
import { ClientError } from "./client.ts";
import { connect } from "./connect.ts";
import { argumentBytes, type EtcdctlContext } from "./context.ts";
import { prefixRange } from "./key-range.ts";

const TIMEOUT_MS = 1000;
const KEYS_MAX = 2000;
const NOTHING: Completion = { offers: [], directive: COMPLETION.noFiles };

/** Offers keys of the live cluster that begin with `word`, up to their next `/`. */
export function* completeKeys(context: EtcdctlContext, parsed: ParsedFlags, word: string): Task<Completion> {
  if (parsed.args.length > 1) return NOTHING;
  try {
    const { client } = yield* connect(context, parsed);
    const request = { ...prefixRange(argumentBytes(word)), keysOnly: true, limit: KEYS_MAX, serializable: true };
    const deadline = context.process.clock.now + TIMEOUT_MS;
    const { kvs } = yield* client.call("etcdserverpb.KV/Range", request, deadline);
    const offers = nextSegments(kvs, word);
    return { offers, directive: COMPLETION.noFiles | (offers.some(isOpen) ? COMPLETION.noSpace : 0) };
  } catch (error) {
    if (error instanceof ClientError || error instanceof CommandFailure || error instanceof QuietExit) return NOTHING;
    throw error;
  }
}

function isOpen(offer: string): boolean {
  return offer.endsWith("/");
}

function nextSegments(kvs: readonly KeyValue[], word: string): string[] {
  const offers = new Set<string>();
  for (const kv of kvs) {
    const key = textOfByteString(kv.key);
    const slash = key.indexOf("/", word.length + (word === "" ? 1 : 0));
    offers.add(slash < 0 ? key : key.slice(0, slash + 1));
  }
  return [...offers];
}
