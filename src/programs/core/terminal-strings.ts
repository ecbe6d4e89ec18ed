import { text } from "../../base/bytes.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { COOKED_MODE } from "../../machine/terminal.ts";
import type { Task } from "../../sim/task.ts";
import { readInput } from "./utility.ts";

/** The terminals that this table describes; all of them are xterm's kin. */
const TERMINALS: Readonly<Record<string, { readonly colors: number; readonly longname: string }>> = {
  "xterm-256color": { colors: 256, longname: "xterm with 256 colors" },
  xterm: { colors: 8, longname: "xterm terminal emulator (X Window System)" },
  vt100: { colors: -1, longname: "DEC VT100 (w/advanced video)" },
  linux: { colors: 8, longname: "Linux console" },
};

/** xterm's capabilities without parameters. */
const STRINGS: Readonly<Record<string, string>> = {
  bel: "\x07",
  bold: "\x1b[1m",
  civis: "\x1b[?25l",
  clear: "\x1b[H\x1b[2J\x1b[3J",
  cnorm: "\x1b[?12l\x1b[?25h",
  cr: "\r",
  cub1: "\b",
  cud1: "\n",
  cuf1: "\x1b[C",
  cuu1: "\x1b[A",
  cvvis: "\x1b[?12;25h",
  dch1: "\x1b[P",
  dim: "\x1b[2m",
  dl1: "\x1b[M",
  ed: "\x1b[J",
  el: "\x1b[K",
  el1: "\x1b[1K",
  home: "\x1b[H",
  ht: "\t",
  ich1: "",
  il1: "\x1b[L",
  ind: "\n",
  invis: "\x1b[8m",
  kbs: "\x7f",
  kcub1: "\x1bOD",
  kcud1: "\x1bOB",
  kcuf1: "\x1bOC",
  kcuu1: "\x1bOA",
  op: "\x1b[39;49m",
  rc: "\x1b8",
  rev: "\x1b[7m",
  ri: "\x1bM",
  ritm: "\x1b[23m",
  rmacs: "\x1b(B",
  rmcup: "\x1b[?1049l\x1b[23;0;0t",
  rmkx: "\x1b[?1l\x1b>",
  rmso: "\x1b[27m",
  rmul: "\x1b[24m",
  sc: "\x1b7",
  sgr0: "\x1b(B\x1b[m",
  sitm: "\x1b[3m",
  smacs: "\x1b(0",
  smcup: "\x1b[?1049h\x1b[22;0;0t",
  smkx: "\x1b[?1h\x1b=",
  smso: "\x1b[7m",
  smul: "\x1b[4m",
};

/** Capabilities with parameters, which are numbers from 0. */
const MADE: Readonly<Record<string, (parameters: readonly number[]) => string>> = {
  cub: ([count = 0]) => `\x1b[${count}D`,
  cud: ([count = 0]) => `\x1b[${count}B`,
  cuf: ([count = 0]) => `\x1b[${count}C`,
  cup: ([row = 0, column = 0]) => `\x1b[${row + 1};${column + 1}H`,
  cuu: ([count = 0]) => `\x1b[${count}A`,
  csr: ([first = 0, last = 0]) => `\x1b[${first + 1};${last + 1}r`,
  dch: ([count = 0]) => `\x1b[${count}P`,
  ech: ([count = 0]) => `\x1b[${count}X`,
  hpa: ([column = 0]) => `\x1b[${column + 1}G`,
  setab: ([color = 0]) => colour(color, 40, 100, 48),
  setaf: ([color = 0]) => colour(color, 30, 90, 38),
  vpa: ([row = 0]) => `\x1b[${row + 1}d`,
};

function colour(color: number, plain: number, bright: number, other: number): string {
  if (color < 8) return `\x1b[${plain + color}m`;
  return color < 16 ? `\x1b[${bright + color - 8}m` : `\x1b[${other};5;${color}m`;
}

const FLAGS = ["am", "bce", "bw", "ccc", "km", "mc5i", "mir", "msgr", "npc", "xenl", "hs", "eo"];
const FLAGS_ON = ["am", "bce", "ccc", "km", "mc5i", "mir", "msgr", "npc", "xenl"];

