import { QuietExit } from "../../base/cli/exit.ts";
import type { FlagSpec } from "../../base/cli/flag.ts";
import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import { formatGoDuration } from "../../base/cli/go-duration.ts";
import type { Task } from "../../sim/task.ts";
import { shadowedFlagStack } from "./call-stack.ts";
import { type EtcdctlContext, printError } from "./context.ts";
import { logLine } from "./log.ts";
import { is35 } from "./profile.ts";

const PREFIX = "ETCDCTL";
const SHADOWED =
  "conflicting environment variable is shadowed by corresponding command-line flag (either unset environment variable or disable flag))";

/** `ETCDCTL_DIAL_TIMEOUT` for `dial-timeout`. */
function environmentName(flag: string): string {
  return `${PREFIX}_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/**
 * Gives inherited flags that the command line left out the values of their ETCDCTL_ variables; complains about
 * variables that no flag knows, and ends the program when a flag is set twice (pkg/flags SetPflagsFromEnv).
 * `silent` are names that are no flags but are known all the same.
 */
export function* readEnvironment(
  context: EtcdctlContext,
  parsed: ParsedFlags,
  inherited: readonly FlagSpec[],
  silent: readonly string[],
): Task<void> {
  const { env } = context.process;
  const given = new Set<string>();
  const used = new Set<string>(silent.map(environmentName).filter((name) => env.get(name)));
  for (const flag of byName(inherited)) {
    const name = environmentName(flag.name);
    const value = env.get(name) ?? "";
    if (parsed.changed(flag.name)) given.add(name);
    else if (value !== "") {
      used.add(name);
      parsed.set(flag, value); // a value that does not fit is left out without a word
    }
  }
  for (const [name, value] of env) {
    if (used.has(name)) continue;
    if (given.has(name)) yield* refuseShadowed(context, parsed, name);
    if (name.startsWith(`${PREFIX}_`)) yield* warn(context, `${name}=${value}`);
  }
}

function* refuseShadowed(context: EtcdctlContext, parsed: ParsedFlags, name: string): Task<never> {
  const caller = is35(context.profile) ? "flags/flag.go:85" : "flags/flag.go:86";
  const stack = is35(context.profile)
    ? `go.etcd.io/etcd/pkg/v3/flags.verifyEnv\n\tgo.etcd.io/etcd/pkg/v3/${caller}`
    : shadowedFlagStack(parsed.path.slice(1));
  const fields = [
    ["environment-variable", name],
    ["stacktrace", stack],
  ] as const;
  yield* printError(context, logLine(context.process.clock.now, "fatal", caller, SHADOWED, fields));
  throw new QuietExit(1);
}

function warn(context: EtcdctlContext, variable: string): Task<void> {
  const fields = [["environment-variable", variable]] as const;
  const caller = is35(context.profile) ? "flags/flag.go:93" : "flags/flag.go:94";
  const message = "unrecognized environment variable";
  return printError(context, logLine(context.process.clock.now, "warn", caller, message, fields));
}

/** What `--debug` writes: every inherited flag as its variable, in name order. */
export function environmentDump(parsed: ParsedFlags, inherited: readonly FlagSpec[]): string {
  return byName(inherited)
    .map((flag) => `${environmentName(flag.name)}=${flagText(flag, parsed)}\n`)
    .join("");
}

function flagText(flag: FlagSpec, parsed: ParsedFlags): string {
  const value = parsed.value(flag.name);
  if (Array.isArray(value)) return `[${value.join(",")}]`;
  return flag.type === "duration" ? formatGoDuration(Number(value)) : String(value);
}

function byName(flags: readonly FlagSpec[]): FlagSpec[] {
  return [...flags].sort((a, b) => (a.name < b.name ? -1 : 1));
}
