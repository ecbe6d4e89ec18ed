import type { EditorSettings, EditorState } from "./editor-state.ts";
import { type ExLine, parseExLine } from "./ex-range.ts";
import { firstNonBlank } from "./motion.ts";
import { join, put, remove, shift, yank } from "./operators.ts";
import { globally, substitute } from "./substitute.ts";

const UNSAVED = "E37: No write since last change (add ! to override)";

type ExCommand = (state: EditorState, line: ExLine) => void;

/** Performs a line of command mode, as typed after the colon. */
export function runEx(state: EditorState, text: string): void {
  const line = parseExLine(state, text);
  if (typeof line === "string") {
    state.fail(line);
    return;
  }
  if (line.name === "") {
    if (line.rest !== "" && !line.rest.startsWith('"')) state.fail(`E492: Not an editor command: ${text}`);
    else if (line.given > 0) goTo(state, line.to);
    return;
  }
  const command = COMMANDS.find(([shortest, full]) => line.name.startsWith(shortest) && full.startsWith(line.name));
  if (command === undefined) state.fail(`E492: Not an editor command: ${text}`);
  else command[2](state, line);
}

function goTo(state: EditorState, line: number): void {
  const { buffer } = state;
  const within = Math.max(0, Math.min(line, buffer.lines.length - 1));
  buffer.moveTo({ line: within, column: firstNonBlank(buffer.lineAt(within)) });
}

/** Shortest and full name, in vim's order of preference. */
const COMMANDS: readonly (readonly [shortest: string, full: string, run: ExCommand])[] = [
  ["w", "write", write],
  ["wq", "wq", writeAndQuit],
  ["x", "xit", exit],
  ["exi", "exit", exit],
  ["q", "quit", quit],
  ["wa", "wall", write],
  ["wqa", "wqall", writeAndQuit],
  ["xa", "xall", exit],
  ["qa", "qall", quit],
  ["cq", "cquit", (state) => leave(state, 1)],
  ["e", "edit", edit],
  ["ene", "enew", edit],
  ["r", "read", read],
  ["s", "s", substitute],
  ["s", "substitute", substitute],
  ["g", "global", (state, line) => globally(state, line, line.bang, runEx)],
  ["v", "vglobal", (state, line) => globally(state, line, true, runEx)],
  ["se", "set", (state, line) => set(state, line.rest)],
  ["setl", "setlocal", (state, line) => set(state, line.rest)],
  ["d", "delete", (state, line) => editing(state, () => remove(state, linesOf(line), undefined))],
  ["y", "yank", (state, line) => yank(state, linesOf(line), undefined)],
  ["pu", "put", putLines],
  [">", ">", (state, line) => editing(state, () => shift(state, linesOf(line), true, 1 + line.rest.length))],
  ["<", "<", (state, line) => editing(state, () => shift(state, linesOf(line), false, 1 + line.rest.length))],
  ["j", "join", (state, line) => editing(state, () => join(state, line.from, Math.max(2, line.to - line.from + 1)))],
  ["m", "move", (state, line) => transfer(state, line, true)],
  ["t", "t", (state, line) => transfer(state, line, false)],
  ["co", "copy", (state, line) => transfer(state, line, false)],
  ["u", "undo", (state) => state.buffer.travel(true, state.world.now())],
  ["red", "redo", (state) => state.buffer.travel(false, state.world.now())],
  ["noh", "nohlsearch", () => undefined],
  ["sy", "syntax", () => undefined],
  ["filet", "filetype", () => undefined],
  ["f", "file", file],
  ["=", "=", (state, line) => state.say(String((line.given > 0 ? line.to : state.buffer.lines.length - 1) + 1))],
  ["!", "!", (state) => state.fail("not simulated in this sandbox: commands within vi")],
  ["h", "help", (state) => state.fail("not simulated in this sandbox: vi's help; see man vi")],
  ["sp", "split", (state) => state.fail("not simulated in this sandbox: windows of vi")],
  ["vs", "vsplit", (state) => state.fail("not simulated in this sandbox: windows of vi")],
  ["tabe", "tabedit", (state) => state.fail("not simulated in this sandbox: tabs of vi")],
];

function editing(state: EditorState, change: () => unknown): void {
  state.buffer.begin(state.world.now());
  change();
  state.buffer.end();
}

function linesOf(line: ExLine) {
  return { from: { line: line.from, column: 0 }, to: { line: line.to, column: 0 }, linewise: true } as const;
}

function leave(state: EditorState, code: number): void {
  state.exitCode = code;
}

/** Writes; true when it worked. */
function save(state: EditorState, line: ExLine): boolean {
  const append = line.rest.startsWith(">>");
  const path = line.rest.replace(/^>>\s*/, "").trim() || state.path;
  if (path === undefined) {
    state.fail("E32: No file name");
    return false;
  }
  const whole = line.given === 0;
  const lines = whole ? state.buffer.lines : state.buffer.lines.slice(line.from, line.to + 1);
  if (!state.save(path, lines, line.bang, append)) return false;
  state.path ??= path;
  if (whole && path === state.path) state.buffer.modified = false;
  return true;
}

function write(state: EditorState, line: ExLine): void {
  if (line.rest.startsWith("!")) state.fail("not simulated in this sandbox: commands within vi");
  else save(state, line);
}

