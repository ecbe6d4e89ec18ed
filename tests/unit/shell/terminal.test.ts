import xterm from "@xterm/headless";
import { afterEach, describe, expect, test } from "vitest";
import { writeText } from "../../../src/machine/file-descriptor.ts";
import type { Program } from "../../../src/machine/process.ts";
import { PseudoTerminal } from "../../../src/machine/pseudo-terminal.ts";
import { CORE_PROGRAMS } from "../../../src/programs/core/index.ts";
import { sleep } from "../../../src/sim/task.ts";
import { newMachine } from "../../support/machine.ts";
import { ash, bash, dash, sh } from "../../support/shells.ts";

/** A program that completes its arguments by cobra's protocol; for `slow` it takes its time. */
const tool: Program = function* (process) {
  const [, verb, ...args] = process.argv;
  if (verb !== "__complete") {
    yield* writeText(process.stdout, `${process.argv.slice(1).join(" ")}\n`);
    return 0;
  }
  if (args[0] === "slow") yield* sleep(process.clock, 60_000);
  const word = args[args.length - 1] ?? "";
  const names = ["pods", "podtemplates", "nodes"].filter((name) => name.startsWith(word));
  yield* writeText(process.stdout, `${names.join("\n")}\n:4\n`);
  return 0;
};

const FILES = {
  "/etc/bash.bashrc": "PS1='\\u@\\h:\\w\\$ '\n",
  "/usr/share/bash-completion/completions/tool": "",
  "/root/notes.txt": "x",
  "/root/a file": "x",
  "/root/dir/inner": "x",
};
const PROMPT = "root@host:~# ";

/** A shell at a terminal whose screen can be read. */
class Screen {
  readonly machine = newMachine({ programs: { ...CORE_PROGRAMS, bash, sh, dash, ash, tool }, files: FILES });
  readonly pty = new PseudoTerminal(this.machine.kernel.clock, "pts/0", 80, 24);
  private readonly xterm = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  readonly shell;

  constructor(argv: readonly string[] = ["bash"]) {
    this.pty.onOutput((bytes) => this.xterm.write(bytes));
    const [stdin, stdout, stderr] = [this.pty.open(), this.pty.open(), this.pty.open()];
    this.shell = this.machine.start({ argv, stdin, stdout, stderr, terminal: this.pty });
    this.pty.attach(this.shell);
    this.run(100);
  }

  run(ms: number): void {
    const { clock } = this.machine.kernel;
    clock.runUntil(clock.now + ms);
  }

  type(text: string, ms = 50): this {
    this.pty.type(new TextEncoder().encode(text));
    this.run(ms);
    return this;
  }

  /** All rows down to the cursor's, without blanks at their ends. */
  async rows(): Promise<string[]> {
    await new Promise<void>((resolve) => this.xterm.write("", resolve));
    const buffer = this.xterm.buffer.active;
    const rows: string[] = [];
    for (let y = 0; y <= buffer.baseY + buffer.cursorY; y++) {
      rows.push((buffer.getLine(y)?.translateToString(true) ?? "").trimEnd());
    }
    return rows;
  }

  /** The same rows as lines: what the terminal itself has wrapped is one. */
  async lines(): Promise<string[]> {
    const rows = await this.rows();
    return rows.reduce<string[]>((lines, row, y) => {
      if (this.xterm.buffer.active.getLine(y)?.isWrapped === true) lines.push(`${lines.pop() ?? ""}${row}`);
      else lines.push(row);
      return lines;
    }, []);
  }

  resize(columns: number, rows: number): this {
    this.xterm.resize(columns, rows);
    this.pty.resize(columns, rows);
    this.run(50);
    return this;
  }

  async cursor(): Promise<[number, number]> {
    await this.rows();
    return [this.xterm.buffer.active.cursorX, this.xterm.buffer.active.cursorY];
  }
}

let screen: Screen;
afterEach(() => expect(screen.machine.kernel.faults).toEqual([]));

/** Lines as they stand on the screen; `$ ` begins those with the prompt. */
function expected(...lines: string[]): string[] {
  return lines.map((line) => line.replace(/^\$( |$)/, PROMPT).trimEnd());
}

