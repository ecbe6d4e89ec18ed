import { expect, test } from "vitest";
import { CORE_PROGRAMS } from "../../../src/programs/core/index.ts";
import { runProgram } from "../../support/machine.ts";
import { bash } from "../../support/shells.ts";

const HEX = "| xxd -p";

// Bytes that are no UTF-8, on their way through words, arguments, names and pipes; what bash 5.2 and coreutils print.
test.each([
  [`printf 'a\\xff\\xc3\\n' > f; x=$(cat f); echo "$x" ${HEX}`, "61ffc30a\n"],
  [`x=$(printf 'a\\xff'); basename "$x" ${HEX}`, "61ff0a\n"],
  [`x=$'\\xe2\\x9c' env printenv x ${HEX}`, "e29c0a\n"],
  [`touch $'n\\xfe'; ls ${HEX}`, "6efe0a\n"],
  [`echo hi > $'n\\xfe'; for f in n*; do cat "$f"; done`, "hi\n"],
])("%s", (script, stdout) => {
  const programs = { ...CORE_PROGRAMS, bash };
  expect(runProgram({ programs, argv: ["bash", "-c", `mkdir -p /d; cd /d; ${script}`] }).stdout).toBe(stdout);
});

test("an expansion that fails ends a script with 1, and a command string with 127", () => {
  const programs = { ...CORE_PROGRAMS, bash };
  const code = (script: string) => runProgram({ programs, argv: ["bash", "-c", script] }).stdout;
  expect(code(`echo 'echo \${x?no}' > /s; bash /s; echo $?; bash -c 'echo \${x?no}'; echo $?`)).toBe("1\n127\n");
});
