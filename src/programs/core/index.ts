import type { Program } from "../../machine/process.ts";
import { awk } from "./awk/main.ts";
import { cat, nl, tac } from "./cat.ts";
import { chmod, chown, ln, mkdir, rm, rmdir, tee, touch } from "./change-files.ts";
import { cp, mv } from "./copy-files.ts";
import { date } from "./date.ts";
import { dd } from "./dd.ts";
import { diff } from "./diff.ts";
import { base64, hexdump, md5sum, sha1sum, sha256sum, xxd } from "./encode.ts";
import { expr } from "./expr.ts";
import { fallocate, truncate } from "./file-size.ts";
import { find } from "./find.ts";
import { egrep, fgrep, grep } from "./grep.ts";
import { gunzip, gzip, zcat } from "./gzip.ts";
import { head, tail } from "./head-tail.ts";
import { ls } from "./ls.ts";
import { nc } from "./nc.ts";
import { basename, dirname, du, mktemp, readlink, realpath, stat } from "./paths.ts";
import { env, nice, nohup, printenv, sleep, sudo, timeout, watch, xargs } from "./run-programs.ts";
import { sed } from "./sed/main.ts";
import { bracket, echo, false_, printf, pwd, test, true_ } from "./shell-twins.ts";
import { clear, cmp, seq, strings, tty, which, yes } from "./small.ts";
import { sort } from "./sort.ts";
import { stty } from "./stty.ts";
import { tar } from "./tar/main.ts";
import { reset, tput } from "./terminal-strings.ts";
import { column, cut, paste, rev, tr, uniq, wc } from "./text-columns.ts";

/** The coreutils and their neighbours by the name under which /usr/bin has them. */
export const CORE_PROGRAMS: Readonly<Record<string, Program>> = {
  "[": bracket,
  dd,
  echo,
  false: false_,
  printf,
  pwd,
  test,
  true: true_,
  awk,
  base64,
  basename,
  cat,
  chmod,
  chown,
  clear,
  reset,
  stty,
  tput,
  cmp,
  column,
  cp,
  cut,
  date,
  diff,
  dirname,
  du,
  egrep,
  env,
  expr,
  fgrep,
  find,
  grep,
  gunzip,
  gzip,
  head,
  hexdump,
  ln,
  ls,
  md5sum,
  mkdir,
  mktemp,
  mv,
  nc,
  nice,
  netcat: nc,
  nl,
  nohup,
  paste,
  printenv,
  readlink,
  realpath,
  rev,
  rm,
  rmdir,
  sed,
  seq,
  sha1sum,
  sha256sum,
  sleep,
  sort,
  stat,
  strings,
  sudo,
  tac,
  tail,
  tar,
  tee,
  timeout,
  touch,
  truncate,
  fallocate,
  tr,
  tty,
  uniq,
  watch,
  wc,
  which,
  xargs,
  xxd,
  yes,
  zcat,
};