describe("the prompt", () => {
  test("runs a line and asks again", async () => {
    screen = new Screen().type("echo hi\r");
    expect(await screen.rows()).toEqual(expected("$ echo hi", "hi", "$ "));
  });

  test("sh has bash's own prompt", async () => {
    screen = new Screen(["sh"]).type("nosuch\r");
    expect(await screen.rows()).toEqual(["sh-5.2# nosuch", "sh: nosuch: command not found", "sh-5.2#"]);
  });

  test("Debian's sh and busybox's have prompts and words of their own", async () => {
    screen = new Screen(["dash"]).type("nosuch\r").type("exit\r");
    expect(await screen.rows()).toEqual(["# nosuch", "dash: 1: nosuch: not found", "# exit", ""]);
    screen = new Screen(["ash"]).type("cd /etc\r").type("nosuch\r");
    expect(await screen.rows()).toEqual(["~ # cd /etc", "/etc # nosuch", "ash: nosuch: not found", "/etc #"]);
  });

  test("asks for more while a command is open", async () => {
    screen = new Screen().type('for i in 1; do\recho "$i\r"; done\r').type("cat <<E\rx\rE\r").type("echo a \\\rb\r");
    expect(await screen.rows()).toEqual(
      expected(
        ...["$ for i in 1; do", '> echo "$i', '> "; done', "1", "", "$ cat <<E", "> x", "> E", "x"],
        ...["$ echo a \\", "> b", "a b", "$ "],
      ),
    );
  });

  test("stands behind output without a newline", async () => {
    screen = new Screen().type("printf abc\r").type("xy\x1b[Dz");
    expect((await screen.rows()).at(-1)).toBe("abcroot@host:~# xzy");
  });

  test("stands where it stood before a full-screen program", async () => {
    screen = new Screen().type("printf '\\033[?1049h\\033[5;20Hfar out'; printf '\\033[?1049l'\r");
    expect((await screen.rows()).at(-1)).toBe("root@host:~#");
  });

  test("Ctrl-C leaves a line, Ctrl-D the shell", async () => {
    screen = new Screen().type("echo no\x03").type("echo $?\r").type("\x04");
    expect(await screen.rows()).toEqual(expected("$ echo no^C", "$ echo $?", "130", "$ exit", ""));
    expect(screen.shell.exitCode).toBe(0);
  });

  // bash 5.2: a key after Escape is waited for as long as it takes, and Ctrl-C stays a signal; after Ctrl-V it is a character.
  test.each(["\x1b", "\x1b[", "\x1b3", "\x18", "\x12x", "\x1b[200~"])(
    "Ctrl-C leaves a line after %j, too",
    async (begun) => {
      screen = new Screen().type(`abc${begun}`, 2000).type("\x03").type("echo ok\r");
      expect((await screen.rows()).slice(-3)).toEqual(expected("$ echo ok", "ok", "$ "));
      screen = new Screen().type(`abc${begun}\x03`).type("echo ok\r");
      if (!begun.endsWith("~")) expect((await screen.rows()).slice(-3)).toEqual(expected("$ echo ok", "ok", "$ "));
    },
  );

  test("Escape waits for its key", async () => {
    screen = new Screen().type("echo one two\r").type("echo \x1b", 3000).type(".\r");
    expect((await screen.rows()).slice(-3)).toEqual(expected("$ echo two", "two", "$ "));
  });

  // What bash 5.2 does, seen at a pseudo-terminal.
  test("a paste of several lines is edited as a whole, and runs line by line when it is entered", async () => {
    screen = new Screen().type("\x1b[200~echo one\recho two\rech\x1b[201~");
    expect(await screen.rows()).toEqual(expected("$ echo one", "echo two", "ech"));
    screen.type("o three\r");
    expect(await screen.rows()).toEqual(expected("$ echo one", "echo two", "echo three", "one", "two", "three", "$ "));
    screen.type("\x1b[A\x1b[A");
    expect((await screen.rows()).at(-1)).toBe("root@host:~# echo two");
  });

  test("a pasted loop runs once, control characters in a paste are text, what lacks its end is asked for", async () => {
    screen = new Screen().type("\x1b[200~for i in 1 2; do\r  echo $i\rdone\r\x1b[201~").type("\r");
    expect((await screen.rows()).slice(-3)).toEqual(expected("1", "2", "$ "));
    screen.type("\x1b[200~a\tb\x01c\x1b[A\x7fd\x1b[201~");
    expect((await screen.rows()).at(-1)).toBe("root@host:~# a  b^Ac^[[A^?d");
    screen.type("\x03").type("\x1b[200~for i in 7\rdo\x1b[20").type("1~\r").type("echo $i; done\r");
    expect((await screen.rows()).slice(-3)).toEqual(expected("> echo $i; done", "7", "$ "));
  });

  test("lines of a paste go on after one that was interrupted or wrong", async () => {
    screen = new Screen().type("\x1b[200~sleep 9\r) x\recho after\x1b[201~\r").type("\x03");
    const rows = (await screen.rows()).slice(-4);
    expect(rows[0]).toBe("^C");
    expect(rows[1]).toMatch(/syntax error/);
    expect(rows.slice(2)).toEqual(expected("after", "$ "));
  });

  test("a pasted megabyte is taken at once", async () => {
    screen = new Screen()
      .type(`: ${"x".repeat(1_000_000)}`, 5000)
      .type("\x03")
      .type("echo still here\r");
    expect((await screen.rows()).slice(-3)).toEqual(expected("$ echo still here", "still here", "$ "));
  });
});