/** What brings a terminal back to its senses: a full reset, soft reset, modes, keypad, and an empty screen. */
const RESET = "\x1bc\x1b]104\x07\x1b[!p\x1b[?3;4l\x1b[4l\x1b>";
const INIT = "\x1b[!p\x1b[?3;4l\x1b[4l\x1b>";
const USAGE =
  "Usage: tput [options] [command]\n\nOptions:\n  -S <<       read commands from standard input\n" +
  "  -T TERM     use this instead of $TERM\n  -V          print curses-version\n" +
  "  -x          do not try to clear scrollback\n\nCommands:\n  clear       clear the screen\n" +
  "  init        initialize the terminal\n  reset       reinitialize the terminal\n" +
  '  capname     unlike clear/init/reset, print value for capability "capname"\n';

/** tput: the strings and numbers that control the terminal. */
export const tput: Program = function* (process) {
  const args = process.argv.slice(1);
  let terminal = process.env.get("TERM") ?? "";
  let fromInput = false;
  while (args[0]?.startsWith("-") === true) {
    const option = args.shift() ?? "";
    if (option.startsWith("-T")) terminal = option.slice(2) || (args.shift() ?? "");
    else if (option === "-S") fromInput = true;
    else if (option === "-V") {
      yield* writeText(process.stdout, "ncurses 6.4.20221231\n");
      return 0;
    } else if (option !== "-x") return yield* usage(process);
  }
  if (terminal === "") return yield* fail(process, "No value for $TERM and no -T specified", 2);
  if (TERMINALS[terminal] === undefined) return yield* fail(process, `unknown terminal "${terminal}"`, 3);
  if (!fromInput) return args.length === 0 ? yield* usage(process) : yield* capability(process, terminal, args);
  const lines = text(yield* readInput({ label: "-", descriptor: process.stdin, close: () => undefined })).split("\n");
  let code = 0;
  for (const line of lines.filter((each) => each.trim() !== ""))
    code = (yield* capability(process, terminal, line.trim().split(/\s+/))) || code;
  return code;
};

function* usage(process: Process): Task<number> {
  yield* writeText(process.stderr, USAGE);
  return 2;
}

function* fail(process: Process, message: string, code: number): Task<number> {
  yield* writeText(process.stderr, `tput: ${message}\n`);
  return code;
}

function* capability(process: Process, terminal: string, [name = "", ...parameters]: readonly string[]): Task<number> {
  if (FLAGS.includes(name)) return FLAGS_ON.includes(name) ? 0 : 1;
  const known = TERMINALS[terminal];
  if (name === "colors" && known?.colors === -1) {
    yield* writeText(process.stdout, "-1\n");
    return 0;
  }
  const number = { cols: size(process).columns, lines: size(process).rows, colors: known?.colors, it: 8 }[name];
  if (number !== undefined) yield* writeText(process.stdout, `${number}\n`);
  else if (name === "longname") yield* writeText(process.stdout, known?.longname ?? "");
  else if (name === "reset") return yield* resetTerminal(process, RESET);
  else if (name === "init") yield* writeText(process.stdout, INIT);
  else {
    const value = STRINGS[name] ?? MADE[name]?.(parameters.map((each) => Number.parseInt(each, 10) || 0));
    if (value === undefined) return yield* fail(process, `unknown terminfo capability '${name}'`, 4);
    yield* writeText(process.stdout, value);
  }
  return 0;
}

function size(process: Process): { readonly columns: number; readonly rows: number } {
  const { terminal } = process;
  if (terminal !== undefined && terminal.columns > 0) return terminal;
  const given = (name: string, otherwise: number) => Number(process.env.get(name)) || otherwise;
  return { columns: given("COLUMNS", 80), rows: given("LINES", 24) };
}

/** reset: brings the terminal back after a program or a binary file has confused it. */
export const reset: Program = function* (process) {
  if (process.terminal === undefined) {
    yield* writeText(process.stderr, "reset: terminal attributes: No such device or address\n");
    return 1;
  }
  return yield* resetTerminal(process, RESET);
};

function* resetTerminal(process: Process, sequences: string): Task<number> {
  process.terminal?.setMode(COOKED_MODE);
  yield* writeText(process.stdout, sequences);
  return 0;
}
