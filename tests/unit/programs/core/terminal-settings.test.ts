import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { CORE_PROGRAMS } from "../../../../src/programs/core/index.ts";
import { runProgram } from "../../../support/machine.ts";
import { freshWorld, typeLine, typist } from "../../../support/world.ts";

const CAPABILITIES =
  "cols|lines|colors|clear|sgr0|bold|dim|rev|smul|rmul|smso|rmso|sitm|ritm|setaf 1|setaf 9|setaf 200|setab 2|setab 12|" +
  "cup 3 5|home|el|el1|ed|bel|civis|cnorm|smcup|rmcup|sc|rc|op|cuu1|cud1|cub1|cuf1|cuu 3|cud 2|cuf 4|cub 1|hpa 3|vpa 2|" +
  "kcuu1|kcud1|kbs|longname|it|am|bw|xenl|nosuch|ht|cr|ri|il1|dl1|dch1|invis|smkx|rmkx|ech 3|csr 1 5";

test.each(CAPABILITIES.split("|"))("tput %s says what ncurses says", (line) => {
  const argv = ["tput", ...line.split(" ")];
  const env = { PATH: process.env.PATH ?? "", TERM: "xterm-256color" };
  const real = spawnSync("tput", argv.slice(1), { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const ours = runProgram({ programs: CORE_PROGRAMS, argv, env });
  expect([ours.stdout, ours.stderr, ours.exitCode]).toEqual([real.stdout, real.stderr, real.status]);
});

test.each([["nope"], ["-T", "nope", "bold"], ["-S"], []])("tput %j fails as ncurses's", (...args) => {
  const given = args.filter((each) => each !== undefined);
  const env = { PATH: process.env.PATH ?? "", TERM: "xterm-256color" };
  const real = spawnSync("tput", given, { env, encoding: "utf8", input: "bold\nsgr0\n" });
  const ours = runProgram({ programs: CORE_PROGRAMS, argv: ["tput", ...given], env, stdin: "bold\nsgr0\n" });
  expect([ours.stdout, ours.stderr, ours.exitCode]).toEqual([real.stdout, real.stderr, real.status]);
});

/** As coreutils 9.1 prints it on a terminal of this size. */
const STTY_A = `speed 38400 baud; rows 24; columns 80; line = 0;
intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff
-iuclc -ixany -imaxbel iutf8
opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt
echoctl echoke -flusho -extproc
`;

test("stty reads and sets the terminal's own state", () => {
  const world = freshWorld({ topology: "bare" });
  const runner = typist(world);
  const says = (line: string) => typeLine(runner, line);
  const session = world.sessions[0];
  expect(says("stty rows 24 cols 80; stty size").stdout).toBe("24 80\n");
  expect(says("stty -a").stdout).toBe(STTY_A);
  expect(says("stty").stdout).toBe("speed 38400 baud; line = 0;\n-brkint -imaxbel iutf8\n");
  expect(says("stty -icanon; stty").stdout).toBe("speed 38400 baud; line = 0;\n-brkint -imaxbel iutf8\n-icanon\n");
  expect(says("stty sane; stty -g; saved=$(stty -g); stty -icanon; stty $saved; stty").stdout).toBe(
    "4500:5:bf:8a3b:3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0\n" +
      "speed 38400 baud; line = 0;\n-brkint -imaxbel iutf8\n",
  );
  expect(says("stty raw")).toMatchObject({ stderr: "not simulated in this sandbox: stty raw\n", exitCode: 1 });
  expect(says("stty nope").stderr).toBe("stty: invalid argument 'nope'\nTry 'stty --help' for more information.\n");
  expect(says("stty < /dev/null").stderr).toBe("stty: 'standard input': Inappropriate ioctl for device\n");
  expect(says("tput cols; tput lines; COLUMNS=7 tput cols < /dev/null").stdout).toBe("80\n24\n80\n");
  session?.type("stty -echo\r");
  world.run(1000);
  runner.takeScreen();
  session?.type("echo $((6 * 7))\r");
  world.run(1000);
  expect(runner.takeScreen()).not.toContain("6 * 7");
  session?.type("reset\r");
  world.run(1000);
  expect(runner.takeScreen()).toContain("\x1bc");
  session?.type("echo $((6 * 7))\r");
  world.run(1000);
  expect(runner.takeScreen()).toContain("6 * 7");
  world.dispose();
});