function writeAndQuit(state: EditorState, line: ExLine): void {
  if (save(state, line)) leave(state, 0);
}

function exit(state: EditorState, line: ExLine): void {
  if (!state.buffer.modified || save(state, line)) leave(state, 0);
}

function quit(state: EditorState, line: ExLine): void {
  if (state.buffer.modified && !line.bang) state.fail(UNSAVED);
  else leave(state, 0);
}

function edit(state: EditorState, line: ExLine): void {
  const path = line.rest.trim() || state.path;
  if (state.buffer.modified && !line.bang) state.fail(UNSAVED);
  else if (path === undefined) state.fail("E32: No file name");
  else state.load(path);
}

function read(state: EditorState, line: ExLine): void {
  if (line.rest.startsWith("!")) {
    state.fail("not simulated in this sandbox: commands within vi");
    return;
  }
  const found = state.world.read(line.rest);
  if (found === undefined || "problem" in found) {
    state.fail(`E484: Can't open file ${line.rest}`);
    return;
  }
  editing(state, () => state.buffer.replaceLines(line.to + 1, 0, found.text.replace(/\n$/, "").split("\n")));
  goTo(state, line.to + 1);
}

function file(state: EditorState, line: ExLine): void {
  if (line.rest !== "") state.path = line.rest.trim();
  const flag = state.buffer.modified ? " [Modified]" : "";
  state.say(`"${state.path ?? "[No Name]"}"${flag} ${state.buffer.lines.length} lines`);
}

function putLines(state: EditorState, line: ExLine): void {
  const register = state.registers.get('"');
  if (register === undefined) return;
  goTo(state, line.to);
  editing(state, () => {
    state.registers.set('"', { ...register, linewise: true });
    put(state, line.bang, 1, undefined);
    state.registers.set('"', register);
  });
}

/** m and t: lines go below another line; line 0 is the top. */
function transfer(state: EditorState, line: ExLine, moves: boolean): void {
  const { buffer } = state;
  const target = line.rest.trim() === "0" ? -1 : targetLine(state, line.rest);
  if (target === undefined) {
    state.fail("E14: Invalid address");
    return;
  }
  if (moves && target >= line.from && target < line.to) {
    state.fail("E134: Cannot move a range of lines into itself");
    return;
  }
  const taken = buffer.lines.slice(line.from, line.to + 1);
  editing(state, () => {
    buffer.replaceLines(target + 1, 0, taken);
    if (!moves) return goTo(state, target + taken.length);
    const shifted = target < line.from ? taken.length : 0;
    buffer.replaceLines(line.from + shifted, taken.length, []);
    goTo(state, target < line.from ? target + taken.length : target);
  });
}

function targetLine(state: EditorState, text: string): number | undefined {
  const parsed = parseExLine(state, text);
  return typeof parsed === "string" || parsed.given !== 1 || parsed.name !== "" ? undefined : parsed.to;
}

const SHORT: Readonly<Record<string, keyof EditorSettings>> = {
  nu: "number",
  rnu: "relativenumber",
  et: "expandtab",
  ai: "autoindent",
  ic: "ignorecase",
  ws: "wrapscan",
  ro: "readonly",
  hls: "hlsearch",
  ts: "tabstop",
  sw: "shiftwidth",
  sts: "softtabstop",
};
/** Options that make no difference here. */
const WITHOUT_EFFECT =
  /^(no)?(paste|smartindent|si|smartcase|scs|incsearch|is|cindent|cin|showcmd|sc|showmode|smd|ruler|ru|mouse|bg|background|syntax|ft|filetype|cursorline|cul|cursorcolumn|cuc|compatible|cp|backup|bk|swapfile|swf|undofile|udf|hidden|hid|clipboard|cb|encoding|enc|fileencoding|fenc|laststatus|ls|scrolloff|so|backspace|bs|title|visualbell|vb|errorbells|eb|modeline|ml|lazyredraw|lz|smarttab|sta)([=+^-].*)?$/;

/** `:set`: yes or no options and numbers. */
function set(state: EditorState, text: string): void {
  for (const word of text.split(/\s+/).filter((each) => each !== "")) setOne(state, word);
}

function setOne(state: EditorState, word: string): void {
  const match = /^(no|inv)?([a-z]+)([?!&])?(?:[=:](.*))?$/.exec(word);
  const given = match?.[2] ?? "";
  const name = SHORT[given] ?? given;
  const known = Object.hasOwn(state.settings, name);
  if (match === null || !known) {
    // `nowrap` could be read as an option called so
    if (!WITHOUT_EFFECT.test(word)) state.fail(`E518: Unknown option: ${word}`);
    return;
  }
  const settings = state.settings as unknown as Record<string, number | boolean>;
  const before = settings[name];
  if (typeof before === "number") {
    if (match[4] === undefined) state.say(`  ${name}=${before}`);
    else if (!/^\d{1,3}$/.test(match[4]) || (name === "tabstop" && Number(match[4]) === 0))
      state.fail(`E521: Number required after =: ${word}`);
    else settings[name] = Number(match[4]);
  } else if (match[4] !== undefined) state.fail(`E474: Invalid argument: ${word}`);
  else if (match[3] === "?") state.say(`${before === true ? "  " : "no"}${name}`);
  else settings[name] = match[1] === "inv" || match[3] === "!" ? before !== true : match[1] !== "no";
}
