import { CommandFailure, EXIT } from "../../../base/cli/exit.ts";
import type { FlagSpec } from "../../../base/cli/flag.ts";
import type { ParsedFlags } from "../../../base/cli/flag-set.ts";
import type { RangeRequest, SortOrder, SortTarget } from "../../../etcd/rpc/messages.ts";
import type { Task } from "../../../sim/task.ts";
import { completeKeys } from "../complete-live.ts";
import { commandDeadline, connect } from "../connect.ts";
import { argumentBytes, type EtcdctlCommand, type EtcdctlContext, printBytes } from "../context.ts";
import { fromKeyRange, prefixRange } from "../key-range.ts";
import { type EtcdctlProfile, is35 } from "../profile.ts";

/** `etcdctl get` */
export function getCommand(profile: EtcdctlProfile): EtcdctlCommand {
  return {
    name: "get",
    use: "[options] <key> [range_end]",
    short: "Gets the key or a range of keys",
    flags: getFlags(profile),
    run: runGet,
    complete: completeKeys,
  };
}

/** The flags of get, which txn's requests take as well. */
export function getFlags(profile: EtcdctlProfile): readonly FlagSpec[] {
  const flags: FlagSpec[] = [
    {
      name: "consistency",
      type: "string",
      default: "l",
      usage: "Linearizable(l) or Serializable(s)",
      values: ["l\tlinearizable", "s\tserializable"],
    },
    { name: "order", type: "string", usage: "order of results; ASCEND or DESCEND (ASCEND by default)", values: ORDERS },
    {
      name: "sort-by",
      type: "string",
      usage: "what to sort by; CREATE, KEY, MODIFY, VALUE, or VERSION",
      values: Object.keys(TARGETS),
    },
    { name: "limit", type: "int64", usage: "largest number of results" },
    { name: "prefix", type: "bool", usage: "get all keys that begin with the key" },
    { name: "from-key", type: "bool", usage: "get all keys from the key on, in byte order" },
    { name: "rev", type: "int64", usage: "read at this revision" },
    { name: "keys-only", type: "bool", usage: "get only the keys" },
    { name: "count-only", type: "bool", usage: "get only the count" },
    { name: "print-value-only", type: "bool", usage: "print only values with the simple output format" },
  ];
  if (!is35(profile)) {
    for (const [name, what] of REVISION_BOUNDS) flags.push({ name, type: "int64", usage: what });
  }
  return flags;
}

const ORDERS = ["ASCEND", "DESCEND"];
const TARGETS: Readonly<Record<string, SortTarget>> = {
  CREATE: "CREATE",
  KEY: "KEY",
  MODIFY: "MOD",
  VALUE: "VALUE",
  VERSION: "VERSION",
};
const REVISION_BOUNDS = [
  ["min-create-rev", "smallest create revision"],
  ["max-create-rev", "largest create revision"],
  ["min-mod-rev", "smallest modification revision"],
  ["max-mod-rev", "largest modification revision"],
] as const;

function* runGet(context: EtcdctlContext, parsed: ParsedFlags): Task<number> {
  const request = rangeRequest(parsed);
  const { client, display } = yield* connect(context, parsed);
  const response = yield* client.call("etcdserverpb.KV/Range", request, commandDeadline(context, parsed));
  if (parsed.bool("count-only") && display.format !== "fields") {
    throw new CommandFailure(EXIT.badArgs, "--count-only is only for `--write-out=fields`");
  }
  if (parsed.bool("print-value-only")) {
    if (display.format !== "simple") {
      throw new CommandFailure(EXIT.badArgs, "print-value-only is only for `--write-out=simple`");
    }
    display.showValuesOnly();
  }
  yield* printBytes(context, display.of("get")(response));
  return EXIT.ok;
}

const ONE_OF_RANGES = "`--prefix` and `--from-key` cannot be set at the same time, choose one";
const ONE_ARGUMENT = "too many arguments, only accept one argument when `--prefix` or `--from-key` is set";

