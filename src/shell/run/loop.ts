import type { ArithmeticFor, For, Select, While, Word } from "unbash";
import type { Task } from "../../sim/task.ts";
import { evaluateSource } from "../expand/arithmetic-word.ts";
import { expandWords } from "../expand/word.ts";
import { BreakLoop, ContinueLoop, ExpansionError } from "../state/control.ts";
import { BUILTIN_MS, type Shell } from "../state/shell.ts";
import { isName, VariableError } from "../state/variables.ts";
import { runConditionList, runStatements } from "./list.ts";
import { type Choice, selectChoice } from "./select-menu.ts";
import { checkSignals } from "./trap.ts";

/** What a loop's body led to. */
type Turn = { readonly status: number; readonly leave: boolean };

export function* runWhile(shell: Shell, node: While): Task<number> {
  let status = 0;
  return yield* loop(shell, function* () {
    for (;;) {
      const turn = yield* oneTurn(shell, function* () {
        const condition = yield* runConditionList(shell, node.clause.commands);
        if ((condition === 0) !== (node.kind === "while")) return undefined;
        return yield* runStatements(shell, node.body.commands);
      });
      if (turn === undefined) return status;
      status = turn.status;
      if (turn.leave) return status;
    }
  });
}

export function* runFor(shell: Shell, node: For): Task<number> {
  shell.position = node.pos;
  const name = node.name.value;
  if (!isName(name)) {
    yield* shell.complain(`\`${name}': not a valid identifier`);
    return 1;
  }
  const items = yield* itemsOf(shell, node.wordlist);
  return yield* loop(shell, function* () {
    let status = 0;
    for (const item of items) {
      yield* setVariable(shell, name, item);
      const turn = yield* oneTurn(shell, () => runStatements(shell, node.body.commands));
      status = turn?.status ?? 0;
      if (turn?.leave === true) break;
    }
    return status;
  });
}

function* itemsOf(shell: Shell, words: readonly Word[] | undefined): Task<readonly string[]> {
  if (words === undefined) return [...shell.positional];
  try {
    return yield* expandWords(shell, words);
  } catch (error) {
    if (error instanceof ExpansionError) return yield* shell.failExpansion(error);
    throw error;
  }
}

function* setVariable(shell: Shell, name: string, value: string): Task<void> {
  try {
    shell.variables.set(name, value);
  } catch (error) {
    if (error instanceof VariableError) yield* shell.failExpansion(new ExpansionError(error.message));
    throw error;
  }
}

export function* runArithmeticFor(shell: Shell, node: ArithmeticFor): Task<number> {
  shell.position = node.pos;
  const [initialize, test, update] = headOf(shell, node);
  yield* compute(shell, initialize);
  return yield* loop(shell, function* () {
    let status = 0;
    while (test === undefined || (yield* compute(shell, test)) !== 0n) {
      const turn = yield* oneTurn(shell, () => runStatements(shell, node.body.commands));
      status = turn?.status ?? 0;
      if (turn?.leave === true) break;
      yield* compute(shell, update);
    }
    return status;
  });
}

/** The three expressions as written. */
function headOf(shell: Shell, node: ArithmeticFor): (string | undefined)[] {
  const source = shell.unit.text;
  const open = source.indexOf("((", node.pos);
  const limit = node.body.pos;
  const close = source.lastIndexOf("))", limit);
  return source
    .slice(open + 2, close)
    .split(";")
    .map((part) => (part.trim() === "" ? undefined : part));
}

function* compute(shell: Shell, source: string | undefined): Task<bigint> {
  if (source === undefined) return 0n;
  shell.charge(BUILTIN_MS / 2);
  try {
    return yield* evaluateSource(shell, source, "((: ");
  } catch (error) {
    if (error instanceof ExpansionError) return yield* shell.failExpansion(error);
    throw error;
  }
}

export function* runSelect(shell: Shell, node: Select): Task<number> {
  shell.position = node.pos;
  const items = yield* itemsOf(shell, node.wordlist);
  if (items.length === 0) return 0;
  return yield* loop(shell, function* () {
    let status = 0;
    for (let menu = true; ; ) {
      const choice: Choice | undefined = yield* selectChoice(shell, items, menu);
      if (choice === undefined) return 1;
      menu = choice.reply === "";
      if (menu) continue;
      shell.variables.set("REPLY", choice.reply);
      yield* setVariable(shell, node.name.value, choice.item);
      const turn = yield* oneTurn(shell, () => runStatements(shell, node.body.commands));
      status = turn?.status ?? 0;
      if (turn?.leave === true) return status;
    }
  });
}

function* loop(shell: Shell, run: () => Task<number>): Task<number> {
  shell.loopDepth++;
  try {
    return yield* run();
  } finally {
    shell.loopDepth--;
  }
}

/** Runs one turn; undefined when the condition said no. `break` and `continue` for outer loops go on their way. */
function* oneTurn(shell: Shell, run: () => Task<number | undefined>): Task<Turn | undefined> {
  shell.charge(BUILTIN_MS / 4);
  yield* shell.pay();
  yield* checkSignals(shell);
  const depth = shell.conditionDepth;
  try {
    const status = yield* run();
    return status === undefined ? undefined : { status, leave: false };
  } catch (error) {
    if (!(error instanceof BreakLoop || error instanceof ContinueLoop)) throw error;
    shell.conditionDepth = depth;
    if (error.levels > 1 && shell.loopDepth > 1) {
      error.levels--;
      throw error;
    }
    return { status: 0, leave: error instanceof BreakLoop };
  }
}
