import { gzipSync } from "fflate";
import { expect, test } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import type { Machine } from "../../../../src/machine/machine.ts";
import { CORE_PROGRAMS } from "../../../../src/programs/core/index.ts";
import { hostname, id } from "../../../../src/programs/system/host-facts.ts";
import { ps } from "../../../../src/programs/system/ps.ts";
import { newMachine, runProgram } from "../../../support/machine.ts";
import { bash, sh } from "../../../support/shells.ts";

/**
 * Lines in a folder whose disk is full, with what Debian 12's programs said on a full tmpfs: stderr, the exit code, and
 * stdout if any. On ext4 a directory takes a block, on tmpfs none: of making them nothing is recorded but cp's words.
 */
type Recorded = readonly [line: string, stderr: string, exitCode: number, stdout?: string];

const RECORDED: readonly Recorded[] = [
  ["echo hi > e", "bash: line 1: echo: write error: No space left on device\n", 1],
  ["printf abc > p", "bash: line 1: printf: write error: No space left on device\n", 1],
  ["cat hosts > q", "cat: hosts: No space left on device\n", 1],
  ["head -5 hosts >> q", "head: write error: No space left on device\n", 1],
  ["cp src dst", "cp: error copying 'src' to 'dst': No space left on device\n", 1],
  ["tee f < hosts", "tee: f: No space left on device\n", 1, "127.0.0.1 localhost\n127.0.0.1 runsc\n127.0.0.1 vm\n"],
  ["tee f f2 < hosts > /dev/null", "tee: f: No space left on device\ntee: f2: No space left on device\n", 1],
  ["sort -o g hosts", "sort: fflush failed: g: No space left on device\nsort: write error\n", 2],
  ["sort hosts > g", "sort: fflush failed: 'standard output': No space left on device\nsort: write error\n", 2],
  ["sed -i s/a/b/ src", "sed: couldn't write 20000 items to ./sednc3fnJ: No space left on device\n", 4],
  ["sed -n 'w sw' hosts", "sed: couldn't flush <unknown>: No space left on device\n", 4],
  ["gzip -k src", "\ngzip: src.gz: No space left on device\n", 1],
  ["gzip src", "\ngzip: src.gz: No space left on device\n", 1],
  [
    "dd if=hosts of=z",
    "dd: error writing 'z': No space left on device\n0+1 records in\n0+0 records out\n0 bytes copied, 5.4922e-05 s, 0.0 kB/s\n",
    1,
  ],
  ["truncate -s 1M tr", "", 0],
  ["fallocate -l 1M fa", "fallocate: fallocate failed: No space left on device\n", 1],
  ["base64 hosts > b", "base64: write error: No space left on device\n", 1],
  ["awk '{print > \"aw\"}' hosts", "awk: close failed on file aw (No space left on device)\n", 2],
  ["awk '{print}' hosts > aw", "awk: close failed on file /dev/stdout (No space left on device)\n", 2],
  ["xxd hosts x", "xxd: No space left on device\n", 3],
  ["xxd hosts > x", "xxd: No space left on device\n", 3],
  ["diff hosts src > di", "diff: standard output: No space left on device\n", 2],
  ["grep a hosts > gr", "grep: write error: No space left on device\n", 2],
  ["tail -2 hosts > ta", "tail: write error: No space left on device\n", 1],
  ["cut -c1 hosts > cu", "cut: write error: No space left on device\n", 1],
  ["tr a b < hosts > tr", "tr: write error: No space left on device\n", 1],
  ["wc hosts > wc", "wc: write error\n", 1],
  ["uniq hosts > un", "uniq: write error: No space left on device\n", 1],
  ["seq 3 > se", "seq: write error: No space left on device\n", 1],
  ["date > da", "date: write error: No space left on device\n", 1],
  ["ls / > ls", "ls: write error: No space left on device\n", 2],
  ["find / -maxdepth 0 > fi", "find: ‘standard output’: No space left on device\nfind: write error\n", 1],
  ["env > en", "env: write error: No space left on device\n", 125],
  ["ps > ps", "ps: write error: No space left on device\n", 1],
  ["id > id", "id: write error: No space left on device\n", 1],
  [
    "echo hi > e; echo $?; cat e; ls -l e | cut -c1-10",
    "bash: line 1: echo: write error: No space left on device\n",
    0,
    "1\n-rw-r--r--\n",
  ],
  ["yes | head -3 > y", "head: write error: No space left on device\n", 1],
  [
    "{ echo a; echo b; } > two",
    "bash: line 1: echo: write error: No space left on device\nbash: line 1: echo: write error: No space left on device\n",
    1,
  ],
  ["(echo a) > sub", "bash: line 1: echo: write error: No space left on device\n", 1],
  ["echo a | tee te > te2", "tee: 'standard output': No space left on device\ntee: te: No space left on device\n", 1],
  ["cat src src > big", "cat: src: No space left on device\ncat: src: No space left on device\n", 1],
  ["md5sum hosts > m", "md5sum: write error\n", 1],
  ["sha256sum hosts > s", "sha256sum: write error\n", 1],
  ["stat -c %s hosts > st", "stat: write error: No space left on device\n", 1],
  ["basename /a/b > ba", "basename: write error: No space left on device\n", 1],
  ["tac hosts > tac", "tac: write error: No space left on device\n", 1],
  ["rev hosts > rev", "rev: write error: No space left on device\n", 1],
  ["nl hosts > nl", "nl: write error: No space left on device\n", 1],
  ["paste hosts > pa", "paste: write error: No space left on device\n", 1],
  ["pwd > pw", "bash: line 1: pwd: write error: No space left on device\n", 1],
  ["type cd > ty", "bash: line 1: type: write error: No space left on device\n", 1],
  ["set > se", "bash: line 1: set: write error: No space left on device\n", 1],
  ["declare -p PATH > de", "bash: line 1: declare: write error: No space left on device\n", 1],
  ["sed s/a/b/ hosts > o", "sed: couldn't flush stdout: No space left on device\n", 4],
  ["sed -n '$=' hosts > o", "sed: couldn't flush stdout: No space left on device\n", 4],
  ["cp -r d e", "cp: cannot create directory 'e': No space left on device\n", 1],
  [
    "tar cf - hosts > o",
    "tar: -: Cannot write: No space left on device\ntar: Error is not recoverable: exiting now\n",
    2,
  ],
  ["gzip -c src > o", "\ngzip: stdout: No space left on device\n", 1],
  ["zcat t.tgz > o", "\ngzip: stdout: No space left on device\n", 1],
  ["cp src d/", "cp: error copying 'src' to 'd/src': No space left on device\n", 1],
  ["truncate -s 0 src; echo hi > e; cat e", "", 0, "hi\n"],
  [
    "find . -maxdepth 0 -printf '%p\\n' > o",
    "find: ‘standard output’: No space left on device\nfind: write error\n",
    1,
  ],
  ["env A=b printenv A > o", "printenv: write error: No space left on device\n", 2],
  ["stat src > o", "stat: write error: No space left on device\n", 1],
  ["du -s . > o", "du: write error\n", 1],
  ["tail -c5 src > o", "tail: write error: No space left on device\n", 1],
  ["cat < hosts > o", "cat: -: No space left on device\n", 1],
  ["cat hosts - < hosts > o", "cat: hosts: No space left on device\ncat: -: No space left on device\n", 1],
  ["head -c 5 src | tee o > /dev/null", "tee: o: No space left on device\n", 1],
  [
    "tar czf u.tgz hosts",
    "\ngzip: stdout: No space left on device\ntar: Child returned status 1\ntar: Error is not recoverable: exiting now\n",
    2,
  ],
  [
    "tar cf u.tar hosts",
    "tar: u.tar: Cannot write: No space left on device\ntar: Error is not recoverable: exiting now\n",
    2,
  ],
];

