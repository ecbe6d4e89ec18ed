import { text } from "../../base/bytes.ts";
import { jsonPathValues } from "../../base/jsonpath/evaluate.ts";
import { JsonPathError } from "../../base/jsonpath/nodes.ts";
import { parseJsonPath } from "../../base/jsonpath/parse.ts";
import { jsonPathText } from "../../base/jsonpath/print.ts";
import { RegexExhausted } from "../../base/regex/regex.ts";
import type {
  Condition,
  FileCondition,
  KeyCondition,
  ObjectCondition,
  RanCondition,
  RunCondition,
  ShownCondition,
  TextTest,
} from "../../lessons/check.ts";
import { type Deed, deedName } from "../../lessons/deeds.ts";
import { isFound } from "../../lessons/pattern.ts";
import type { Machine } from "../../machine/machine.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import type { KeyObserver } from "../key-observer.ts";
import type { Sandbox } from "../sandbox.ts";
import { runHidden } from "./hidden-command.ts";
import type { KeyHistory } from "./key-history.ts";
import type { EndedProgram, ProgramLog } from "./program-log.ts";
import type { ScreenLog } from "./screen-log.ts";

/** Whether something holds, or why it could not be looked at. */
export type Verdict = { readonly holds: boolean } | { readonly unknown: string };

/** What conditions are asked of. */
export interface Surroundings {
  readonly sandbox: Sandbox;
  readonly observer: KeyObserver;
  readonly programs: ProgramLog;
  readonly screen: ScreenLog;
  readonly keys: KeyHistory;
  /** The tick at which the step began. */
  readonly since: number;
  /** Names of deeds that were done in this step before the world was noted here, on a page that was closed. */
  readonly doneBefore: ReadonlySet<string>;
}

/** How long one look may take, in the world's time. */
const LOOK_MS = 8000;

/** Asks the world whether a condition holds. */
export function* evaluate(condition: Condition, around: Surroundings): Task<Verdict> {
  try {
    return yield* judge(condition, around);
  } catch (error) {
    if (!(error instanceof RegexExhausted)) throw error;
    return { unknown: "its pattern takes too long to try" };
  }
}

function* judge(condition: Condition, around: Surroundings): Task<Verdict> {
  switch (condition.kind) {
    case "key":
      return key(condition, around);
    case "object":
      return yield* object(condition, around);
    case "file":
      return file(condition, around);
    case "run":
      return yield* run(condition, around);
    case "ran":
    case "shown":
      return { holds: around.doneBefore.has(deedName(condition)) || isDone(condition, around) };
    case "not": {
      const verdict = yield* evaluate(condition.of, around);
      return "unknown" in verdict ? verdict : { holds: !verdict.holds };
    }
    default:
      return yield* several(condition.kind, condition.of, around);
  }
}

function isDone(deed: Deed, around: Surroundings): boolean {
  const { programs, screen, since } = around;
  if (deed.kind === "ran") return lastRun(deed, programs, since) !== undefined;
  const from = beginOf(deed, around);
  return from !== undefined && isFound(deed.matches, screen.since(Math.max(since, from)).join("\n"));
}

/** The tick after which lines count; undefined when the key is not as it must be. */
function beginOf({ since: wanted }: ShownCondition, { observer, keys, since }: Surroundings): number | undefined {
  if (wanted === undefined) return since;
  const holds = (found: { readonly value: Uint8Array } | undefined) =>
    passes(wanted.test, found === undefined ? undefined : text(found.value));
  if (!holds(observer.read(wanted.key))) return undefined;
  return keys.lastOf(wanted.key, ({ before, after }) => holds(after) && !holds(before))?.tick ?? since;
}

/** All or any; what is not known decides nothing that the others decide. */
function* several(kind: "all" | "any", of: readonly Condition[], around: Surroundings): Task<Verdict> {
  const decisive = kind === "any";
  let unknown: Verdict | undefined;
  for (const condition of of) {
    const verdict = yield* evaluate(condition, around);
    if ("unknown" in verdict) unknown ??= verdict;
    else if (verdict.holds === decisive) return verdict;
  }
  return unknown ?? { holds: !decisive };
}

