import { SET_OPTIONS, type SetOption } from "../../shell/state/options.ts";

/** What a shell's command line asks for. */
export interface ShellArguments {
  readonly commandString: string | undefined;
  readonly interactive: boolean;
  readonly login: boolean;
  readonly readsStandardInput: boolean;
  readonly noProfile: boolean;
  readonly noRc: boolean;
  readonly rcFile: string | undefined;
  readonly posix: boolean;
  readonly version: boolean;
  readonly help: boolean;
  readonly set: readonly { readonly option: SetOption; readonly on: boolean }[];
  readonly shopts: readonly { readonly name: string; readonly on: boolean }[];
  /** The script and its arguments, or `$0` and on for `-c`. */
  readonly rest: readonly string[];
}

type Draft = { -readonly [Key in keyof ShellArguments]: ShellArguments[Key] };

/** Reads bash's own options; gives the text of the fault when one is unknown. */
export function parseShellArguments(args: readonly string[]): ShellArguments | string {
  const draft: Draft = {
    commandString: undefined,
    interactive: false,
    login: false,
    readsStandardInput: false,
    noProfile: false,
    noRc: false,
    rcFile: undefined,
    posix: false,
    version: false,
    help: false,
    set: [],
    shopts: [],
    rest: [],
  };
  let wantsCommand = false;
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--" || arg === "-") {
      at++;
      break;
    }
    if (!/^[-+]./.test(arg)) break;
    if (arg.startsWith("--")) {
      const used = longOption(draft, arg, args[at + 1]);
      if (used < 0) return `${arg}: invalid option`;
      at += used;
      continue;
    }
    const outcome = letters(draft, arg, args[at + 1]);
    if (typeof outcome === "string") return outcome;
    wantsCommand ||= outcome.command;
    at += outcome.used;
  }
  draft.rest = args.slice(at);
  if (!wantsCommand) return draft;
  const [command, ...rest] = draft.rest;
  if (command === undefined) return "-c: option requires an argument";
  return { ...draft, commandString: command, rest };
}

function longOption(draft: Draft, arg: string, next: string | undefined): number {
  switch (arg) {
    case "--login":
      draft.login = true;
      return 0;
    case "--noprofile":
      draft.noProfile = true;
      return 0;
    case "--norc":
      draft.noRc = true;
      return 0;
    case "--posix":
      draft.posix = true;
      return 0;
    case "--version":
      draft.version = true;
      return 0;
    case "--help":
      draft.help = true;
      return 0;
    case "--noediting":
    case "--restricted":
    case "--verbose":
      return 0;
    case "--rcfile":
    case "--init-file":
      draft.rcFile = next;
      return 1;
    default:
      return -1;
  }
}

function letters(draft: Draft, arg: string, next: string | undefined): { command: boolean; used: number } | string {
  const on = arg.startsWith("-");
  let command = false;
  let used = 0;
  for (const letter of arg.slice(1)) {
    if (letter === "c") command = true;
    else if (letter === "i") draft.interactive = true;
    else if (letter === "l") draft.login = true;
    else if (letter === "s") draft.readsStandardInput = true;
    else if (letter === "o" || letter === "O") {
      const fault = named(draft, letter, next ?? "", on);
      if (fault !== undefined) return fault;
      used = 1;
    } else {
      const option = SET_OPTIONS.find((known) => known.letter === letter);
      if (option === undefined) return `-${letter}: invalid option`;
      draft.set = [...draft.set, { option: option.name, on }];
    }
  }
  return { command, used };
}

function named(draft: Draft, letter: "o" | "O", name: string, on: boolean): string | undefined {
  if (letter === "O") {
    draft.shopts = [...draft.shopts, { name, on }];
    return undefined;
  }
  const option = SET_OPTIONS.find((known) => known.name === name);
  if (option === undefined) return `${name}: invalid option name`;
  draft.set = [...draft.set, { option: option.name, on }];
  return undefined;
}
