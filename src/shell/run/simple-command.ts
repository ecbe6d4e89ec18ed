import type { Command } from "unbash";
import { BrokenPipe } from "../../machine/file-descriptor.ts";
import type { Task } from "../../sim/task.ts";
import { FsError } from "../../vfs/file-system.ts";
import { shellQuote } from "../expand/quote.ts";
import { expandText, expandWords } from "../expand/word.ts";
import { ExpansionError } from "../state/control.ts";
import { BUILTIN_MS, type Builtin, type Shell } from "../state/shell.ts";
import { VariableError } from "../state/variables.ts";
import { assign } from "./assignment.ts";
import { type Found, findCommand } from "./command-lookup.ts";
import { callFunction } from "./function-call.ts";
import { closeProcessSubstitutions } from "./process-substitution.ts";
import { runProgram } from "./program.ts";
import { keep, RedirectError, redirect, restore, type Saved } from "./redirect.ts";
import { checkSignals, runNamedTrap } from "./trap.ts";

/** Runs a simple command: assignments, words, redirections; then a function, a builtin or a program. */
export function* runSimple(shell: Shell, node: Command): Task<number> {
  shell.position = node.pos;
  shell.charge(BUILTIN_MS);
  yield* shell.pay();
  if (shell.pendingSignals.length > 0) yield* checkSignals(shell);
  if (shell.traps.has("DEBUG")) yield* runNamedTrap(shell, "DEBUG");
  const open = shell.substitutions.length;
  try {
    shell.substitutionStatus = undefined;
    const argv = yield* expandCommand(shell, node);
    return argv.length === 0 ? yield* runAssignments(shell, node) : yield* runArgv(shell, node, argv);
  } catch (error) {
    if (error instanceof ExpansionError) return yield* shell.failExpansion(error);
    if (!(error instanceof RedirectError)) throw error;
    shell.position = node.pos;
    yield* shell.complain(error.message);
    return 1;
  } finally {
    if (shell.substitutions.length > open) closeProcessSubstitutions(shell, open);
  }
}

function* expandCommand(shell: Shell, node: Command): Task<string[]> {
  if (node.name === undefined) return [];
  const argv: string[] = yield* expandWords(shell, [node.name]);
  for (const arg of node.args) {
    if (arg.type === "Word") {
      if (arg.parts === undefined && !/^~|\{/.test(arg.text)) argv.push(arg.value);
      else for (const word of yield* expandWords(shell, [arg])) argv.push(word); // too many to be arguments of push
    } else if (arg.value.type === "ArrayValue") {
      shell.arrayArguments.set(arg.text, arg);
      argv.push(arg.text);
    } else {
      const head = arg.text.slice(0, arg.value.pos - arg.pos);
      argv.push(head + (yield* expandText(shell, arg.value, true)));
    }
  }
  return argv;
}

/** A command of assignments (and redirections) only. */
function* runAssignments(shell: Shell, node: Command): Task<number> {
  const saved = yield* redirect(shell, node.redirects, shell.process.fds);
  restore(shell.process.fds, saved);
  for (const prefix of node.prefix) {
    if (prefix.type !== "Assignment") continue;
    yield* assign(shell, prefix);
    if (shell.options.has("xtrace"))
      yield* traceLine(shell, [prefix.text.includes("$") ? shown(shell, prefix) : prefix.text]);
  }
  return shell.substitutionStatus ?? 0;
}

function shown(shell: Shell, assignment: { readonly name: string }): string {
  return `${assignment.name}=${shellQuote(shell.variables.get(assignment.name) ?? "")}`;
}

function* traceLine(shell: Shell, parts: readonly string[]): Task<void> {
  const prompt = shell.variables.get("PS4") ?? "+ ";
  const depth = prompt.charAt(0).repeat(Math.max(1, shell.subshellDepth + 1));
  yield* shell.writeError(`${depth}${prompt.slice(1)}${parts.join(" ")}\n`);
}

function* runArgv(shell: Shell, node: Command, argv: readonly string[]): Task<number> {
  const temporary = node.prefix.some((prefix) => prefix.type === "Assignment");
  if (!temporary) return yield* runFound(shell, node, argv);
  shell.variables.pushLayer();
  try {
    for (const prefix of node.prefix) {
      if (prefix.type !== "Assignment" || prefix.value.type !== "Word") continue;
      const text = yield* expandText(shell, prefix.value, true);
      if (shell.variables.find(prefix.name)?.readonly === true)
        yield* shell.complain(`${prefix.name}: readonly variable`);
      else shell.variables.setTemporary(prefix.name, text, prefix.append === true);
    }
    return yield* runFound(shell, node, argv);
  } finally {
    shell.variables.popLayer();
  }
}

function* runFound(shell: Shell, node: Command, argv: readonly string[]): Task<number> {
  if (shell.options.has("xtrace")) yield* traceLine(shell, argv.map(shellQuote));
  const name = argv[0] ?? "";
  shell.lastArgument = argv[argv.length - 1] ?? "";
  const found = findCommand(shell, name);
  if (found.kind === "program" || found.kind === "nothing") return yield* runProgram(shell, node, argv, found);
  const saved = yield* redirect(shell, node.redirects, shell.process.fds);
  let lasting = false;
  try {
    lasting = name === "exec" && argv.length === 1;
    return yield* runInside(shell, found, argv);
  } finally {
    finishRedirects(shell, saved, lasting);
  }
}

function finishRedirects(shell: Shell, saved: readonly Saved[], lasting: boolean): void {
  if (lasting) keep(saved);
  else restore(shell.process.fds, saved);
}

function* runInside(shell: Shell, found: Found, argv: readonly string[]): Task<number> {
  if (found.kind === "function") return yield* callFunction(shell, found.definition, argv);
  return found.kind === "builtin" ? yield* runBuiltin(shell, found.run, argv) : 127;
}

/** Runs a builtin; what it cannot write or assign becomes its failure. */
export function* runBuiltin(shell: Shell, builtin: Builtin, argv: readonly string[]): Task<number> {
  const name = argv[0] ?? "";
  try {
    return yield* builtin(shell, argv.slice(1));
  } catch (error) {
    if (error instanceof VariableError) yield* shell.complain(error.message);
    else if (error instanceof FsError && (error.code === "EBADF" || error.code === "ENOSPC")) {
      yield* shell.complain(`${name}: write error: ${error.message}`);
    } else if (error instanceof BrokenPipe && shell.interactive) {
      yield* shell.complain(`${name}: write error: Broken pipe`);
    } else if (error instanceof FsError) yield* shell.complain(`${name}: ${error.message}`);
    else throw error;
    return 1;
  } finally {
    if (shell.arrayArguments.size > 0) shell.arrayArguments.clear();
  }
}
