import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { CORE_PROGRAMS } from "../../../../src/programs/core/index.ts";
import { runProgram } from "../../../support/machine.ts";

/** Every byte but NUL, in lines that are no UTF-8, some that are, and two of both. */
const INPUT = Buffer.concat([
  ...Array.from({ length: 16 }, (_, row) =>
    Buffer.from([...Array.from({ length: 16 }, (__, at) => row * 16 + at).filter((byte) => byte !== 0), 10]),
  ),
  Buffer.from("plain\nh\u00e9llo w\u00f6rld \u{1f600}\n\ufffd replacement\n\ufeffmark\n"),
  Buffer.from([0x61, 0xff, 0x62, 0xc3, 0x28, 0x09, 0xe2, 0x82, 0x0a, 0xed, 0xa0, 0x80, 0x20, 0xf5, 0x0a]),
]);

/** Command lines that pass bytes on; words between blanks, `␣` for a blank. */
const LINES = [
  "cat",
  "cat -n",
  "tac",
  "nl",
  "head -n 20",
  "head -c 300",
  "tail -n 7",
  "tail -c 40",
  "tail -n +12",
  "cut -f1",
  "cut -d␣ -f2-",
  "cut -b2-5",
  "tr a b",
  "tr -d h",
  "tr a-z A-Z",
  "tr -s l",
  "tr -cd a-z",
  "tr \\200-\\377 x",
  "tr é e",
  "sort",
  "sort -u",
  "uniq",
  "grep -a .",
  "grep -a ^a",
  "grep -av x",
  "grep -ao a.*",
  "grep -ac [^a]$",
  "sed s/l/L/",
  "sed s/.$/X/",
  "sed -n p",
  "sed -n /a/p",
  "sed y/abc/xyz/",
  "sed 1!G;h;$!d",
  "awk 1",
  "awk {print␣$1}",
  "awk {$1=$1}1",
  "awk /^a/",
  'awk {sub(/a/,"b")}1',
  "paste -",
  "paste - -",
  "tee",
  "wc",
  "wc -m",
  "base64",
  "xxd -p",
  "md5sum",
  "od",
  "diff - other",
  "cmp - other",
];

const folder = mkdtempSync(join(tmpdir(), "bytes-"));
const OTHER = Buffer.concat([INPUT, Buffer.from([0xfe, 10])]);
writeFileSync(join(folder, "other"), OTHER);

afterAll(() => rmSync(folder, { recursive: true }));

/** Whether the real program is here to be asked; `od` and its like may be missing on our side. */
const ASKED = LINES.filter((line) => (line.split(" ")[0] ?? "") in CORE_PROGRAMS);

test.each(ASKED)("%s passes the bytes that the real one passes", (line) => {
  const argv = line.split(" ").map((word) => word.replaceAll("␣", " "));
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C.UTF-8" };
  const real = spawnSync(argv[0] ?? "", argv.slice(1), { cwd: folder, input: INPUT, env });
  const ours = runProgram({
    programs: CORE_PROGRAMS,
    files: { "/root/other": { bytes: new Uint8Array(OTHER) } },
    argv,
    stdin: new Uint8Array(INPUT),
  });
  expect(Buffer.from(ours.stdoutBytes).toString("latin1")).toBe(real.stdout.toString("latin1"));
});

test("xargs refuses an argument that no command line can hold", () => {
  const { stderr, exitCode } = runProgram({ programs: CORE_PROGRAMS, argv: ["xargs"], stdin: "x".repeat(200_000) });
  expect({ stderr, exitCode }).toEqual({ stderr: "xargs: argument line too long\n", exitCode: 1 });
});