describe("running", () => {
  test("what is typed while a command runs is read by it, or by the next prompt", async () => {
    screen = new Screen().type("sleep 1\recho ahead\r", 2000).type("read x\rtyped\recho [$x]\r", 100);
    expect((await screen.rows()).slice(1)).toEqual(
      expected("$ echo ahead", "ahead", "$ read x", "$ echo [$x]", "[typed]", "$ "),
    );
  });

  test.each(["sleep 100", "sleep 100 | cat", "while true; do sleep 1; done", "x=$(sleep 100)", "yes", "seq 1e8 > x"])(
    "Ctrl-C at whatever moment after Enter ends %s",
    async (command) => {
      for (let steps = 0; steps < 30; steps++) {
        screen = new Screen();
        screen.pty.type(new TextEncoder().encode(`${command}\r`));
        const { clock } = screen.machine.kernel;
        for (let step = 0; step < steps; step++) clock.step(clock.now + 1000);
        screen.type("\x03", 2000).type("\recho alive\r");
        expect((await screen.rows()).slice(-2)).toEqual(expected("alive", "$ "));
      }
    },
  );

  test("Ctrl-C ends a loop of builtins", async () => {
    screen = new Screen().type("while true; do :; done\r", 500).type("\x03").type("echo $?\r");
    expect(await screen.rows()).toEqual(expected("$ while true; do :; done", "^C", "$ echo $?", "130", "$ "));
  });

  test("Ctrl-Z stops a job, fg goes on with it", async () => {
    screen = new Screen().type("sleep 30\r").type("\x1a").type("jobs\r").type("fg\r", 40_000).type("echo $?\r");
    const stopped = "[1]+  Stopped                 sleep 30";
    expect(await screen.rows()).toEqual(
      expected("$ sleep 30", "^Z", stopped, "$ jobs", stopped, "$ fg", "sleep 30", "$ echo $?", "0", "$ "),
    );
  });

  test("a background job tells its end before a prompt", async () => {
    screen = new Screen().type("sleep 1 &\r", 2000).type("\r");
    expect(await screen.rows()).toContain("[1]+  Done                    sleep 1");
  });

  test("a fork bomb fills the process table, not the world", async () => {
    screen = new Screen().type(":(){ :|:& };:\r", 3000).type("\x03", 20_000).type("echo alive\r", 3000);
    expect(await screen.rows()).toContain("alive");
  });

  test("functions that call themselves for ever end with a message", async () => {
    screen = new Screen().type("f() { f; }; f\r", 2000);
    expect((await screen.rows())[1]).toBe("bash: f: maximum function nesting level exceeded (4000)");
  });
});

