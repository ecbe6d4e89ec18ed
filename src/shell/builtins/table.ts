import type { Builtin } from "../state/shell.ts";
import { alias, unalias } from "./alias.ts";
import { letExpression } from "./arithmetic.ts";
import { builtin, command, enable, hash, type } from "./command.ts";
import { declare, exportNames, local, readonlyNames, unset } from "./declare.ts";
import { cd, dirs, popd, pushd, pwd } from "./directories.ts";
import { exec } from "./exec.ts";
import {
  breakLoop,
  continueLoop,
  evaluateText,
  exitShell,
  failing,
  returnFunction,
  shift,
  source,
  succeed,
} from "./flow.ts";
import { getopts } from "./getopts.ts";
import { help } from "./help.ts";
import { history } from "./history.ts";
import { bg, disown, fg, jobs, kill, wait } from "./jobs.ts";
import { caller, times, ulimit, umask } from "./limits.ts";
import { mapfile } from "./mapfile.ts";
import { set, shopt } from "./options.ts";
import { echo } from "./output.ts";
import { printf } from "./printf.ts";
import { read } from "./read.ts";
import { bracket, test } from "./test.ts";
import { trap } from "./trap.ts";

/** bash's builtins by name. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map([
  [".", source],
  [":", succeed],
  ["[", bracket],
  ["alias", alias],
  ["bg", bg],
  ["break", breakLoop],
  ["builtin", builtin],
  ["caller", caller],
  ["cd", cd],
  ["command", command],
  ["continue", continueLoop],
  ["declare", declare],
  ["dirs", dirs],
  ["disown", disown],
  ["echo", echo],
  ["enable", enable],
  ["eval", evaluateText],
  ["exec", exec],
  ["exit", exitShell],
  ["export", exportNames],
  ["false", failing],
  ["fg", fg],
  ["getopts", getopts],
  ["hash", hash],
  ["help", help],
  ["history", history],
  ["jobs", jobs],
  ["kill", kill],
  ["let", letExpression],
  ["local", local],
  ["logout", exitShell],
  ["mapfile", mapfile],
  ["popd", popd],
  ["printf", printf],
  ["pushd", pushd],
  ["pwd", pwd],
  ["read", read],
  ["readarray", mapfile],
  ["readonly", readonlyNames],
  ["return", returnFunction],
  ["set", set],
  ["shift", shift],
  ["shopt", shopt],
  ["source", source],
  ["test", test],
  ["times", times],
  ["trap", trap],
  ["true", succeed],
  ["type", type],
  ["typeset", declare],
  ["ulimit", ulimit],
  ["umask", umask],
  ["unalias", unalias],
  ["unset", unset],
  ["wait", wait],
]);
