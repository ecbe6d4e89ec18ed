import { SIGNAL_NUMBERS, signalOf } from "../../machine/signals.ts";
import { alwaysQuote } from "../expand/quote.ts";
import { PSEUDO_SIGNALS, setTrap } from "../run/trap.ts";
import type { Builtin, Shell } from "../state/shell.ts";
import { signalTable } from "./jobs.ts";
import { print } from "./output.ts";

/** `trap`: what to run at signals and at the shell's end. */
export const trap: Builtin = function* (shell, args) {
  const given = args[0] === "--" ? args.slice(1) : args;
  if (given[0] === "-l") {
    yield* print(shell, signalTable());
    return 0;
  }
  if (given.length === 0 || given[0] === "-p") {
    yield* print(shell, listing(shell, given.slice(1)));
    return 0;
  }
  const resets = given.length === 1 || (/^\d+$/.test(given[0] ?? "") && trapName(given[0] ?? "") !== undefined);
  const action = resets || given[0] === "-" ? undefined : given[0];
  const specs = resets && given[0] !== "-" ? given : given.slice(1);
  let status = 0;
  for (const spec of specs) {
    const name = trapName(spec);
    if (name !== undefined) setTrap(shell, name, action);
    else {
      yield* shell.complain(`trap: ${spec}: invalid signal specification`);
      status = 1;
    }
  }
  return status;
};

/** The name under which a trap is kept: `EXIT`, `INT`. */
function trapName(spec: string): string | undefined {
  const upper = spec.toUpperCase();
  if (upper === "0") return "EXIT";
  const plain = upper.startsWith("SIG") ? upper.slice(3) : upper;
  if (PSEUDO_SIGNALS.has(plain)) return plain;
  return signalOf(spec)?.slice(3);
}

function listing(shell: Shell, specs: readonly string[]): string {
  const wanted = specs.map(trapName);
  const order = ["EXIT", ...Object.keys(SIGNAL_NUMBERS).map((name) => name.slice(3)), "DEBUG", "ERR", "RETURN"];
  let text = "";
  for (const name of order) {
    const action = shell.traps.get(name);
    if (action === undefined || (wanted.length > 0 && !wanted.includes(name))) continue;
    text += `trap -- ${alwaysQuote(action)} ${PSEUDO_SIGNALS.has(name) ? name : `SIG${name}`}\n`;
  }
  return text;
}