/** The key or range that `key [range_end] --prefix --from-key` mean, for get and del. */
export function keyRange(
  parsed: ParsedFlags,
  args: readonly string[] = parsed.args,
): { readonly key: string; readonly rangeEnd?: string } {
  const prefix = parsed.bool("prefix");
  const fromKey = parsed.bool("from-key");
  const key = argumentBytes(args[0] ?? "");
  if (prefix && fromKey) throw new CommandFailure(EXIT.badArgs, ONE_OF_RANGES);
  if (args.length > 1 && (prefix || fromKey)) throw new CommandFailure(EXIT.badArgs, ONE_ARGUMENT);
  if (prefix) return prefixRange(key);
  if (fromKey) return fromKeyRange(key);
  return args.length > 1 ? { key, rangeEnd: argumentBytes(args[1] ?? "") } : { key };
}

/** The request that a get's arguments and flags describe. */
export function rangeRequest(parsed: ParsedFlags): RangeRequest {
  if (parsed.args.length === 0) {
    const what = "get command needs one argument as key and an optional argument as range_end";
    throw new CommandFailure(EXIT.badArgs, what);
  }
  if (parsed.bool("prefix") && parsed.bool("from-key")) throw new CommandFailure(EXIT.badArgs, ONE_OF_RANGES);
  if (parsed.bool("keys-only") && parsed.bool("count-only")) {
    const what = "`--keys-only` and `--count-only` cannot be set at the same time, choose one";
    throw new CommandFailure(EXIT.badArgs, what);
  }
  const serializable = readConsistency(parsed.string("consistency"));
  const revision = parsed.number("rev");
  return {
    ...keyRange(parsed),
    limit: parsed.number("limit"),
    serializable,
    keysOnly: parsed.bool("keys-only"),
    countOnly: parsed.bool("count-only"),
    ...(revision > 0 ? { revision } : {}),
    ...sorting(parsed),
    ...revisionBounds(parsed),
  };
}

/** Whether reads may be served by one member alone. */
function readConsistency(value: string): boolean {
  if (value === "l") return false;
  if (value === "s") return true;
  throw new CommandFailure(EXIT.badFeature, `unknown consistency flag "${value}"`);
}

function sorting(parsed: ParsedFlags): { readonly sortOrder: SortOrder; readonly sortTarget: SortTarget } {
  const order = parsed.string("order");
  const sortOrder = order === "" ? "NONE" : order.toUpperCase();
  if (sortOrder !== "NONE" && sortOrder !== "ASCEND" && sortOrder !== "DESCEND") {
    throw new CommandFailure(EXIT.badFeature, `bad sort order ${order}`);
  }
  const target = parsed.string("sort-by");
  const name = target.toUpperCase();
  const sortTarget = target === "" ? "KEY" : Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined;
  if (sortTarget === undefined) throw new CommandFailure(EXIT.badFeature, `bad sort target ${target}`);
  return { sortOrder: sortTarget === "KEY" && sortOrder === "ASCEND" ? "NONE" : sortOrder, sortTarget };
}

function revisionBounds(parsed: ParsedFlags): Partial<RangeRequest> {
  if (parsed.flags.get("min-mod-rev") === undefined) return {};
  const minCreateRevision = parsed.number("min-create-rev");
  const maxCreateRevision = parsed.number("max-create-rev");
  const minModRevision = parsed.number("min-mod-rev");
  const maxModRevision = parsed.number("max-mod-rev");
  const check = (name: string, least: number, most: number) => {
    if (most > 0 && least > most) {
      throw new CommandFailure(EXIT.badFeature, `getMin${name}Rev(=${least}) > getMax${name}Rev(=${most})`);
    }
  };
  check("Create", minCreateRevision, maxCreateRevision);
  check("Mod", minModRevision, maxModRevision);
  return {
    ...(minCreateRevision > 0 ? { minCreateRevision } : {}),
    ...(maxCreateRevision > 0 ? { maxCreateRevision } : {}),
    ...(minModRevision > 0 ? { minModRevision } : {}),
    ...(maxModRevision > 0 ? { maxModRevision } : {}),
  };
}
