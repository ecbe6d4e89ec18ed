import { encodeShellText } from "../../base/byte-text.ts";
import { RAW_MODE, type Terminal } from "../../machine/terminal.ts";
import type { Task } from "../../sim/task.ts";
import { completeAt } from "../completion/complete.ts";
import { KeySource } from "../line-editor/key-source.ts";
import { LineEditor, type Outcome } from "../line-editor/line-editor.ts";
import { LineScreen } from "../line-editor/line-screen.ts";
import { interruptible } from "../run/interruptible.ts";
import { checkSignals } from "../run/trap.ts";
import { Interrupted } from "../state/control.ts";
import type { Shell } from "../state/shell.ts";
import { showCandidates } from "./candidate-list.ts";
import { OutputColumn } from "./output-column.ts";

const PASTE_ON = "\x1b[?2004h";
const PASTE_OFF = "\x1b[?2004l";

/** What came of asking for a line. */
export type LineRead =
  | { readonly kind: "line"; readonly line: string }
  | { readonly kind: "interrupt" }
  | { readonly kind: "end" };

/** Asks for lines at the terminal with the line editor. */
export class LineInput {
  private readonly shell: Shell;
  private readonly terminal: Terminal;
  private readonly source: KeySource;
  private readonly screen: LineScreen;
  private readonly killRing: string[] = [];
  private readonly column: OutputColumn;
  private asking = false;
  private searchShown = false;
  /** Whether a paste stands out on the screen. */
  private pasteShown = false;
  /** Lines that were entered together with one that has been given. */
  private readonly more: string[] = [];
  private output = "";
  /** Whether the terminal is to show what is typed (`stty -echo`). */
  private echoes = true;

  constructor(shell: Shell, terminal: Terminal) {
    this.shell = shell;
    this.terminal = terminal;
    this.column = new OutputColumn(terminal);
    this.source = new KeySource(terminal, shell.process.stdin);
    this.screen = new LineScreen((text) => {
      this.output += text;
    });
  }

  /** The next of several lines that were entered at once: they are read without a prompt, whatever came of the first. */
  takeMore(): string | undefined {
    return this.more.shift();
  }

  /** The terminal has another size: the line is drawn anew, if one is asked for. */
  resized(): void {
    if (this.asking) this.shell.signalArrived.notify();
  }

  /** Shows `prompt` and gives the line that is entered. A line that is not the `first` of its command is no command. */
  *read(prompt: string, first: boolean): Task<LineRead> {
    const { mode } = this.terminal;
    this.echoes = mode.echo;
    this.terminal.setMode(RAW_MODE);
    const editor = new LineEditor(this.shell.history, this.killRing);
    this.output += PASTE_ON;
    this.pasteShown = false;
    this.screen.begin(prompt, this.terminal.columns, this.column.value);
    this.asking = true;
    try {
      for (;;) {
        yield* this.flush();
        if (first && this.source.isIdle) this.terminal.tellLine?.(this.shell.process.pid, editor.buffer.text);
        const result = yield* this.step(editor, prompt);
        if (result !== undefined) return result;
      }
    } finally {
      this.asking = false;
      if (first) this.terminal.tellLine?.(this.shell.process.pid, undefined);
      this.source.giveBack();
      this.terminal.setMode(mode);
    }
  }

  private *step(editor: LineEditor, prompt: string): Task<LineRead | undefined> {
    const key = this.source.poll();
    if (key !== undefined) {
      const outcome = editor.press(key);
      const drawn = this.pasteShown && outcome.kind !== "pasted" && key.kind !== "paste";
      if (drawn) this.redraw(editor);
      return drawn && outcome.kind === "appended" ? undefined : yield* this.obey(editor, outcome, prompt);
    }
    if (this.source.isEnded) return yield* this.leave(editor, { kind: "end" }, "");
    const wait = yield* interruptible(this.shell, this.source.fill());
    if (wait.kind !== "signal") return undefined;
    try {
      yield* checkSignals(this.shell);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      return yield* this.leave(editor, { kind: "interrupt" }, "^C");
    }
    this.redraw(editor);
    return undefined;
  }

