import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { FlagSpec } from "../../../base/cli/flag.ts";
import { FlagSet, ParsedFlags, parseFlags } from "../../../base/cli/flag-set.ts";
import type { WatchCreateRequest } from "../../../etcd/rpc/messages.ts";
import { argumentBytes } from "../context.ts";
import { prefixRange } from "../key-range.ts";

/** The flags of watch, which the lines of `watch -i` take as well. */
export const WATCH_FLAGS: readonly FlagSpec[] = [
  { name: "interactive", shorthand: "i", type: "bool", usage: "read watch requests from standard input" },
  { name: "prefix", type: "bool", usage: "watch all keys that begin with the key" },
  { name: "rev", type: "int64", usage: "revision to start watching at" },
  { name: "prev-kv", type: "bool", usage: "show the key and value as they were before each event" },
  { name: "progress-notify", type: "bool", usage: "get news of progress from the server now and then" },
];

/** ETCDCTL_WATCH_KEY and ETCDCTL_WATCH_RANGE_END; empty when not set. */
export interface WatchEnvironment {
  readonly key: string;
  readonly rangeEnd: string;
}

/** What to watch, and the command to run for each event (none when empty). */
export interface WatchArguments {
  readonly words: readonly string[];
  readonly command: readonly string[];
}

/** Splits `key [end] -- command` into its parts; a key may come from the environment. Fails with exit code 128. */
export function watchArguments(parsed: ParsedFlags, env: WatchEnvironment): WatchArguments {
  const fault = (what: string) => new CommandFailure(EXIT.badArgs, `bad number of arguments${what}`);
  const dash = parsed.argsLengthAtDash;
  const words = dash < 0 ? parsed.args : parsed.args.slice(0, dash);
  const command = dash < 0 ? [] : parsed.args.slice(dash);
  if (dash >= 0 && command.length === 0) throw fault(" (found separator --, but no commands)");
  if (env.key !== "" && words.length > 0) throw fault(" (found conflicting environment key)");
  if (env.key !== "") return { words: env.rangeEnd === "" ? [env.key] : [env.key, env.rangeEnd], command };
  if (words.length === 0) throw fault("");
  return { words, command };
}

/** The request that a watch's arguments and flags describe. Fails with exit code 128. */
export function watchRequest(parsed: ParsedFlags, words: readonly string[]): WatchCreateRequest {
  const prefix = parsed.bool("prefix");
  if (words.length === 2 && prefix) {
    throw new CommandFailure(EXIT.badArgs, "`range_end` and `--prefix` are mutually exclusive");
  }
  const key = argumentBytes(words[0] ?? "");
  const range = prefix
    ? prefixRange(key)
    : words.length === 2
      ? { key, rangeEnd: argumentBytes(words[1] ?? "") }
      : { key };
  const startRevision = parsed.number("rev");
  return {
    ...range,
    ...(startRevision === 0 ? {} : { startRevision }),
    prevKv: parsed.bool("prev-kv"),
    progressNotify: parsed.bool("progress-notify"),
  };
}

/** Reads the words of a line of `watch -i`, after `watch`. Fails with exit code 128. */
export function parseWatchLine(words: readonly string[]): ParsedFlags {
  const parsed = new ParsedFlags(new FlagSet(WATCH_FLAGS));
  const fault = parseFlags(parsed, words);
  if (fault !== undefined) throw new CommandFailure(EXIT.badArgs, fault);
  return parsed;
}