/** A machine whose disk takes no further block. */
function fullMachine(): Machine {
  const machine = newMachine({
    programs: { ...CORE_PROGRAMS, bash, sh, ps, hostname, id },
    files: {
      "/disk/hosts": "127.0.0.1 localhost\n127.0.0.1 runsc\n127.0.0.1 vm\n",
      "/disk/hostname": "vm\n",
      "/disk/src": "x".repeat(20_000),
      "/disk/t.tgz": { bytes: gzipSync(utf8("y".repeat(9000)), { mtime: 0 }) },
      "/disk/d/f": "y".repeat(9000),
      "/disk/fill": "",
    },
  });
  machine.volume.capacityBytes = machine.volume.usedBytes;
  return machine;
}

/** What chance and the clock give. */
function masked(text: string): string {
  return text.replace(/sed[A-Za-z0-9]{6}\b/g, "sedXXXXXX").replace(/copied, .*/g, "copied");
}

for (const [line, stderr, exitCode, stdout = ""] of RECORDED)
  test(line, () => {
    const run = runProgram({
      machine: fullMachine(),
      argv: ["bash", "-c", line],
      cwd: "/disk",
      env: { HOME: "/root", PATH: "/usr/bin" },
    });
    expect({ stderr: masked(run.stderr), exitCode: run.exitCode, stdout: run.stdout }).toEqual({
      stderr: masked(stderr),
      exitCode,
      stdout,
    });
  });