  private *obey(editor: LineEditor, outcome: Outcome, prompt: string): Task<LineRead | undefined> {
    switch (outcome.kind) {
      case "accept":
        return yield* this.accept(editor, outcome.line);
      case "interrupt":
        return yield* this.leave(editor, { kind: "interrupt" }, "^C");
      case "end":
        return yield* this.leave(editor, { kind: "end" }, "");
      case "appended":
        if (this.echoes) this.screen.append(outcome.text);
        return undefined;
      case "pasted":
        if (this.echoes) this.screen.appendMarked(outcome.text);
        this.pasteShown = true;
        return undefined;
      case "changed":
        this.redraw(editor);
        return undefined;
      case "clear":
        this.output += "\x1b[H\x1b[2J";
        this.screen.begin(prompt, this.terminal.columns);
        this.redraw(editor);
        return undefined;
      case "complete":
        yield* this.complete(editor, outcome.again, prompt);
        return undefined;
      case "bell":
        this.output += "\x07";
        return undefined;
      case "nothing":
        return undefined;
    }
  }

  private redraw(editor: LineEditor): void {
    const { left, right } = editor.buffer;
    this.pasteShown = false;
    this.searchShown = editor.searchPrompt !== undefined;
    if (this.echoes) this.screen.draw(left, right, this.terminal.columns, editor.searchPrompt);
  }

  private *accept(editor: LineEditor, text: string): Task<LineRead> {
    const [line = "", ...more] = text.split("\n");
    // A newline at the end of what was pasted ends its last line; no empty one follows.
    if (more.at(-1) === "") more.pop();
    this.more.push(...more);
    return yield* this.leave(editor, { kind: "line", line }, "");
  }

  private *leave(editor: LineEditor, result: LineRead, mark: string): Task<LineRead> {
    if (this.searchShown) this.redraw(editor);
    const newline = result.kind !== "end";
    this.output += newline ? "" : PASTE_OFF;
    if (newline) {
      this.screen.leave(editor.buffer.right, mark);
      this.output += PASTE_OFF;
    }
    yield* this.flush();
    return result;
  }

  /** Completes the word at the cursor; a key typed meanwhile ends the search for candidates. */
  private *complete(editor: LineEditor, again: boolean, prompt: string): Task<void> {
    const { left, right } = editor.buffer;
    const search = this.shell.process.tasks.spawn("completion", completeAt(this.shell, left));
    const filling = this.shell.process.tasks.spawn("keys", this.source.fill());
    try {
      const found = yield {
        begin(resume) {
          search.onEnd((outcome) => resume(outcome.status === "done" ? outcome.value : undefined));
          filling.onEnd(() => resume(undefined));
          return undefined;
        },
      };
      const completion = found as Awaited<ReturnType<typeof search.join> extends Task<infer T> ? T : never>;
      if (completion === undefined) return;
      if (completion.insert !== "" || completion.replaced > 0) {
        const start = editor.buffer.cursor - completion.replaced;
        editor.replaceBefore(start, completion.insert);
        this.redraw(editor);
      } else if (again && completion.candidates.length > 1) {
        yield* this.list(editor, completion.candidates, right, prompt);
      } else this.output += "\x07";
    } finally {
      search.cancel();
      filling.cancel();
    }
  }

  private *list(editor: LineEditor, candidates: readonly string[], right: string, prompt: string): Task<void> {
    this.screen.leave(right);
    yield* this.flush();
    const text = yield* showCandidates(candidates, this.terminal.columns, (question) => this.ask(question));
    this.output += text;
    this.screen.begin(prompt, this.terminal.columns);
    this.redraw(editor);
  }

  /** A question that one key answers. */
  private *ask(question: string): Task<boolean> {
    this.output += question;
    yield* this.flush();
    for (;;) {
      const key = this.source.poll();
      if (key === undefined) {
        if (this.source.isEnded) return false;
        yield* this.source.fill();
        continue;
      }
      const yes = key.kind === "text" && /^[yY ]/.test(key.text);
      const no = (key.kind === "text" && /^[nN]/.test(key.text)) || key.kind === "control" || key.kind === "named";
      if (!yes && !no) continue;
      this.output += "\n";
      return yes;
    }
  }

  private *flush(): Task<void> {
    const text = this.output;
    this.output = "";
    if (text !== "") yield* this.shell.process.stderr.write(encodeShellText(text));
  }
}
