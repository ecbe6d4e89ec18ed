import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { CORE_PROGRAMS } from "../../../../src/programs/core/index.ts";
import { runProgram } from "../../../support/machine.ts";

/** Files that both worlds hold in their working directory. */
const FILES: Readonly<Record<string, string>> = {
  "fruit.txt": "banana 3\napple 10\ncherry 2\napple 10\n\ndate 1\n",
  "keys.txt": "/registry/pods/default/a\n\n/registry/pods/kube-system/b\n\n/registry/services/specs/default/c\n",
  "words.txt": "The quick  brown fox\njumps over\tthe lazy dog\n",
  "table.csv": "name,age,city\nann,31,Oslo\nbob,4,Rome\n",
  "numbers.txt": "10\n9\n100\n1\n-5\n1K\n2M\n",
  "no-newline.txt": "one\ntwo",
  "deep/a/one.txt": "1\n",
  "deep/b/two.log": "2\n",
  "deep/three.txt": "3\n",
};

type Case = readonly [argv: string, stdin?: string];

/** Command lines, words separated by blanks, `␣` for a blank within a word. */
const CASES: readonly Case[] = [
  ["cat fruit.txt no-newline.txt"],
  ["cat -n fruit.txt"],
  ["cat -A words.txt"],
  ["cat -b -s fruit.txt"],
  ["cat nope fruit.txt"],
  ["cat -", "hi\n"],
  ["tac fruit.txt"],
  ["nl fruit.txt"],
  ["head -2 fruit.txt"],
  ["head -n 1 fruit.txt words.txt"],
  ["head -c 5 fruit.txt"],
  ["head -n -2 fruit.txt"],
  ["tail -2 fruit.txt"],
  ["tail -n +3 fruit.txt"],
  ["tail -c 4 fruit.txt"],
  ["head -n x fruit.txt"],
  ["grep apple fruit.txt"],
  ["grep -n an fruit.txt"],
  ["grep -c . keys.txt"],
  ["grep -v ^$ keys.txt"],
  ["grep -o [a-z]*/[a-z]$ keys.txt"],
  ["grep -E (app|dat)[a-z]+ fruit.txt"],
  ["grep -i THE words.txt"],
  ["grep -w over words.txt"],
  ["grep -A1 -n cherry fruit.txt"],
  ["grep -B1 cherry fruit.txt"],
  ["grep -C1 banana fruit.txt"],
  ["grep -r 2 deep"],
  ["grep -l a fruit.txt words.txt keys.txt"],
  ["grep -L apple fruit.txt words.txt"],
  ["grep x nope"],
  ["grep -q apple fruit.txt"],
  ["grep -F a.p fruit.txt"],
  ["grep -e apple -e date fruit.txt"],
  ["grep a\\+p fruit.txt"],
  ["grep -h 1 fruit.txt numbers.txt"],
  ["grep -E a{2} fruit.txt"],
  ["grep \\(a\\)n\\1 fruit.txt"],
  ["grep [[:digit:]]$ fruit.txt"],
  ["grep -x date␣1 fruit.txt"],
  ["grep -m1 apple fruit.txt"],
  ["grep [a fruit.txt"],
  ["sort fruit.txt"],
  ["sort -u fruit.txt"],
  ["sort -r fruit.txt"],
  ["sort -k2 -n fruit.txt"],
  ["sort -t, -k2,2n table.csv"],
  ["sort -n numbers.txt"],
  ["sort -h numbers.txt"],
  ["sort -k2,2nr -k1,1 fruit.txt"],
  ["sort -V", "v1.10\nv1.9\nv1.2\n"],
  ["sort -f", "b\nA\na\nB\n"],
  ["uniq fruit.txt"],
  ["uniq -c", "a\na\nb\n"],
  ["uniq -d", "a\na\nb\n"],
  ["uniq -u", "a\na\nb\n"],
  ["wc fruit.txt"],
  ["wc -l fruit.txt words.txt"],
  ["wc -c", "hello\n"],
  ["wc", "a b\n"],
  ["wc -w words.txt"],
  ["cut -d, -f2 table.csv"],
  ["cut -c1-3 table.csv"],
  ["cut -d, -f1,3 --output-delimiter=: table.csv"],
  ["cut -f1 words.txt"],
  ["cut -d/ -f3- keys.txt"],
  ["cut -f0 x"],
  ["tr a-z A-Z", "hello\n"],
  ["tr -d aeiou", "education\n"],
  ["tr -s ␣", "a   b  c\n"],
  ["tr -cd 0-9\\n", "a1b2\n"],
  ["tr [:upper:] [:lower:]", "ABC\n"],
  ["tr , \\n", "a,b\n"],
  ["paste -d, fruit.txt numbers.txt"],
  ["paste -sd+ numbers.txt"],
  ["rev words.txt"],
  ["seq 3"],
  ["seq 2 2 9"],
  ["seq 5 -2 1"],
  ["seq -w 8 11"],
  ["seq -s, 4"],
  ["seq 0.5 0.5 2"],
  ["seq x"],
  ["base64 fruit.txt"],
  ["base64 -d", "aGVsbG8K"],
  ["base64 -w0 keys.txt"],
  ["base64 -d", "!!!!"],
  ["md5sum fruit.txt"],
  ["sha256sum fruit.txt words.txt"],
  ["sha1sum", "x"],
  ["basename /a/b/c.txt .txt"],
  ["basename /"],
  ["dirname /a/b/c a /"],
  ["dirname"],
  ["find deep"],
  ["find deep -name *.txt"],
  ["find deep -type d"],
  ["find deep -type f -not -name *.log"],
  ["find deep -maxdepth 1 -type f"],
  ["find nope"],
  ["find deep -name one.txt -o -name three.txt"],
  ["xargs", "a b\nc\n"],
  ["xargs -n1 echo x", "a b c"],
  ["xargs -I{} echo <{}>", "a b\nc\n"],
  ["xargs -n2", "'a b' c\\ d e"],
  ["date -u -d @0 +%F␣%T"],
  ["date -d 2026-11-22T10:00:00Z +%s"],
  ["date -u -d 2026-01-31␣+1␣day +%a␣%b␣%e␣%j␣%V"],
  ["date -d nonsense"],
  ["env -i A=1 B=2 env"],
  ["timeout 5 echo hi"],
  ["timeout 0.1 sleep 5"],
  ["timeout 5 nope"],
  ["sleep x"],
  ["cmp fruit.txt words.txt"],
  ["cmp fruit.txt fruit.txt"],
  ["column -t", "a bb c\naaa b cc\n"],
  ["ls"],
  ["ls deep"],
  ["ls -1 deep/a deep/b"],
  ["ls nope"],
  ["ls -d deep"],
  ["ls -p"],
  ["ls -R deep"],
  ["ls -z"],
  ["mkdir deep"],
  ["mkdir x/y"],
  ["rm nope"],
  ["rm deep"],
  ["rmdir deep"],
  ["cp nope x"],
  ["mv nope x"],
  ["cp deep copy"],
  ["touch"],
  ["chmod 999 fruit.txt"],
  ["stat -c %n:%s fruit.txt"],
  ["readlink fruit.txt"],
  ["cat --nope"],
  ["du nope"],
  ["strings -n 3 fruit.txt"],
];

