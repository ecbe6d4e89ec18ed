import { afterEach, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { freshWorld, typeLine, typist } from "../support/world.ts";

/** Lines that want all memory, all time or all of the disk: each ends by itself or by Ctrl-C, and nobody else suffers. */
let world: Sandbox | undefined;

afterEach(() => {
  expect(world?.kernel.faults ?? []).toEqual([]);
  world?.dispose();
});

function open() {
  world = freshWorld({ topology: "bare" });
  return { sandbox: world, runner: typist(world) };
}

/** What ends when it holds too much, as Linux ends it, or says that there is no more. */
test.each<[line: string, code: number, message: string]>([
  ["sort /dev/zero", 137, "Killed\n"],
  ["tail /dev/zero", 137, "Killed\n"],
  ["uniq /dev/zero", 137, "Killed\n"],
  ["grep x /dev/zero", 137, "Killed\n"],
  ["sed p /dev/zero", 137, "Killed\n"],
  ["seq 1000000000000 | tac", 137, "Killed\n"],
  ["awk 'BEGIN { x = \"a\"; while (1) x = x x }'", 137, "Killed\n"],
  ["awk 'BEGIN { printf \"%1000000000d\", 1 }'", 137, "Killed\n"],
  ["echo x | sed ':a;G;h;ba'", 137, "Killed\n"],
  ["bash -c 'x=$(yes)'", 2, "bash: xrealloc: cannot allocate "],
  ["bash -c 'x=a; while :; do x=$x$x; done'", 2, "bash: xrealloc: cannot allocate "],
  ["bash -c 'x=aaaaaaaaaaaaaaaa; while :; do a+=($x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x); x=$x$x$x; done'", 2, "xrealloc"],
  ["bash /dev/zero", 2, "bash: xrealloc: cannot allocate "],
  ["yes > file", 1, "yes: write error: No space left on device\n"],
  ["cat /dev/zero > file", 1, "cat: write error: No space left on device\n"],
  ["dd if=/dev/zero of=file bs=1M", 1, "dd: error writing 'file': No space left on device\n"],
  ["echo {1..1000000000}", 0, "bash: brace expansion: failed to allocate memory for 1000000000 elements\n"],
  ["echo {1..1000}{1..1000}{1..1000}", 0, "bash: brace expansion: failed to allocate memory for"],
  ["f() { f; }; f", 1, "bash: f: maximum function nesting level exceeded"],
  ["awk 'function f() { f() } BEGIN { f() }'", 2, "function call nesting too deep"],
  ["printf '%0200000d' 1 | grep -E '(0+)+$'", 1, ""],
  ["printf '%0200000d' 1 | grep -P '(0+)+$'", 2, "grep: (standard input): exceeded PCRE's backtracking limit\n"],
  ["printf '%0200000d' 1 | sed -E 's/(0*)*$/x/'", 0, ""],
  ["printf '%0200000d' 1 | awk '/(0|00)+$/'", 0, ""],
  ["x=$(printf '%0200000d' 1); [[ $x =~ (0+)+$ ]]", 1, ""],
  ["expr \"$(printf '%0100000d' 1)\" : '\\(0*\\)*$'", 1, ""],
  ["expr \"$(printf '%0100000d' 1)\" : '\\(0*\\)*\\1x'", 2, "expr: "],
  ["find / -regex '\\(.*\\)*x\\(.*\\)*y\\(.*\\)*z'", 0, ""],
  ["yes 1 | jq -s .", 137, "Killed\n"],
])("%s ends", (line, code, message) => {
  const { runner } = open();
  const { exitCode, stderr } = typeLine(runner, line);
  expect({ exitCode, stderr: stderr.slice(0, 300) }).toEqual({
    exitCode: code,
    stderr: expect.stringContaining(message),
  });
  expect(typeLine(runner, "rm -f file; echo alive").stdout).toBe("alive\n");
});

/** What goes on for ever without holding more and more. */
test.each([
  "x=$(cat /dev/zero)",
  "read -r x < /dev/zero",
  "while read; do :; done < /dev/zero",
  "seq 1000000000000 > /dev/null",
  "seq 1000000000000 | tail -1",
  "yes | tail",
  "head -c 1000000000000 /dev/zero | tail -c 1",
  "cat /dev/zero | tr '\\0' a | wc -c",
  "yes | xargs -n1 echo",
  "yes 1 | jq -c .",
  "awk 'BEGIN { while (1); }'",
  "echo x | sed ':a;ba'",
  "echo x | sed ':a;s/^/xx/;ta'",
  "for ((;;)); do :; done",
  "until false; do ls -R / > /dev/null; done",
  "f() { f | f & }; f",
  "trap : TERM; while :; do kill $$; done",
  "find / -exec find / ';' > /dev/null",
  "watch -n0 yes",
  "cat < <(cat < <(yes)) > /dev/null",
  "mkfifo p; cat p > p",
  "select x in a b; do :; done < <(yes)",
])("%s is ended by Ctrl-C, and another terminal goes on meanwhile", (line) => {
  const { sandbox, runner } = open();
  const other = typist(sandbox);
  const [session] = sandbox.sessions;
  session?.type(`${line}\r`);
  sandbox.run(300);
  expect(other.type("echo $((6 * 7))")).toMatchObject({ stdout: "42\n" });
  session?.type("\x03");
  sandbox.run(300);
  session?.type("\x03");
  sandbox.run(300);
  runner.takeScreen();
  session?.type("echo still $((20+22))\r");
  sandbox.run(1000);
  expect(runner.takeScreen()).toContain("still 42");
});

test("a line with very many words, and a here-document of megabytes, are taken", () => {
  const { runner } = open();
  expect(typeLine(runner, "printf '%s\\n' {1..200000} | wc -l").stdout).toBe("200000\n");
  expect(typeLine(runner, `wc -c << END\n${"x".repeat(3_000_000)}\nEND`).stdout).toBe("3000001\n");
});

test("sorting very many lines lets others have their turns", () => {
  const { sandbox, runner } = open();
  const other = typist(sandbox);
  sandbox.sessions[0]?.type("seq 300000 | sort -n | tail -1\r");
  sandbox.run(100);
  expect(other.type("echo meanwhile")).toMatchObject({ stdout: "meanwhile\n" });
  sandbox.run(60_000);
  expect(runner.takeScreen()).toContain("300000\r\n");
});
