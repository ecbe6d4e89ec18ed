import type { Builtin } from "../state/shell.ts";
import { print } from "./output.ts";
import { fail } from "./usage.ts";

/** What each builtin does, in a line. */
const TOPICS: Readonly<Record<string, string>> = {
  alias: "alias [name[=value] ...]: list or define aliases",
  bg: "bg [job]: let a stopped job go on in the background",
  break: "break [n]: leave n loops",
  cd: "cd [dir]: change the working directory (- is the previous one)",
  command: "command [-v] name [arg ...]: run a command past functions, or say what it is",
  continue: "continue [n]: go on with the next turn of the nth loop",
  declare: "declare [-aAilnrux] [name[=value] ...]: give variables values and attributes",
  dirs: "dirs [-clpv]: show the directory stack",
  echo: "echo [-neE] [arg ...]: write arguments",
  eval: "eval [arg ...]: run arguments as a command",
  exec: "exec [command]: replace the shell, or make redirections last",
  exit: "exit [n]: leave the shell",
  export: "export [name[=value] ...]: pass variables on to programs",
  fg: "fg [job]: bring a job to the foreground",
  getopts: "getopts optstring name [arg ...]: read option letters",
  hash: "hash [-r] [name ...]: remembered places of programs",
  help: "help [name]: this",
  history: "history [-c] [-d n] [n]: the list of commands",
  jobs: "jobs [-lprs]: the jobs of this shell",
  kill: "kill [-signal] pid|%job ...: send a signal",
  let: "let expression ...: compute",
  local: "local [name[=value] ...]: variables of a function",
  mapfile: "mapfile [-t] [array]: read lines into an array",
  popd: "popd [+n|-n]: go back along the directory stack",
  printf: "printf [-v var] format [arg ...]: write formatted text",
  pushd: "pushd [dir]: go somewhere and remember where from",
  pwd: "pwd [-LP]: the working directory",
  read: "read [-rs] [-p prompt] [-t seconds] [-a array] [name ...]: read a line",
  readonly: "readonly [name[=value] ...]: variables that cannot change",
  return: "return [n]: leave a function",
  set: "set [-efuxo option] [arg ...]: options and positional parameters",
  shift: "shift [n]: drop positional parameters",
  shopt: "shopt [-su] [option ...]: more options",
  source: "source file [arg ...]: run a file in this shell",
  test: "test expression: also [ expression ]; status 0 when it holds",
  trap: "trap [action signal ...]: what to do at signals, EXIT, ERR",
  type: "type [-at] name ...: what a command name means",
  ulimit: "ulimit [-a]: limits",
  umask: "umask [-S] [mode]: mode bits taken from new files",
  unalias: "unalias [-a] name ...: remove aliases",
  unset: "unset [-fv] name ...: remove variables or functions",
  wait: "wait [-n] [id ...]: wait for jobs",
};

export const help: Builtin = function* (shell, args) {
  const [topic] = args.filter((arg) => !arg.startsWith("-"));
  if (topic === undefined) {
    const lines = Object.values(TOPICS).map((line) => `  ${line}\n`);
    yield* print(shell, `Commands that are part of the shell (also: man NAME, NAME --help):\n${lines.join("")}`);
    return 0;
  }
  const line = TOPICS[topic];
  if (line === undefined)
    return yield* fail(
      shell,
      "help",
      `no help topics match \`${topic}'.  Try \`help help' or \`man -k ${topic}' or \`info ${topic}'.`,
    );
  yield* print(shell, `${line}\n`);
  return 0;
};