const ECHO = {
  *run(process: Parameters<(typeof CORE_PROGRAMS)[string]>[0]) {
    yield* process.stdout.write(new TextEncoder().encode(`${process.argv.slice(1).join(" ")}\n`));
    return 0;
  },
};

const folder = mkdtempSync(join(tmpdir(), "gnu-"));
for (const [name, content] of Object.entries(FILES)) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}
afterAll(() => rmSync(folder, { recursive: true }));

const words = (line: string) => line.split(" ").map((word) => word.replaceAll("␣", " "));
const sorted = (text: string) => text.split("\n").sort().join("\n");

test.each(CASES)("%s", (line, stdin = "") => {
  const argv = words(line);
  const real = spawnSync(argv[0] ?? "", argv.slice(1), {
    cwd: folder,
    input: stdin,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8", TZ: "UTC" },
  });
  const files = Object.fromEntries(Object.entries(FILES).map(([name, content]) => [`/work/${name}`, content]));
  const ours = runProgram({
    argv,
    stdin,
    cwd: "/work",
    files,
    programs: { ...CORE_PROGRAMS, echo: ECHO.run },
    limitMs: 60_000,
  });
  // The order of a directory is the disk's for find and grep -r.
  const shape = /^(find|grep -r)/.test(line) ? sorted : (text: string) => text;
  expect({ stdout: shape(ours.stdout), stderr: ours.stderr, code: ours.exitCode }).toEqual({
    stdout: shape(real.stdout),
    stderr: real.stderr.replaceAll("‘", "'").replaceAll("’", "'"),
    code: real.status,
  });
});
