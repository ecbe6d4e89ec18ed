import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import { COOKED_MODE, type Terminal } from "../../machine/terminal.ts";
import type { Task } from "../../sim/task.ts";

const CHARACTERS =
  "intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>; eol2 = <undef>; swtch = <undef>; " +
  "start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R; werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;";
const CONTROL = "-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts";
const INPUT =
  "-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff -iuclc -ixany -imaxbel iutf8";
const OUTPUT = "opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0";
const LOCAL =
  "isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt echoctl echoke -flusho -extproc";
/** What a terminal of a terminal emulator has otherwise than `stty sane` would. */
const DIFFERS = ["-brkint", "-imaxbel", "iutf8"];

const ISIG = 1;
const ICANON = 2;
const ECHO = 8;
/** The local flags that no one can change here. */
const OTHER_LOCAL_FLAGS = 0x8a30;
const SAVED_BEFORE = "4500:5:bf:";
const SAVED_BEHIND = ":3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0";

class SttyProblem extends Error {}

/** stty: shows and changes how the terminal treats what is typed. */
export const stty: Program = function* (process) {
  const args = process.argv.slice(1);
  const { terminal } = process;
  if (args.includes("--help")) {
    yield* writeText(process.stdout, "Usage: stty [-a|-g] [SETTING]...\nShow or change the terminal's settings.\n");
    return 0;
  }
  if (terminal === undefined || process.stdin.kind !== "terminal") {
    yield* writeText(process.stderr, "stty: 'standard input': Inappropriate ioctl for device\n");
    return 1;
  }
  try {
    yield* obey(process, terminal, args);
    return 0;
  } catch (error) {
    if (!(error instanceof SttyProblem)) throw error;
    yield* writeText(process.stderr, `${error.message}\n`);
    return 1;
  }
};

function* obey(process: Process, terminal: Terminal, args: readonly string[]): Task<void> {
  const rest = [...args];
  if (rest.length === 0) yield* writeText(process.stdout, differences(terminal));
  for (let setting = rest.shift(); setting !== undefined; setting = rest.shift()) {
    if (setting === "-a" || setting === "--all") yield* writeText(process.stdout, all(terminal));
    else if (setting === "-g" || setting === "--save") yield* writeText(process.stdout, `${saved(terminal)}\n`);
    else if (setting === "size") yield* writeText(process.stdout, `${terminal.rows} ${terminal.columns}\n`);
    else if (setting === "speed") yield* writeText(process.stdout, "38400\n");
    else if (["rows", "cols", "columns"].includes(setting)) resize(terminal, setting, rest.shift());
    else change(terminal, setting);
  }
}

function resize(terminal: Terminal, what: string, count: string | undefined): void {
  if (count === undefined) throw new SttyProblem(`stty: missing argument to '${what}'\n${HINT}`);
  const size = Number(count);
  if (!/^\d+$/.test(count) || size > 65_535) throw new SttyProblem(`stty: invalid integer argument: '${count}'`);
  if (what === "rows") terminal.resize(terminal.columns, size);
  else terminal.resize(size, terminal.rows);
}

const HINT = "Try 'stty --help' for more information.";

function change(terminal: Terminal, setting: string): void {
  const { mode } = terminal;
  const local = new RegExp(`^${SAVED_BEFORE}([0-9a-f]+)${SAVED_BEHIND}$`).exec(setting);
  const on = !setting.startsWith("-");
  const name = on ? setting : setting.slice(1);
  if (local !== null) {
    const flags = Number.parseInt(local[1] ?? "", 16);
    const has = (flag: number) => (flags & flag) !== 0;
    terminal.setMode({ canonical: has(ICANON), echo: has(ECHO), signals: has(ISIG) });
  } else if (setting === "sane") terminal.setMode(COOKED_MODE);
  else if (name === "echo") terminal.setMode({ ...mode, echo: on });
  else if (name === "isig") terminal.setMode({ ...mode, signals: on });
  else if (name === "icanon") terminal.setMode({ ...mode, canonical: on });
  else if (name === "cbreak") terminal.setMode({ ...mode, canonical: !on });
  else if (setting === "cooked" || setting === "-raw") terminal.setMode({ ...mode, canonical: true, signals: true });
  else unchanged(terminal, setting, name);
}

/** What no one can change here may be asked for as it is. */
function unchanged(terminal: Terminal, setting: string, name: string): void {
  const flags = `${CONTROL} ${INPUT} ${OUTPUT} ${localFlags(terminal)}`.split(" ");
  if (flags.includes(setting)) return;
  const known = flags.some((flag) => flag.replace(/^-/, "") === name);
  if (known || KNOWN.includes(name)) throw new SttyProblem(`not simulated in this sandbox: stty ${setting}`);
  throw new SttyProblem(`stty: invalid argument '${setting}'\n${HINT}`);
}

const KNOWN =
  "raw cooked ek evenp parity oddp nl crt dec litout pass8 intr quit erase kill eof eol susp min time ispeed ospeed".split(
    " ",
  );

function localFlags({ mode }: Terminal): string {
  const flag = (name: string, on: boolean) => (on ? name : `-${name}`);
  return LOCAL.replace("isig", flag("isig", mode.signals))
    .replace("icanon", flag("icanon", mode.canonical))
    .replace(/\becho\b/, flag("echo", mode.echo));
}

function all(terminal: Terminal): string {
  const { rows, columns } = terminal;
  const speed = `speed 38400 baud; rows ${rows}; columns ${columns}; line = 0;`;
  const characters = CHARACTERS.split("; ").map((each) => each.replace(/;?$/, ";"));
  const groups = [
    [speed],
    characters,
    ...[CONTROL, INPUT, OUTPUT, localFlags(terminal)].map((group) => group.split(" ")),
  ];
  return groups.map((group) => wrapped(group, columns)).join("");
}

function differences(terminal: Terminal): string {
  const local = localFlags(terminal)
    .split(" ")
    .filter((flag) => !LOCAL.split(" ").includes(flag));
  const groups = [["speed 38400 baud; line = 0;"], DIFFERS, ...(local.length > 0 ? [local] : [])];
  return groups.map((group) => wrapped(group, terminal.columns)).join("");
}

function saved({ mode }: Terminal): string {
  const flags = OTHER_LOCAL_FLAGS | (mode.signals ? ISIG : 0) | (mode.canonical ? ICANON : 0) | (mode.echo ? ECHO : 0);
  return `${SAVED_BEFORE}${flags.toString(16)}${SAVED_BEHIND}`;
}

/** Words in lines of the terminal's width. */
function wrapped(words: readonly string[], columns: number): string {
  const width = columns === 0 ? 80 : columns;
  let out = "";
  let column = 0;
  for (const word of words) {
    const breaks = column > 0 && width - column < word.length + 1;
    out += column === 0 ? word : breaks ? `\n${word}` : ` ${word}`;
    column = column === 0 || breaks ? word.length : column + 1 + word.length;
  }
  return `${out}\n`;
}