/** The last program run that a condition describes. */
export function lastRun(condition: RanCondition, programs: ProgramLog, since: number): EndedProgram | undefined {
  return programs.since(since).findLast((program) => {
    const [name = "", ...args] = program.argv;
    return (
      name.replace(/^.*\//, "") === condition.program &&
      condition.args.every((word) => args.includes(word)) &&
      (condition.exit === undefined || program.exitCode === condition.exit) &&
      (condition.where === undefined || program.inContainer === (condition.where === "container"))
    );
  });
}

function key({ key, prefix, test }: KeyCondition, { observer }: Surroundings): Verdict {
  if (!observer.isReachable) return { unknown: "etcd does not answer" };
  if (!prefix) {
    const found = observer.read(key);
    return { holds: passes(test, found === undefined ? undefined : text(found.value)) };
  }
  let count = 0;
  for (const found of observer.all()) if (found.key.startsWith(key)) count++;
  return { holds: passes(test, count === 0 ? undefined : String(count)) };
}

function* object({ get, path, test }: ObjectCondition, { sandbox }: Surroundings): Task<Verdict> {
  const words = get.split(/\s+/).filter((word) => word !== "");
  const argv = ["kubectl", "get", ...words, "-o", "json", "--request-timeout=6s"];
  const result = yield* runHidden(firstMachine(sandbox), argv, LOOK_MS);
  if (result === undefined) return { unknown: "the API server does not answer" };
  if (result.exitCode !== 0) {
    if (/\(NotFound\)/.test(result.stderr)) return { holds: passes(test, undefined) };
    return { unknown: result.stderr.trim().split("\n").at(-1) ?? "kubectl failed" };
  }
  return { holds: passes(test, path === undefined ? result.stdout : valueAt(path, result.stdout)) };
}

/** The text of a path's first result; undefined when there is none. */
function valueAt(path: string, json: string): string | undefined {
  try {
    const [first] = jsonPathValues(parseJsonPath(path), JSON.parse(json), { allowMissing: true });
    return first === undefined || first === null ? undefined : jsonPathText(first);
  } catch (error) {
    if (error instanceof JsonPathError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function file({ path, host, test }: FileCondition, { sandbox }: Surroundings): Verdict {
  const machine = machineOf(sandbox, host);
  if (machine === undefined) return { unknown: `there is no host ${host}` };
  try {
    return { holds: passes(test, machine.fs.exists(path) ? machine.fs.readText(path) : undefined) };
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return { holds: passes(test, undefined) };
  }
}

function* run({ command, host, exit, prints }: RunCondition, { sandbox }: Surroundings): Task<Verdict> {
  const machine = machineOf(sandbox, host);
  if (machine === undefined) return { unknown: `there is no host ${host}` };
  const result = yield* runHidden(machine, ["/bin/bash", "-c", command], LOOK_MS);
  if (result === undefined) return { unknown: "the command that looks did not end in time" };
  if (result.exitCode !== exit) return { holds: false };
  return { holds: prints === undefined || isFound(prints, result.stdout) };
}

function passes(test: TextTest, found: string | undefined): boolean {
  if (test.absent === true) return found === undefined;
  if (found === undefined) return false;
  return (
    (test.equals === undefined || found === test.equals) &&
    (test.contains === undefined || found.includes(test.contains)) &&
    (test.matches === undefined || isFound(test.matches, found)) &&
    (test.atLeast === undefined || Number(found) >= test.atLeast)
  );
}

function firstMachine(sandbox: Sandbox): Machine {
  const [first] = sandbox.machines.values();
  if (first === undefined) throw new Error("a world needs a host");
  return first;
}

function machineOf(sandbox: Sandbox, host: string | undefined): Machine | undefined {
  return host === undefined ? firstMachine(sandbox) : sandbox.machines.get(host);
}