describe("editing", () => {
  const edited: [string, string, string][] = [
    ["Home, End, arrows", "bc\x01a\x05d\x1b[D\x1b[D_", "ab_cd"],
    ["words by Alt and Ctrl", "one two three\x1bb\x1b[1;5DX", "one Xtwo three"],
    ["kill and yank", "one two\x17\x19\x19", "one twotwo"],
    ["Ctrl-U, Ctrl-Y, Ctrl-K", "abc\x15d\x19\x01\x0bz", "z"],
    ["transpose and undo", "ab\x14\x1f", "ab"],
    ["backspace and delete", "abcd\x7f\x01\x1b[3~\x04", "c"],
    ["wide characters", "漢字x\x1b[D\x1b[D\x7f", "字x"],
  ];
  test.each(edited)("%s", async (_name, keys, line) => {
    screen = new Screen().type(keys);
    expect((await screen.rows()).at(-1)).toBe(`${PROMPT}${line}`.trimEnd());
  });

  test("a long line wraps and is edited across rows", async () => {
    screen = new Screen()
      .type(`echo ${"a".repeat(80)}`)
      .type("\x01")
      .type("X");
    expect(await screen.cursor()).toEqual([14, 0]);
    screen.type("\x05");
    expect(await screen.rows()).toEqual([`${PROMPT}Xecho ${"a".repeat(61)}`, "a".repeat(19)]);
  });

  test("a line that wraps is one line for the terminal, also where a row is just full", async () => {
    const full = `echo ${"a".repeat(80 - PROMPT.length - 5)}`;
    screen = new Screen().type(full);
    expect(await screen.cursor()).toEqual([0, 1]);
    screen.type("b").type("\x01").type("X").type("\x05").type("c");
    expect(await screen.lines()).toEqual([`${PROMPT}X${full}bc`]);
    screen.type("\x7f\x7f\x7f");
    expect(await screen.cursor()).toEqual([0, 1]);
    expect(await screen.lines()).toEqual([`${PROMPT}X${full.slice(0, -1)}`]);
  });

  test("a line that just fills its row is followed by what it prints, with no empty row between", async () => {
    const full = `echo ${"a".repeat(80 - PROMPT.length - 5)}`;
    screen = new Screen().type(`${full}\r`);
    expect(await screen.rows()).toEqual([`${PROMPT}${full}`, full.slice(5), PROMPT.trimEnd()]);
    expect(await screen.lines()).toEqual([`${PROMPT}${full}`, full.slice(5), PROMPT.trimEnd()]);
    screen = new Screen().type(`${full}\x03`);
    expect(await screen.rows()).toEqual([`${PROMPT}${full}`, "^C", PROMPT.trimEnd()]);
  });

  test("a prompt follows the terminal's size: what is typed uses all of it, what stands there is drawn anew", async () => {
    const line = `echo ${"a".repeat(75)}`;
    screen = new Screen().resize(110, 24).type(line);
    expect(await screen.rows()).toEqual([`${PROMPT}${line}`]);
    screen.resize(40, 24);
    expect(await screen.lines()).toEqual([`${PROMPT}${line}`]);
    screen.resize(100, 24).type("b");
    expect(await screen.rows()).toEqual([`${PROMPT}${line}b`]);
  });

  test("history by arrows, search, !! and !$", async () => {
    screen = new Screen().type("echo one\r").type("echo two\r").type("\x1b[A\x1b[A\r");
    screen.type("\x12tw").type("\r").type("!!\r").type("echo !$\r");
    expect((await screen.rows()).slice(4)).toEqual(
      expected(
        "$ echo one",
        "one",
        "$ echo two",
        "two",
        "$ !!",
        "echo two",
        "two",
        "$ echo !$",
        "echo two",
        "two",
        "$ ",
      ),
    );
  });
});

describe("Tab", () => {
  const completed: [string, string, string][] = [
    ["a command", "hist\t", "history"],
    ["a file", "cat no\t", "cat notes.txt"],
    ["a file that needs quotes", "cat a\t", "cat a\\ file"],
    ["a directory", "cd di\t", "cd dir/"],
    ["inside quotes", 'cat "a\t', 'cat "a file"'],
    ["a variable", "echo $HISTFILES\t", "echo $HISTFILESIZE"],
    ["a program's arguments", "tool get no\t", "tool get nodes"],
    ["the common start", "tool get po\t", "tool get pod"],
  ];
  test.each(completed)("completes %s", async (_name, keys, line) => {
    screen = new Screen().type(keys, 500);
    expect((await screen.rows()).at(-1)).toBe(`${PROMPT}${line}`);
  });

  test("completes through an alias; twice lists", async () => {
    screen = new Screen().type("alias t=tool\r").type("t get pod\t", 500).type("\t", 500);
    expect((await screen.rows()).slice(1)).toEqual(
      expected("$ t get pod", "pods          podtemplates", "$ t get pod"),
    );
  });

  test("a key ends a slow search for candidates", async () => {
    screen = new Screen().type("tool slow no\t", 100).type("x\r", 100);
    expect((await screen.rows()).slice(0, 2)).toEqual(expected("$ tool slow nox", "slow nox"));
  });
});
