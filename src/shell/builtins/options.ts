import type { Task } from "../../sim/task.ts";
import { alwaysQuote } from "../expand/quote.ts";
import { IndexedArray } from "../state/indexed-array.ts";
import { SET_OPTIONS, type SetOption, SHOPT_DEFAULTS } from "../state/options.ts";
import type { Builtin, Shell } from "../state/shell.ts";
import { print } from "./output.ts";
import { badOption, fail, parseOptions } from "./usage.ts";

const SET_USAGE = "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]";

/** `set`: options, then positional parameters; alone it lists all variables. */
export const set: Builtin = function* (shell, args) {
  if (args.length === 0) return yield* listVariables(shell);
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") {
      shell.positional = args.slice(at + 1);
      return 0;
    }
    if (arg === "-") {
      shell.options.set("xtrace", false);
      shell.options.set("verbose", false);
      at++;
      break;
    }
    if (!/^[-+]./.test(arg)) break;
    const taken = yield* setLetters(shell, arg, args[at + 1]);
    if (taken < 0) return 2;
    at += taken;
  }
  if (at < args.length) shell.positional = args.slice(at);
  return 0;
};

/** Carries out `-eux` or `-o name`; gives how many more arguments were used, -1 for a fault. */
function* setLetters(shell: Shell, arg: string, next: string | undefined): Task<number> {
  const on = arg.startsWith("-");
  let taken = 0;
  for (const letter of arg.slice(1)) {
    if (letter === "o") {
      if (next === undefined) yield* listOptions(shell, on);
      else if (!(yield* setNamed(shell, next, on))) return -1;
      else taken = 1;
      continue;
    }
    const option = SET_OPTIONS.find((known) => known.letter === letter);
    if (option === undefined) {
      yield* badOption(shell, "set", `${arg.charAt(0)}${letter}`, SET_USAGE);
      return -1;
    }
    shell.options.set(option.name, on);
  }
  return taken;
}

function* setNamed(shell: Shell, name: string, on: boolean): Task<boolean> {
  const option = SET_OPTIONS.find((known) => known.name === name);
  if (option === undefined) yield* fail(shell, "set", `${name}: invalid option name`);
  else shell.options.set(option.name, on);
  return option !== undefined;
}

function* listOptions(shell: Shell, readable: boolean): Task<void> {
  const lines = SET_OPTIONS.map(({ name }) => {
    const on = shell.options.has(name);
    return readable ? `${name.padEnd(15)}\t${on ? "on" : "off"}\n` : `set ${on ? "-" : "+"}o ${name}\n`;
  });
  yield* print(shell, lines.join(""));
}

function* listVariables(shell: Shell): Task<number> {
  let text = "";
  for (const name of shell.variables.names()) {
    const value = shell.variables.find(name)?.value;
    if (value === undefined) continue;
    if (typeof value === "string") text += `${name}=${/^[\w./:=@%^,+-]*$/.test(value) ? value : alwaysQuote(value)}\n`;
    else text += `${name}=(${itemsText(value)})\n`;
  }
  yield* print(shell, text);
  return 0;
}

function itemsText(value: IndexedArray | Map<string, string>): string {
  const entries =
    value instanceof IndexedArray ? value.keys().map((key) => [String(key), value.get(key) ?? ""]) : [...value];
  return entries.map(([key, text]) => `[${key}]="${text}"`).join(" ");
}

/** `shopt`. */
export const shopt: Builtin = function* (shell, args) {
  const parsed = parseOptions(args, "supqo");
  if (typeof parsed === "string") return yield* badOption(shell, "shopt", parsed, "shopt [-pqsu] [-o] [optname ...]");
  const { flags, rest } = parsed;
  const change = flags.has("s") ? true : flags.has("u") ? false : undefined;
  const names = rest.length > 0 ? rest : Object.keys(SHOPT_DEFAULTS).sort();
  let status = 0;
  let text = "";
  for (const name of names) {
    const on = readOption(shell, name, flags.has("o"));
    if (on === undefined) status = yield* fail(shell, "shopt", `${name}: invalid shell option name`);
    else if (change !== undefined && rest.length > 0) writeOption(shell, name, flags.has("o"), change);
    else if (change === undefined || on === change) {
      text += flags.has("p") ? `shopt ${on ? "-s" : "-u"} ${name}\n` : `${name.padEnd(15)}\t${on ? "on" : "off"}\n`;
      if (rest.length > 0 && !on) status = 1;
    }
  }
  if (!flags.has("q")) yield* print(shell, text);
  return status;
};

function readOption(shell: Shell, name: string, isSet: boolean): boolean | undefined {
  if (isSet) return SET_OPTIONS.some((known) => known.name === name) ? shell.options.has(name as SetOption) : undefined;
  return name in SHOPT_DEFAULTS ? shell.options.shopt(name) : undefined;
}

function writeOption(shell: Shell, name: string, isSet: boolean, on: boolean): void {
  if (isSet) shell.options.set(name as SetOption, on);
  else shell.options.setShopt(name, on);
}
