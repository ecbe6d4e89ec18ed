import { noArgs } from "../../base/cli/args-rule.ts";
import type { FlagSpec } from "../../base/cli/flag.ts";
import type { ParsedFlags } from "../../base/cli/flag-set.ts";
import type { Task } from "../../sim/task.ts";
import { commandGroup } from "./command-group.ts";
import { type KubeadmCommand, type KubeadmContext, KubeadmError } from "./context.ts";

/** A step of a workflow (cmd/phases/workflow Phase). `Run` is what the steps of one run share. */
export interface Phase<Run> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly short: string;
  readonly long?: string;
  readonly flags?: readonly FlagSpec[];
  readonly phases?: readonly Phase<Run>[];
  /** Without it there is nothing to do but what `phases` do. */
  readonly run?: (run: Run) => Task<void>;
}

/** The phases that a command runs in their order, and that `COMMAND phase NAME` runs one at a time. */
export interface Workflow<Run> {
  /** The command's name: `init`. */
  readonly name: string;
  readonly phases: readonly Phase<Run>[];
  /** Gathers what the phases share. Throws `KubeadmError`. */
  readonly begin: (context: KubeadmContext, parsed: ParsedFlags) => Task<Run>;
  /** What `all` beside the phases of a group says of itself, by the group's name. */
  readonly all?: Readonly<Record<string, string>>;
}

export const SKIP_PHASES: FlagSpec = {
  name: "skip-phases",
  type: "stringSlice",
  usage: "List of phases to be skipped",
};

/**
 * Runs the phases but those to be skipped, which are named by their paths (`addon/coredns`) and skip what is below
 * them too (workflow.Runner computePhaseRunFlags). Throws `KubeadmError`.
 */
export function* runPhases<Run>(phases: readonly Phase<Run>[], run: Run, skipped: readonly string[]): Task<void> {
  const known = phases.flatMap((phase) => pathsOf(phase, phase.name));
  const unknown = skipped.find((path) => !known.includes(path));
  if (unknown !== undefined) throw new KubeadmError(`invalid phase name: ${unknown}`);
  for (const phase of phases) yield* runPhase(phase, phase.name, run, skipped);
}

function pathsOf<Run>({ phases = [] }: Phase<Run>, path: string): string[] {
  return [path, ...phases.flatMap((child) => pathsOf(child, `${path}/${child.name}`))];
}

/** Runs a phase and all below it; what fails is told with the phase's path. */
function* runPhase<Run>(phase: Phase<Run>, path: string, run: Run, skipped: readonly string[]): Task<void> {
  if (skipped.includes(path)) return;
  try {
    if (phase.run !== undefined) yield* phase.run(run);
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error;
    throw new KubeadmError(`error execution phase ${path}: ${error.message}`, error.code);
  }
  for (const child of phase.phases ?? []) yield* runPhase(child, `${path}/${child.name}`, run, skipped);
}

/** The lines about the phases in the command's help. */
export function phaseList<Run>(phases: readonly Phase<Run>[], width: number): string {
  const lines = phases.flatMap(({ name, short, phases: children = [] }) => [
    `${name.padEnd(width)} ${short}`,
    ...children.map((child) => `  /${child.name.padEnd(width - 3)} ${child.short}`),
  ]);
  return `\`\`\`\n${lines.join("\n")}\n\`\`\``;
}

/** `COMMAND phase`, with a command for each phase. */
export function phaseCommands<Run>(workflow: Workflow<Run>): KubeadmCommand {
  const text = `Use this command to invoke single phase of the "${workflow.name}" workflow`;
  return commandGroup({
    name: "phase",
    short: text,
    long: text,
    commands: workflow.phases.map((phase) => phaseCommand(workflow, phase, phase.name)),
  });
}

/** The command of one phase; one with phases below gets `all` beside them. */
function phaseCommand<Run>(workflow: Workflow<Run>, phase: Phase<Run>, path: string): KubeadmCommand {
  const { name, aliases = [], short, long = short, flags = [], phases } = phase;
  const runAll = {
    flags,
    args: noArgs,
    *run(context: KubeadmContext, parsed: ParsedFlags): Task<number> {
      yield* runPhase(phase, path, yield* workflow.begin(context, parsed), []);
      return 0;
    },
  };
  if (phases === undefined) return { name, aliases, short, long, ...runAll };
  const children = phases.map((child) => phaseCommand(workflow, child, `${path}/${child.name}`));
  const all: KubeadmCommand = { name: "all", short: workflow.all?.[name] ?? `Run all phases of ${name}`, ...runAll };
  return commandGroup({ name, short, commands: phases.length > 1 ? [all, ...children] : children });
}

/** Each flag once, as cobra keeps them. */
export function distinct(flags: readonly FlagSpec[]): FlagSpec[] {
  return [...new Map(flags.map((flag) => [flag.name, flag])).values()];
}
